/** The three kinds of figures that Prometheus reads, and the text format in which it reads them (version 0.0.4). */

/** Names and values, in the order in which they are told. */
export type Labels = Readonly<Record<string, string>>;

/** One family of figures, as text. */
export interface Family {
  text(): string;
}

/** `name="value",…`: what tells one figure of a family from another. */
export function labelText(labels: Labels): string {
  const parts: string[] = [];
  for (const name in labels) parts.push(`${name}="${escapeLabel(labels[name] ?? "")}"`);
  return parts.join(",");
}

function escapeLabel(value: string): string {
  return /["\\\n]/.test(value)
    ? value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")
    : value;
}

/** What goes up (`counter`), or up and down (`gauge`). */
export class Scalar implements Family {
  readonly #name: string;
  readonly #type: "counter" | "gauge";
  readonly #help: string;
  readonly #values = new Map<string, number>();

  constructor(name: string, type: "counter" | "gauge", help: string) {
    this.#name = name;
    this.#type = type;
    this.#help = help;
  }

  /** `labels` as `labelText` makes them; "" for a family of one. */
  add(labels: string, change = 1): void {
    this.#values.set(labels, (this.#values.get(labels) ?? 0) + change);
  }

  set(labels: string, value: number): void {
    this.#values.set(labels, value);
  }

  text(): string {
    let text = "";
    for (const [labels, value] of [...this.#values].sort(byLabels)) text += line(this.#name, labels, value);
    return headed(this.#name, this.#type, this.#help, text);
  }
}

interface Distribution {
  readonly counts: number[];
  sum: number;
  count: number;
}

/** How often figures fell at or below each of some bounds. */
export class Histogram implements Family {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #values = new Map<string, Distribution>();

  /** `bounds` rise. */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
  }

  observe(labels: string, value: number): void {
    let found = this.#values.get(labels);
    if (found === undefined) {
      found = { counts: this.#bounds.map(() => 0), sum: 0, count: 0 };
      this.#values.set(labels, found);
    }
    const at = this.#bounds.findIndex((bound) => value <= bound);
    if (at >= 0) found.counts[at] = (found.counts[at] ?? 0) + 1;
    found.sum += value;
    found.count++;
  }

  text(): string {
    let text = "";
    for (const [labels, each] of [...this.#values].sort(byLabels)) text += this.#lines(labels, each);
    return headed(this.#name, "histogram", this.#help, text);
  }

  #lines(labels: string, { counts, sum, count }: Distribution): string {
    const bucket = `${this.#name}_bucket{${labels === "" ? "" : `${labels},`}le="`;
    let text = "";
    let below = 0;
    for (let i = 0; i < counts.length; i++) {
      below += counts[i] ?? 0;
      text += `${bucket}${this.#bounds[i]}"} ${below}\n`;
    }
    text += `${bucket}+Inf"} ${count}\n`;
    return text + line(`${this.#name}_sum`, labels, sum) + line(`${this.#name}_count`, labels, count);
  }
}

function byLabels([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function line(name: string, labels: string, value: number): string {
  return `${name}${labels === "" ? "" : `{${labels}}`} ${value}\n`;
}

/** A family nobody has anything to tell of is left out. */
function headed(name: string, type: string, help: string, lines: string): string {
  return lines === "" ? "" : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines}`;
}
