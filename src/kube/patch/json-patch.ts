/**
 * JSON patch (RFC 6902), with the liberties that kube-apiserver's library takes: "replace" may create a field, a negative
 * index counts from the end. Only the path to what changes is copied; the rest keeps its identity.
 */
import { deepEqual } from "../../base/deep.ts";
import { StatusError } from "../status-error.ts";
import { type Fields, hasField, isFields, jsonTypeName } from "./fields.ts";

const OPERATIONS_MAX = 10_000;

/** One step of a JSON patch, as it came over the wire. */
interface Step {
  readonly op?: string;
  readonly path?: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** The object that a JSON patch makes of another.
 * @throws {StatusError} BadRequest for what is no list of operations, RequestEntityTooLarge for too many of them,
 * Invalid for one that does not apply; like the API server, it does not tell which. Its cause does, in the words of the
 * API server's library (evanphx/json-patch 4). */
export function applyJsonPatch<T extends object>(object: T, operations: unknown): T {
  const steps = decodeSteps(operations);
  let document: unknown = object;
  for (const step of steps) {
    try {
      document = applyStep(document, step);
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      throw rejected(error.where === "path" ? noPath(step, error.message) : failed(step, error));
    }
  }
  return document as T;
}

/** Why a step does not apply: its path leads nowhere, or what it leads to cannot be changed so. */
class StepFailure extends Error {
  readonly where: "path" | "place" | "whole";
  /** What is told as the place, where that is not the step's path. */
  readonly key: string | undefined;

