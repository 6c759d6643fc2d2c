/**
 * Random sequences of requests: an exchange (`exchange/parse.ts`) that a seed draws, to be played against two servers whose
 * answers must be the same. A sequence stays with a few kinds, names and namespaces, so that its requests meet.
 */
import { RandomStream } from "../../../src/base/random.ts";
import { apiVersionOf } from "../../../src/kube/kind.ts";
import { mergePatch } from "../../../src/kube/patch/merge-patch.ts";
import { type Exchange, parseExchanges } from "../exchange/parse.ts";
import { kindOf } from "../exchange/play.ts";
import { METADATA, minimal, PIECES, SCALED, STATUS } from "./fragments.ts";

type Fields = Readonly<Record<string, unknown>>;

const KINDS_IN_ONE = 3;
const NAMES = ["a", "b", "c"];
const MANAGERS = ["one", "two", "three"];
const SELECTORS = [
  "app=a",
  "app%in%(a,b)",
  "tier!=back",
  "!app",
  "app,tier",
  "app%notin%(a),tier=back",
  "app==",
];
/** Wrong selectors and those that kinds have beyond names. */
const FIELD_SELECTORS = [
  "metadata.name=a",
  "metadata.name!=b",
  "metadata.namespace=x",
  "spec.nodeName=",
  "type=Opaque",
  "a=b",
];

interface Target {
  readonly plural: string;
  readonly name: string;
  readonly namespace: string;
}

/** The requests of a seed. `$namespace` and `$namespace-2` must be there when it is played. */
export function randomSequence(seed: number, length: number): Exchange {
  const writer = new SequenceWriter(seed);
  for (let i = 0; i < length; i++) writer.step();
  const [exchange] = parseExchanges(`== ${seed}\n${writer.text()}\n`).exchanges;
  return exchange as Exchange;
}

class SequenceWriter {
  readonly #random: RandomStream;
  readonly #plurals: readonly string[];
  /** Objects that are likely to be there. */
  readonly #made: Target[] = [];
  /** Answers that can be quoted. */
  readonly #answers: (Target & { readonly mark: string })[] = [];
  readonly #blocks: string[] = [];
  #marks = 0;

  constructor(seed: number) {
    this.#random = new RandomStream(seed, "sequence");
    const all = Object.keys(PIECES);
    this.#plurals = Array.from({ length: KINDS_IN_ONE }, () => this.#random.pick(all));
  }

  text(): string {
    return this.#blocks.join("\n\n");
  }

