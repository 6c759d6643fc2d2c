/** Reads manifests slowly, with the place of everything in them: for errors, and for whoever asks where something stands. */
import { createRequire } from "node:module";
import type { Document } from "yaml";
import { InputError, type InputPlace } from "./input-error.ts";
import { asObject, type Beginning, isList, type Manifest } from "./manifest.ts";

// Loaded when it is needed, as most runs never ask.
const yaml = () => createRequire(import.meta.url)("yaml") as typeof import("yaml");

/**
 * The objects of one text, each with its place. Documents that hold nothing are passed over.
 * @param file what errors call it
 * @throws {InputError} with the line, when a document is no YAML, or holds something that is no object
 */
export function parsePlaced(text: string, file: string, begins: Beginning): Manifest[] {
  const lines = new LinesFrom(begins.line);
  // Aliases are resolved up to a bound, so that a few bytes cannot unfold into gigabytes.
  const documents = yaml().parseAllDocuments(text, {
    lineCounter: lines.counter,
    strict: true,
    uniqueKeys: true,
    merge: true,
    // The line is told in front of every complaint; the library would tell it once more.
    prettyErrors: false,
  });
  return (Array.isArray(documents) ? documents : []).flatMap((document, index) => {
    const place = { file, document: begins.document + index };
    const [problem] = document.errors;
    if (problem !== undefined) {
      const line = lines.lineOf(problem.pos[0]);
      throw new InputError({ ...place, line }, `is not valid YAML: ${problem.message}`);
    }
    return objectsOf(document, lines, place);
  });
}

/** Lines of a text that begins somewhere in a file. */
class LinesFrom {
  readonly counter = new (yaml().LineCounter)();
  readonly #first: number;

  constructor(first: number) {
    this.#first = first;
  }

  /** @param offset in the text, in characters */
  lineOf(offset: number): number {
    return this.counter.linePos(offset).line + this.#first - 1;
  }
}

function objectsOf(document: Document.Parsed, lines: LinesFrom, place: InputPlace): Manifest[] {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    throw new InputError(place, `cannot be unfolded: ${(error as Error).message}`, { cause: error });
  }
  if (value === null || value === undefined) return [];
  return unpack(value, [], document, lines, place);
}

function unpack(
  value: unknown,
  path: readonly (string | number)[],
  document: Document.Parsed,
  lines: LinesFrom,
  place: InputPlace,
): Manifest[] {
  const line = lineAt(document, lines, path);
  const here = line === undefined ? place : { ...place, line };
  const object = asObject(value, here);
  if (isList(object)) {
    return object.items.flatMap((item, i) => unpack(item, [...path, "items", i], document, lines, place));
  }
  return [
    { object, place: here, lineOf: (field) => lineAt(document, lines, [...path, ...splitPath(field)]) },
  ];
}

/** "spec.containers[0].image" → ["spec", "containers", 0, "image"] */
function splitPath(field: string): (string | number)[] {
  return [...field.matchAll(/\[(\d+)\]|\[([^\]]*)\]|([^.[\]]+)/g)].map((match) =>
    match[1] === undefined ? (match[2] ?? match[3] ?? "") : Number(match[1]),
  );
}

function lineAt(
  document: Document.Parsed,
  lines: LinesFrom,
  path: readonly (string | number)[],
): number | undefined {
  const { isMap, isSeq } = yaml();
  let node: unknown = document.contents;
  let offset = rangeStart(node);
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => (item.key as { value?: unknown } | null)?.value === key);
      if (pair === undefined) break;
      offset = rangeStart(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = typeof key === "number" ? node.items[key] : itemWithKey(node.items, key);
      offset = rangeStart(node) ?? offset;
    } else break;
  }
  return offset === undefined ? undefined : lines.lineOf(offset);
}

/** The item of a list that a path such as `containers[name="web"]` means. */
function itemWithKey(items: readonly unknown[], key: string): unknown {
  const [, field, value] = /^(\w+)="([^"]*)"/.exec(key) ?? [];
  return items.find((item) => yaml().isMap(item) && field !== undefined && String(item.get(field)) === value);
}

function rangeStart(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0];
}