  constructor(where: StepFailure["where"], why: string, key?: string) {
    super(why);
    this.where = where;
    this.key = key;
  }
}

const MISSING = "missing value";
const BAD_INDEX = "invalid index referenced";

function noPath({ op, path, from }: Step, why: string): string {
  switch (op) {
    case "add":
    case "remove":
      return `${op} operation does not apply: doc is missing path: "${path}": ${why}`;
    case "replace":
      return `replace operation does not apply: doc is missing path: ${path}: ${why}`;
    case "test":
      return `test operation does not apply: is missing path: ${path}: ${why}`;
    default:
      return `${op} operation does not apply: doc is missing from path: ${from}: ${why}`;
  }
}

function failed({ op, path, from }: Step, { message: why, key }: StepFailure): string {
  switch (op) {
    case "add":
      return `error in add for path: '${path}': ${why}`;
    case "remove":
    case "replace":
      return `error in remove for path: '${path}': ${why}`;
    case "test":
      return `testing value ${path} failed: ${why}`;
    case "copy":
      return `error in copy for from: '${from}': ${why}`;
    case "move":
      return `error in move for path: '${key ?? path}': ${why}`;
    default:
      return why;
  }
}

function decodeSteps(operations: unknown): readonly Step[] {
  if (!Array.isArray(operations)) {
    throw undecodable(`${jsonTypeName(operations)} into Go value of type []handlers.jsonPatchOp`);
  }
  for (const step of operations) {
    if (!isFields(step))
      throw undecodable(`${jsonTypeName(step)} into Go value of type handlers.jsonPatchOp`);
    for (const name of ["op", "path", "from"]) {
      const value = step[name];
      if (value == null || typeof value === "string") continue;
      throw undecodable(`${jsonTypeName(value)} into Go struct field jsonPatchOp.${name} of type string`);
    }
  }
  if (operations.length > OPERATIONS_MAX) {
    const limit = `The allowed maximum operations in a JSON patch is ${OPERATIONS_MAX}, got ${operations.length}`;
    throw new StatusError("RequestEntityTooLarge", `Request entity too large: ${limit}`);
  }
  return operations;
}

function undecodable(what: string): StatusError {
  return new StatusError("BadRequest", `error decoding patch: json: cannot unmarshal ${what}`);
}

/** What the API server says whatever the reason was. */
function rejected(detail: string): StatusError {
  const error = new StatusError("Invalid", "the server rejected our request due to an error in our request");
  error.cause = new Error(detail);
  return error;
}

/** The path leads nowhere. */
function lost(): StepFailure {
  return new StepFailure("path", MISSING);
}

function applyStep(document: unknown, step: Step): unknown {
  const { op, path, from, value = null } = step;
  if (path == null) throw lost();
  switch (op) {
    case "add":
      return edit(document, path, (container, key) => add(container, key, value));
    case "remove":
      return edit(document, path, remove);
    case "replace":
      // A plain value at the root is passed over, as the original does.
      if (path === "") return typeof value === "object" && value !== null ? value : document;
      return edit(document, path, (container, key) => replace(container, key, value));
    case "move": {
      const moved = read(document, from);
      return edit(edit(document, from as string, takeAway), path, (container, key) =>
        add(container, key, moved),
      );
    }
    case "copy": {
      const copied = read(document, from) ?? null;
      return edit(document, path, (container, key) => add(container, key, copied));
    }
    case "test": {
      const found = path === "" ? document : read(document, path);
      if (!deepEqual(found ?? null, value)) throw new StepFailure("place", "test failed");
      return document;
    }
    default:
      throw new StepFailure("whole", `Unexpected kind: ${op ?? "unknown"}`);
  }
}

type Container = Fields | readonly unknown[];
type Change = (container: Container, key: string) => Container;

/** The tokens of a JSON pointer. A text without any slash leads nowhere; what stands before the first slash is not looked at. */
function tokensOf(path: string): string[] {
  const tokens = path.split("/").slice(1);
  if (tokens.length === 0) throw lost();
  return tokens.map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The document with one container changed. */
function edit(document: unknown, path: string, change: Change): unknown {
  const tokens = tokensOf(path);
  const descend = (value: unknown, depth: number): Container => {
    const container = asContainer(value);
    const token = tokens[depth] as string;
    if (depth === tokens.length - 1) return change(container, token);
    return put(container, token, descend(get(container, token), depth + 1));
  };
  return descend(document, 0);
}

/** The value at a path; `undefined` for an absent field of an object that is there. */
function read(document: unknown, path: string | undefined): unknown {
  if (path == null) throw lost();
  const tokens = tokensOf(path);
  const last = tokens.pop() as string;
  let value = document;
  for (const token of tokens) value = get(asContainer(value), token);
  return get(asContainer(value), last);
}

function asContainer(value: unknown): Container {
  if (typeof value !== "object" || value === null) throw lost();
  return value as Container;
}

function get(container: Container, key: string): unknown {
  if (isList(container)) return container[indexIn(container, key)];
  return hasField(container, key) ? container[key] : undefined;
}

function put(container: Container, key: string, value: unknown): Container {
  return isList(container) ? container.with(indexIn(container, key), value) : { ...container, [key]: value };
}

function add(container: Container, key: string, value: unknown): Container {
  if (!isList(container)) return { ...container, [key]: value };
  // Counted on the longer list, so that -1 appends.
  const index = key === "-" ? container.length : position(key, container.length + 1);
  return container.toSpliced(index, 0, value);
}

function replace(container: Container, key: string, value: unknown): Container {
  return put(container, key, value);
}

function remove(container: Container, key: string): Container {
  if (isList(container)) return container.toSpliced(indexIn(container, key), 1);
  if (!hasField(container, key)) {
    throw new StepFailure("place", `Unable to remove nonexistent key: ${key}: ${MISSING}`);
  }
  const { [key]: _, ...rest } = container;
  return rest;
}

/** The first half of a move. */
function takeAway(container: Container, key: string): Container {
  try {
    return remove(container, key);
  } catch (error) {
    if (error instanceof StepFailure) throw new StepFailure(error.where, error.message, key);
    throw error;
  }
}

function isList(container: Container): container is readonly unknown[] {
  return Array.isArray(container);
}

function indexIn(list: readonly unknown[], key: string): number {
  return position(key, list.length);
}

function position(key: string, length: number): number {
  if (!/^[-+]?\d+$/.test(key)) {
    throw new StepFailure("place", `strconv.Atoi: parsing ${JSON.stringify(key)}: invalid syntax`);
  }
  const index = Number(key) < 0 ? Number(key) + length : Number(key);
  if (index < 0 || index >= length) {
    throw new StepFailure("place", `Unable to access invalid index: ${key}: ${BAD_INDEX}`);
  }
  return index;
}
