/**
 * Reads manifests as kubectl does: files, folders (their .yaml, .yml and .json, in order of name), "-" for standard input;
 * several documents a file, Lists unpacked, gzip undone. Every object remembers where it stands, so that a later refusal
 * can name file, document and line. Nothing is judged here beyond "this is an object".
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { CORE_SCHEMA, loadAll, mergeTag } from "js-yaml";
import { definitionHeads } from "./definition-heads.ts";
import { InputError } from "./input-error.ts";
import { asObject, type Beginning, isList, type Manifest, type ManifestObject } from "./manifest.ts";
import { parsePlaced } from "./placed-manifests.ts";

export type { Manifest, ManifestObject } from "./manifest.ts";

const EXTENSIONS = new Set([".yaml", ".yml", ".json"]);

export interface ReadOptions {
  /** Reads of CustomResourceDefinitions only who they are: for those to whom it does not matter what they define. */
  readonly definitionHeads?: boolean;
}

/**
 * @param paths files, folders, or "-"
 * @throws {InputError} when a path cannot be read, a document is no YAML, or holds something that is no object
 */
export function readManifests(paths: readonly string[], options: ReadOptions = {}): Manifest[] {
  const manifests = readSources(paths).flatMap(({ text, file }) =>
    parseManifests(text, file, { line: 1, document: 1 }, options),
  );
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

/**
 * The objects of one text. Documents that hold nothing are passed over. Where they stand is worked out when somebody asks.
 * @param file what errors call it
 * @throws {InputError} with the line, when a document is no YAML, or holds something that is no object
 */
export function parseManifests(
  text: string,
  file: string,
  begins: Beginning = { line: 1, document: 1 },
  options: ReadOptions = {},
): Manifest[] {
  const objects = quickly(options.definitionHeads ? definitionHeads(text) : text);
  if (objects === undefined) return parsePlaced(text, file, begins);
  let placed: readonly Manifest[] | undefined;
  const at = (index: number) => {
    placed ??= parsePlaced(text, file, begins);
    return placed[index] as Manifest;
  };
  return objects.map((object, index) => ({
    object,
    get place() {
      return at(index).place;
    },
    lineOf: (field) => at(index).lineOf(field),
  }));
}

// What shares parts may unfold into more than there is room for: a text with aliases is left to the careful reader.
const OPTIONS = { schema: CORE_SCHEMA.withTags(mergeTag), maxAliases: 0 };

/** The objects of a text, by a reader that knows no places; none when there is anything wrong or rare in it. */
function quickly(text: string): readonly ManifestObject[] | undefined {
  try {
    const documents = loadAll(text, OPTIONS);
    return documents.filter((document) => document !== null).flatMap((document) => unpacked(document));
  } catch {
    return undefined;
  }
}

function unpacked(value: unknown): readonly ManifestObject[] {
  const object = asObject(value, { file: "" });
  return isList(object) ? object.items.flatMap(unpacked) : [object];
}
