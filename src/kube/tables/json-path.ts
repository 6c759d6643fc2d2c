/** The JSONPaths of printer columns: ".spec.replicas", ".status.conditions[?(@.type=='Ready')].status", ".metadata['a.b']". */
import { notParsed, type Parsed, parsed } from "../../base/parsed.ts";

/** One step: from some values to the values behind them. */
type Step = (values: readonly unknown[]) => readonly unknown[];

/** A path that was read. */
export interface JsonPath {
  /** Every value at the path; none where the path leads nowhere. */
  find(object: unknown): readonly unknown[];
}

const TOKEN =
  /\.\.([\w-]+|\*)|\.((?:\\.|[^.[\]{}\\()'"])+)|\.?\[(?:'([^']*)'|"([^"]*)"|(-?\d+)|(-?\d*):(-?\d*)|(\*)|\?\(([^)]*)\))\]/y;

/** Reads a path; its leading dot stands for the object. */
export function parseJsonPath(path: string): Parsed<JsonPath> {
  const steps: Step[] = [];
  const text = path.startsWith(".") || path.startsWith("[") ? path : `.${path}`;
  if (text === ".") return parsed({ find: (object) => [object] });
  let position = 0;
  while (position < text.length) {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(text);
    if (match === null) return notParsed(`unrecognized column definition ${JSON.stringify(path)}`);
    const step = stepOf(match);
    if (step === undefined) return notParsed(`unrecognized column definition ${JSON.stringify(path)}`);
    steps.push(step);
    position += match[0].length;
  }
  return parsed({
    find: (object) => steps.reduce<readonly unknown[]>((values, step) => step(values), [object]),
  });
}

function stepOf(match: RegExpExecArray): Step | undefined {
  const [, deep, field, single, double, index, from, to, every, filter] = match;
  if (deep !== undefined) return (values) => values.flatMap((value) => descendants(value, deep));
  if (field !== undefined) return field === "*" ? children : fieldStep(field.replace(/\\(.)/g, "$1"));
  if (single !== undefined || double !== undefined) return fieldStep(single ?? double ?? "");
  if (every !== undefined) return children;
  if (index !== undefined) {
    return (values) => values.flatMap((value) => (Array.isArray(value) ? at(value, Number(index)) : []));
  }
  if (filter !== undefined) return filterStep(filter);
  const end = to === "" ? undefined : Number(to);
  return (values) => values.flatMap((value) => (Array.isArray(value) ? value.slice(Number(from), end) : []));
}

function fieldStep(name: string): Step {
  return (values) =>
    values.flatMap((value) => (isFields(value) && Object.hasOwn(value, name) ? [value[name]] : []));
}

function at(list: readonly unknown[], index: number): readonly unknown[] {
  const item = list.at(index);
  return item === undefined ? [] : [item];
}

function children(values: readonly unknown[]): readonly unknown[] {
  return values.flatMap((value) =>
    Array.isArray(value) ? value : isFields(value) ? Object.values(value) : [],
  );
}

function descendants(value: unknown, name: string): unknown[] {
  const inner = children([value]);
  const here = name === "*" ? inner : fieldStep(name)([value]);
  return [...here, ...inner.flatMap((child) => descendants(child, name))];
}

const COMPARISON = /^\s*@(\S+?)\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*$/;

/** "?(@.type=='Ready')" keeps the items for which it holds; "?(@.type)" those that have the field. */
function filterStep(text: string): Step | undefined {
  const comparison = COMPARISON.exec(text);
  const [, pathText = text.trim().replace(/^@/, ""), operator, literal = ""] = comparison ?? [];
  const path = parseJsonPath(pathText);
  const wanted = operator === undefined ? undefined : literalValue(literal);
  if (!path.ok) return undefined;
  const holds = (item: unknown) => {
    const [found] = path.value.find(item);
    return operator === undefined ? found !== undefined : compare(found, operator, wanted);
  };
  return (values) => children(values).filter(holds);
}

function literalValue(text: string): unknown {
  const quoted = /^'(.*)'$|^"(.*)"$/.exec(text);
  if (quoted !== null) return quoted[1] ?? quoted[2];
  if (text === "true" || text === "false") return text === "true";
  return Number(text);
}

function compare(found: unknown, operator: string, wanted: unknown): boolean {
  if (operator === "!=") return found !== wanted;
  if (operator === "==") return found === wanted;
  if (typeof found !== typeof wanted || found === undefined) return false;
  const [a, b] = [found as number, wanted as number];
  return operator === "<" ? a < b : operator === "<=" ? a <= b : operator === ">" ? a > b : a >= b;
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
