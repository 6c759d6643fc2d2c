/**
 * OpenAPI documents of an API server, rendered from the schemas: version 3, one document for each group and version, and
 * version 2, one for all. They hold what clients read: the shape of every type with its merge rules (`kubectl apply`,
 * `kubectl explain`), which kind a type is (`x-kubernetes-group-version-kind`), and which paths take which parameters
 * (`--dry-run`, `--validate`), and what kinds and the most used fields mean (`descriptions.ts`). Nothing here serves or caches.
 */
import type { StructuralSchema } from "../custom/structural-schema.ts";
import type { Kind } from "../kind.ts";
import { renderCustomTypes } from "./openapi-custom.ts";
import { renderPaths } from "./openapi-paths.ts";
import { type Dialect, type Json, renderDefinition } from "./openapi-types.ts";
import { type Definition, definitions, type Schema, schemaNamed } from "./schema.ts";

/** A kind that is served; a custom one comes with what its definition says of its version. */
export interface ServedKind {
  readonly kind: Kind;
  /** `openAPIV3Schema` */
  readonly schema?: StructuralSchema;
  /** Their paths: ".spec.colour". */
  readonly selectableFields?: readonly string[];
}

const VERSION_3: Dialect = { refPrefix: "#/components/schemas/", version: 3 };
const VERSION_2: Dialect = { refPrefix: "#/definitions/", version: 2 };
const INFO = { title: "Kubernetes", version: "1.34" };

/** The document below /openapi/v3 for one group and version; `kinds` are those of it that are served. */
export function renderOpenApiV3(kinds: readonly ServedKind[]): Json {
  return {
    openapi: "3.0.0",
    info: INFO,
    paths: renderPaths(kinds.map(pathsOf), VERSION_3),
    components: { schemas: renderTypes(kinds, VERSION_3) },
  };
}

/** The document at /openapi/v2, of everything that is served. */
export function renderOpenApiV2(kinds: readonly ServedKind[]): Json {
  return {
    swagger: "2.0",
    info: INFO,
    paths: renderPaths(kinds.map(pathsOf), VERSION_2),
    definitions: renderTypes(kinds, VERSION_2),
  };
}

/** "api/v1" or "apis/apps/v1": where a group and version stand below /openapi/v3. */
export function openApiPathOf(kind: Pick<Kind, "group" | "version">): string {
  return kind.group === "" ? `api/${kind.version}` : `apis/${kind.group}/${kind.version}`;
}

/** The answer to /openapi/v3: where each document is, under a name that changes with its text, so that clients may keep it. */
export function renderOpenApiV3Index(hashes: ReadonlyMap<string, string>): Json {
  const paths: Record<string, Json> = {};
  for (const [path, hash] of hashes) {
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
  }
  return { paths };
}

/** The name of a kind's type: "io.k8s.api.apps.v1.Deployment", "dev.holdfast.v1alpha1.Policy". */
function typeNameOf({ kind, schema }: ServedKind): string {
  if (schema !== undefined)
    return `${kind.group.split(".").reverse().join(".")}.${kind.version}.${kind.kind}`;
  return definitionOf(kind)?.name ?? kind.kind;
}

function definitionOf(kind: Pick<Kind, "group" | "version" | "kind">): Definition | undefined {
  return byKind().get(`${kind.group}/${kind.version}/${kind.kind}`);
}

let builtIn: ReadonlyMap<string, Definition> | undefined;

function byKind(): ReadonlyMap<string, Definition> {
  if (builtIn === undefined) {
    const found = new Map<string, Definition>();
    for (const definition of definitions()) {
      const { kind } = definition;
      if (kind) found.set(`${kind.group}/${kind.version}/${kind.kind}`, definition);
    }
    builtIn = found;
  }
  return builtIn;
}

function pathsOf(served: ServedKind) {
  const name = typeNameOf(served);
  const parts = Object.entries(served.kind.subresources).map(([part, row]) => ({
    name: part,
    row,
    type: definitionOf(row)?.name ?? name,
  }));
  return { kind: served.kind, type: name, listType: `${name}List`, parts };
}

/** Every type that a kind, its list or one of its subresources reaches, in order of name. */
function renderTypes(kinds: readonly ServedKind[], dialect: Dialect): Json {
  const reached = new Set<string>();
  const custom: Record<string, Json> = {};
  for (const served of kinds) {
    if (served.schema !== undefined) {
      const { selectableFields = [] } = served;
      const type = { ...served.kind, schema: served.schema, selectableFields };
      Object.assign(custom, renderCustomTypes(typeNameOf(served), type, dialect));
      reach(META, reached);
      reach(LIST_META, reached);
      continue;
    }
    const { kind } = served;
    const types = [kind, { ...kind, kind: `${kind.kind}List` }, ...Object.values(kind.subresources)];
    for (const type of types) reach(definitionOf(type)?.name, reached);
  }
  const types: Record<string, Json> = { ...custom };
  for (const definition of definitions()) {
    if (reached.has(definition.name)) types[definition.name] = renderDefinition(definition, dialect);
  }
  return Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const LIST_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta";

function reach(name: string | undefined, reached: Set<string>): void {
  if (name === undefined || reached.has(name)) return;
  reached.add(name);
  for (const field of schemaNamed(name)?.fields.values() ?? []) reachPlace(field, reached);
}

function reachPlace(place: Schema, reached: Set<string>): void {
  if (place.name !== undefined) reach(place.name, reached);
  else if (place.element !== undefined) reachPlace(place.element, reached);
}