  step(): void {
    this.#pick<() => void>([
      [this.#made.length === 0 ? 60 : 16, () => this.#create()],
      [4, () => this.#get()],
      [8, () => this.#list()],
      [10, () => this.#update()],
      [4, () => this.#replace()],
      [10, () => this.#patch("merge")],
      [10, () => this.#patch("strategic")],
      [8, () => this.#patch("json")],
      [16, () => this.#apply()],
      [8, () => this.#delete()],
      [2, () => this.#deleteCollection()],
      [3, () => this.#watch()],
      [8, () => this.#status()],
      [3, () => this.#scale()],
      [1, () => this.#evict()],
    ])();
  }

  #create(): void {
    const target = this.#chance(0.15) ? this.#existing() : this.#fresh();
    const body = this.#chance(0.9) ? minimal(target.plural) : {};
    this.#say("create", target, this.#writeOptions(), this.#body(target.plural, body));
    this.#made.push(target);
  }

  #get(): void {
    this.#say("get", this.#existing(), this.#chance(0.5) ? ["fields"] : []);
  }

  #list(): void {
    const plural = this.#random.pick(this.#plurals);
    const options: string[] = [];
    if (this.#chance(0.5)) options.push(`labels=${this.#random.pick(SELECTORS)}`);
    if (this.#chance(0.3)) options.push(`where=${this.#random.pick(FIELD_SELECTORS)}`);
    if (this.#chance(0.3)) options.push("limit=1");
    const verb = this.#chance(0.2) ? "table" : "list";
    const target = { plural, name: "", namespace: this.#namespace() };
    this.#say(verb, target, options);
    if (verb === "list" && options.includes("limit=1") && this.#chance(0.7)) {
      const mark = this.#answers.at(-1)?.mark;
      this.#say("list", target, [...options, `continue=$${mark}.continue`]);
    }
  }

  #update(): void {
    const target = this.#existing();
    this.#say("update", target, this.#writeOptions(), this.#change(target));
  }

  #replace(): void {
    const target = this.#existing();
    const base = this.#chance(0.8) ? minimal(target.plural) : {};
    this.#say(
      "replace",
      target,
      this.#writeOptions(),
      this.#withVersion(target, this.#body(target.plural, base)),
    );
  }

  #patch(type: "merge" | "strategic" | "json"): void {
    const target = this.#existing();
    const body = type === "json" ? this.#operations(target) : this.#change(target, type === "strategic");
    this.#say("patch", target, this.#writeOptions(), body, type);
  }

  #apply(): void {
    const target = this.#chance(0.7) ? this.#existing() : this.#fresh();
    const base = this.#chance(0.6) ? minimal(target.plural) : {};
    const options = [`fieldManager=${this.#random.pick(MANAGERS)}`, ...this.#writeOptions(false)];
    if (this.#chance(0.3)) options.push("force");
    this.#say("patch", target, options, this.#body(target.plural, base), "apply");
    this.#made.push(target);
  }

  #delete(): void {
    const target = this.#existing();
    const options: string[] = [];
    if (this.#chance(0.2)) options.push("dryRun");
    if (this.#chance(0.3))
      options.push(`propagation=${this.#random.pick(["Orphan", "Foreground", "Background", "Odd"])}`);
    if (this.#chance(0.2)) options.push(`grace=${this.#random.pick(["0", "5", "-1"])}`);
    const answer = this.#answerOf(target);
    if (answer !== undefined && this.#chance(0.3)) options.push(`uid=$${answer}.uid`);
    if (answer !== undefined && this.#chance(0.2)) options.push(`version=$${answer}.rv`);
    this.#say("delete", target, options);
  }

  #deleteCollection(): void {
    const options = this.#chance(0.7) ? [`labels=${this.#random.pick(SELECTORS)}`] : [];
    if (this.#chance(0.2)) options.push("dryRun");
    const plural = this.#random.pick(this.#plurals);
    this.#say("deletecollection", { plural, name: "", namespace: this.#namespace() }, options);
  }

  /** From an answer on, up to an object that is made for the purpose. */
  #watch(): void {
    if (this.#answers.length === 0) return;
    const { plural, namespace, mark } = this.#random.pick(this.#answers);
    const end = { plural, namespace, name: `end-${this.#marks}` };
    const labels = { app: "a", tier: "front" };
    this.#say("create", end, [], mergePatch({ ...minimal(plural) }, { metadata: { labels } }) as Fields);
    const options = [`resourceVersion=$${mark}.rv`, `until=${end.name}`, "seconds=9"];
    if (this.#chance(0.5))
      options.push(`labels=${this.#random.pick(["app=a", "app%in%(a,b)", "tier!=back", "app,tier"])}`);
    this.#say("watch", { plural, namespace, name: "" }, options);
  }

  #status(): void {
    const { name, ...target } = this.#existing((plural) => plural in STATUS);
    const said = STATUS[target.plural];
    if (said === undefined) return;
    const place = { ...target, name: `${name}/status` };
    const body = this.#chance(0.2) ? this.#change(place) : { status: this.#random.pick(said) };
    const verb = this.#random.pick(["update", "merge", "strategic", "apply"]);
    if (verb === "update") this.#say("update", place, this.#writeOptions(), body);
    else if (verb !== "apply") this.#say("patch", place, this.#writeOptions(), body, verb);
    else {
      const manager = `fieldManager=${this.#random.pick(MANAGERS)}`;
      this.#say("patch", place, [manager, "fields", "bare"], this.#typed({ ...target, name }, body), "apply");
    }
  }

  #scale(): void {
    const { name, ...target } = this.#existing((plural) => SCALED.includes(plural));
    if (!SCALED.includes(target.plural)) return;
    const place = { ...target, name: `${name}/scale` };
    const body = { spec: { replicas: this.#random.pick([0, 2, 5, -1]) } };
    const verb = this.#random.pick(["get", "update", "merge", "apply"]);
    if (verb === "get") this.#say("get", place, []);
    else if (verb === "update") this.#say("update", place, this.#writeOptions(), body);
    else if (verb === "apply") {
      const manager = `fieldManager=${this.#random.pick(MANAGERS)}`;
      const scale = { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name }, ...body };
      this.#say("patch", place, [manager, "bare", ...(this.#chance(0.5) ? ["force"] : [])], scale, "apply");
    } else this.#say("patch", place, this.#writeOptions(), body, "merge");
  }

  #evict(): void {
    const { name, ...target } = this.#existing((plural) => plural === "pods");
    if (target.plural !== "pods") return;
    const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name } };
    this.#say("create", { ...target, name: `${name}/eviction` }, [], body);
  }

  /** Pieces on top of a base. */
  #body(plural: string, base: Fields): Fields {
    let body = { ...base };
    for (const choices of this.#some(PIECES[plural] ?? [], 2))
      body = this.#with(body, this.#random.pick(choices));
    const metadata = this.#metadata();
    return metadata === undefined ? body : this.#with(body, { metadata });
  }

  #metadata(): Fields | undefined {
    if (this.#chance(0.5)) return undefined;
    return Object.assign({}, ...this.#some(METADATA, 2).map((each) => this.#random.pick(each)));
  }

  /** What is different from now on; sometimes what is gone. */
  #change({ plural }: Target, isStrategic = false): Fields {
    const body = this.#body(plural, {});
    if (this.#chance(0.25)) return this.#withNull(body);
    return isStrategic && this.#chance(0.3) ? this.#withDirective(body) : body;
  }

  #withNull(body: Fields): Fields {
    const [name] = this.#some(Object.keys(body), 1);
    if (name === undefined) return body;
    const value = body[name];
    // Where an empty map may be left behind, servers differ (docs/fidelity.md).
    const isDeep = hasParts(value) && this.#chance(0.8);
    return { ...body, [name]: isDeep ? this.#withNull(value as Fields) : null };
  }

  #withDirective(value: unknown): Fields {
    const inner = (each: unknown): unknown => {
      if (Array.isArray(each)) {
        if (!each.every((item) => typeof item === "object" && "name" in item)) return each;
        if (this.#chance(0.3)) return [...each, { $patch: "replace" }];
        return each.map((item) => (this.#chance(0.4) ? { ...item, $patch: "delete" } : item));
      }
      if (typeof each !== "object" || each === null) return each;
      const fields = Object.fromEntries(Object.entries(each).map(([name, item]) => [name, inner(item)]));
      return this.#chance(0.1)
        ? { ...fields, $patch: this.#random.pick(["replace", "delete", "odd"]) }
        : fields;
    };
    return inner(value) as Fields;
  }

  #operations(target: Target): unknown {
    const flat = leaves(this.#change(target));
    const paths = [
      "/metadata/labels/app",
      "/metadata/labels",
      "/metadata/finalizers/0",
      "/metadata/finalizers",
      "/spec",
      "/nowhere/x",
      "",
    ];
    return this.#some([...flat, ...paths.map((path) => [path, "x"] as const)], 2).map(([path, value]) => {
      const op = this.#random.pick([
        "add",
        "add",
        "replace",
        "replace",
        "remove",
        "test",
        "copy",
        "move",
        "odd",
      ]);
      if (op === "remove") return { op, path };
      if (op === "copy" || op === "move") return { op, from: this.#random.pick(paths), path };
      return { op, path, value };
    });
  }

  #withVersion(target: Target, body: Fields): Fields {
    const answer = this.#answerOf(target);
    if (answer === undefined || this.#chance(0.3)) return body;
    const metadata = {
      resourceVersion: `$${answer}.rv`,
      ...(this.#chance(0.1) && { uid: `$${answer}.uid` }),
    };
    return this.#with(body, { metadata });
  }

  #typed({ plural, name }: Target, body: Fields): Fields {
    const kind = kindOf(plural);
    return this.#with({ apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { name } }, body);
  }

  #with(body: Fields, more: Fields): Fields {
    return mergePatch(body, more) as Fields;
  }

  #writeOptions(withManager = true): string[] {
    const options: string[] = [];
    if (this.#chance(0.1)) options.push("dryRun");
    if (this.#chance(0.5)) options.push("fields");
    if (withManager && this.#chance(0.4)) options.push(`fieldManager=${this.#random.pick(MANAGERS)}`);
    if (this.#chance(0.1)) options.push(`fieldValidation=${this.#random.pick(["Strict", "Warn", "Ignore"])}`);
    return options;
  }

  #say(verb: string, target: Target, options: readonly string[], body?: unknown, last = ""): void {
    const { plural, name, namespace } = target;
    const mark = `m${++this.#marks}`;
    const words = [
      verb,
      plural,
      name,
      last,
      ...options,
      namespace === "$namespace" ? "" : `ns=${namespace}`,
      `as=${mark}`,
    ];
    const line = words.filter((word) => word !== "").join(" ");
    this.#blocks.push(body === undefined ? line : `${line}\n${JSON.stringify(body)}`);
    this.#answers.push({ ...target, mark });
  }

  #answerOf({ plural, name, namespace }: Target): string | undefined {
    const answers = this.#answers.filter(
      (each) => each.plural === plural && each.name === name && each.namespace === namespace,
    );
    return answers.length === 0 ? undefined : this.#random.pick(answers).mark;
  }

  #fresh(): Target {
    return {
      plural: this.#random.pick(this.#plurals),
      name: this.#random.pick(NAMES),
      namespace: this.#namespace(),
    };
  }

  #existing(isWanted: (plural: string) => boolean = () => true): Target {
    const fit = this.#made.filter(({ plural }) => isWanted(plural));
    return fit.length === 0 || this.#chance(0.05) ? this.#fresh() : this.#random.pick(fit);
  }

  #namespace(): string {
    return this.#chance(0.8) ? "$namespace" : "$namespace-2";
  }

  #chance(share: number): boolean {
    return this.#random.next() < share;
  }

  #some<T>(items: readonly T[], most: number): readonly T[] {
    const count = 1 + this.#random.below(most);
    const rest = [...items];
    return Array.from(
      { length: Math.min(count, rest.length) },
      () => rest.splice(this.#random.below(rest.length), 1)[0] as T,
    );
  }

  #pick<T>(weighted: readonly (readonly [number, T])[]): T {
    let left = this.#random.below(weighted.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of weighted) {
      left -= weight;
      if (left < 0) return value;
    }
    return (weighted[0] as readonly [number, T])[1];
  }
}

/** Every place of a value, as JSON Pointers say it, with what stands there. */
function leaves(value: unknown, path = ""): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  const inner = Object.entries(value).flatMap(([name, item]) =>
    leaves(item, `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`),
  );
  return path === "" ? inner : [[path, value], ...inner];
}

/** Whether a value is a map of more than texts and numbers. */
function hasParts(value: unknown): value is Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).some((item) => typeof item === "object");
}
