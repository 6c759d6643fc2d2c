import { apiVersionOf, type Kind, type SubresourceRow, type Verb } from "../kind.ts";
import type { Dialect, Json } from "./openapi-types.ts";

/** A kind as its paths need it: the names of its types. */
export interface KindPaths {
  readonly kind: Kind;
  readonly type: string;
  readonly listType: string;
  readonly parts: readonly { readonly name: string; readonly row: SubresourceRow; readonly type: string }[];
}

interface Operation {
  readonly method: "get" | "post" | "put" | "patch" | "delete";
  readonly verb: Verb;
  /** What an operation is called in `x-kubernetes-action`. */
  readonly action: string;
  readonly parameters: readonly string[];
  readonly hasBody?: boolean;
}

const WRITE = ["dryRun", "fieldManager", "fieldValidation"];

const ON_LIST: readonly Operation[] = [
  {
    method: "get",
    verb: "list",
    action: "list",
    parameters: ["labelSelector", "fieldSelector", "limit", "watch"],
  },
  { method: "post", verb: "create", action: "post", parameters: WRITE, hasBody: true },
  {
    method: "delete",
    verb: "deletecollection",
    action: "deletecollection",
    parameters: ["dryRun", "labelSelector"],
  },
];
const ON_OBJECT: readonly Operation[] = [
  { method: "get", verb: "get", action: "get", parameters: [] },
  { method: "put", verb: "update", action: "put", parameters: WRITE, hasBody: true },
  { method: "patch", verb: "patch", action: "patch", parameters: [...WRITE, "force"] },
  { method: "delete", verb: "delete", action: "delete", parameters: ["dryRun", "gracePeriodSeconds"] },
];
const ON_PART: readonly Operation[] = [
  ...ON_OBJECT,
  { method: "post", verb: "create", action: "post", parameters: WRITE, hasBody: true },
];

/** The paths of kinds, each with the operations that its verbs allow. */
export function renderPaths(kinds: readonly KindPaths[], dialect: Dialect): Json {
  const paths: Record<string, Json> = {};
  for (const { kind, type, listType, parts } of kinds) {
    const root = kind.group === "" ? `/api/${kind.version}` : `/apis/${apiVersionOf(kind)}`;
    const list = `${root}${kind.namespaced ? "/namespaces/{namespace}" : ""}/${kind.plural}`;
    const inPath = kind.namespaced ? ["namespace"] : [];
    if (kind.namespaced && kind.verbs.includes("list")) {
      const [listing] = ON_LIST;
      if (listing)
        paths[`${root}/${kind.plural}`] = { get: renderOperation(listing, kind, listType, dialect) };
    }
    const types = { list: listType, other: type };
    paths[list] = renderPath(ON_LIST, kind.verbs, kind, types, inPath, dialect);
    if (!kind.verbs.includes("get")) continue;
    const object = `${list}/{name}`;
    paths[object] = renderPath(ON_OBJECT, kind.verbs, kind, types, ["name", ...inPath], dialect);
    for (const part of parts) {
      const at = `${object}/${part.name}`;
      const partTypes = { list: part.type, other: part.type };
      paths[at] = renderPath(ON_PART, part.row.verbs, part.row, partTypes, ["name", ...inPath], dialect);
    }
  }
  return paths;
}

type Gvk = Pick<Kind, "group" | "version" | "kind">;

function renderPath(
  operations: readonly Operation[],
  verbs: readonly Verb[],
  gvk: Gvk,
  types: { readonly list: string; readonly other: string },
  inPath: readonly string[],
  dialect: Dialect,
): Json {
  const path: Record<string, Json> = {};
  for (const operation of operations) {
    if (!verbs.includes(operation.verb)) continue;
    const type = operation.verb === "list" ? types.list : types.other;
    path[operation.method] = renderOperation(operation, gvk, type, dialect);
  }
  if (inPath.length > 0) path.parameters = inPath.map((name) => parameter(name, "path", dialect));
  return path;
}

const PATCH_TYPES = [
  "application/apply-patch+yaml",
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
];

function renderOperation(operation: Operation, gvk: Gvk, type: string, dialect: Dialect): Json {
  const { method, action, hasBody } = operation;
  const schema: Json = { $ref: `${dialect.refPrefix}${type}` };
  const queries = operation.parameters.map((name) => parameter(name, "query", dialect));
  const identity = {
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": { group: gvk.group, version: gvk.version, kind: gvk.kind },
  };
  if (dialect.version === 2) {
    const body: Json[] = hasBody ? [{ name: "body", in: "body", required: true, schema }] : [];
    const consumes = method === "patch" ? PATCH_TYPES : ["*/*"];
    const responses = { "200": { description: "OK", schema } };
    return { consumes, parameters: [...body, ...queries], responses, ...identity };
  }
  const types = method === "patch" ? PATCH_TYPES : hasBody ? ["*/*"] : [];
  const content = Object.fromEntries(types.map((mediaType) => [mediaType, { schema }]));
  const responses = { "200": { description: "OK", content: { "application/json": { schema } } } };
  const requestBody = types.length > 0 ? { requestBody: { content, required: true } } : {};
  return { parameters: queries, ...requestBody, responses, ...identity };
}

const NUMBERS = ["limit", "gracePeriodSeconds"];
const FLAGS = ["watch", "force"];

function parameter(name: string, place: "path" | "query", { version }: Dialect): Json {
  const type = NUMBERS.includes(name) ? "integer" : FLAGS.includes(name) ? "boolean" : "string";
  const value = version === 3 ? { schema: { type, uniqueItems: true } } : { type, uniqueItems: true };
  return { name, in: place, ...(place === "path" && { required: true }), ...value };
}
