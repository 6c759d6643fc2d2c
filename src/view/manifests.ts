/**
 * Reads manifests as kubectl does: files, folders (their .yaml, .yml and .json, in order of name), "-" for standard input;
 * several documents a file, Lists unpacked, gzip undone. Every object remembers where it stands, so that a later refusal
 * can name file, document and line. Nothing is judged here beyond "this is an object".
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Document, isMap, isSeq, LineCounter, parseAllDocuments } from "yaml";
import { InputError, type InputPlace } from "./input-error.ts";

/** An object as the file says it: nothing is completed yet. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export interface Manifest {
  readonly object: ManifestObject;
  readonly place: InputPlace;
  /** The line of a field of this object, or of the nearest field above it that is there. */
  lineOf(fieldPath: string): number | undefined;
}

const EXTENSIONS = new Set([".yaml", ".yml", ".json"]);

/**
 * @param paths files, folders, or "-"
 * @throws {InputError} when a path cannot be read, a document is no YAML, or holds something that is no object
 */
export function readManifests(paths: readonly string[]): Manifest[] {
  const manifests = readSources(paths).flatMap(({ text, file }) => parseManifests(text, file));
  if (manifests.length === 0) {
    throw new InputError(
      { file: paths.join(", ") },
      "no object found in it; expected .yaml, .yml or .json manifests",
    );
  }
  return manifests;
}

/** One file's text, and what errors call it. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/**
 * The texts of files, folders or standard input, unzipped where need be.
 * @throws {InputError} when a path cannot be read or holds no text
 */
export function readSources(paths: readonly string[]): Source[] {
  return paths.flatMap((path) => filesOf(path).map(readFile));
}

/** Namespaces and custom kinds first, as everything else may need them; otherwise the order in which they stand. */
export function inApplyOrder(manifests: readonly Manifest[]): Manifest[] {
  const rank = ({ object }: Manifest) =>
    object.kind === "Namespace" ? 0 : object.kind === "CustomResourceDefinition" ? 1 : 2;
  return [...manifests].sort((a, b) => rank(a) - rank(b));
}

function filesOf(path: string): string[] {
  if (path === "-") return [path];
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => EXTENSIONS.has(extname(name.replace(/\.gz$/, ""))))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw new InputError({ file: path }, `cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function readFile(file: string): Source {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === "-" ? 0 : file);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  } catch (error) {
    throw new InputError({ file }, `cannot be read: ${(error as Error).message}`, { cause: error });
  }
  try {
    return { file, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    throw new InputError({ file }, "is not UTF-8 text", { cause: error });
  }
}

/** Where a text begins that is a part of a file; both count from 1. */
export interface Beginning {
  readonly line: number;
  readonly document: number;
}

/** The objects of one text; `file` is what errors call it. Documents that hold nothing are passed over. */
export function parseManifests(
  text: string,
  file: string,
  begins: Beginning = { line: 1, document: 1 },
): Manifest[] {
  const lines = new LinesFrom(begins.line);
  // Aliases are resolved up to a bound, so that a few bytes cannot unfold into gigabytes.
  const documents = parseAllDocuments(text, {
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
  readonly counter = new LineCounter();
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
  if (object.kind.endsWith("List") && Array.isArray(object.items)) {
    return object.items.flatMap((item, i) => unpack(item, [...path, "items", i], document, lines, place));
  }
  return [
    { object, place: here, lineOf: (field) => lineAt(document, lines, [...path, ...splitPath(field)]) },
  ];
}

function asObject(value: unknown, place: InputPlace): ManifestObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError(place, `holds ${describe(value)} where a Kubernetes object (a mapping) is expected`);
  }
  const object = value as Record<string, unknown>;
  for (const field of ["apiVersion", "kind"]) {
    if (typeof object[field] !== "string" || object[field] === "") {
      throw new InputError(
        { ...place, field },
        `is ${describe(object[field])}; every object says its ${field}, e.g. ${EXAMPLES[field]}`,
      );
    }
  }
  const isList = (object.kind as string).endsWith("List") && Array.isArray(object.items);
  const metadata = object.metadata ?? (isList ? {} : undefined);
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) {
    throw new InputError(
      { ...place, field: "metadata" },
      `is ${describe(metadata)}; expected a mapping with at least a name`,
    );
  }
  const { name, generateName } = metadata as Record<string, unknown>;
  if (!isList && typeof name !== "string" && typeof generateName !== "string") {
    throw new InputError(
      { ...place, field: "metadata.name" },
      `is ${describe(name)}; expected the object's name as text`,
    );
  }
  return { ...object, metadata } as unknown as ManifestObject;
}

const EXAMPLES: Readonly<Record<string, string>> = { apiVersion: "apps/v1", kind: "Deployment" };

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null || value === "") return "empty";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : `the ${typeof value} ${JSON.stringify(value)}`;
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
  return items.find((item) => isMap(item) && field !== undefined && String(item.get(field)) === value);
}

function rangeStart(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0];
}
