/**
 * Turns objects into the other forms that a client may ask for: a Table, whose columns the server chooses, or metadata alone.
 */
import { apiVersionOf, type Kind } from "../../../kube/kind.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { CustomColumn } from "../../../kube/tables/custom.ts";
import { tableFor } from "../../../kube/tables/tables.ts";
import type { KubeObject, ListMeta } from "../../../kube/types/index.ts";
import type { OutgoingObject } from "./exchange.ts";
import type { Transformation } from "./negotiate.ts";

/** What a transformation goes by. */
export interface TransformContext {
  /** The columns that a custom kind's definition asks for; undefined for built-in kinds. */
  readonly customColumns: (kind: Kind) => readonly CustomColumn[] | undefined;
  readonly nowMs: number;
  /** Query parameter: what of the object a row carries along. */
  readonly includeObject: string | null;
}

const META = "meta.k8s.io/v1";

/** The object or list in another form. A Status stays what it is.
 * @throws {StatusError} NotAcceptable when a list is asked for as one object, or the other way round */
export function transform(
  context: TransformContext,
  as: Transformation,
  kind: Kind,
  body: OutgoingObject,
): OutgoingObject {
  if (body.kind === "Status" && body.apiVersion === "v1") return body;
  const isList = Array.isArray(body.items) && String(body.kind).endsWith("List");
  const objects = isList
    ? withKind(kind, body.items as readonly KubeObject[])
    : [body as unknown as KubeObject];
  if (as === "Table") {
    const meta = body.metadata as ListMeta;
    return table(context, kind, objects, isList ? listMeta(meta) : pick(meta, ["resourceVersion"]), true);
  }
  if (isList !== (as === "PartialObjectMetadataList")) {
    throw new StatusError(
      "NotAcceptable",
      isList
        ? `you requested PartialObjectMetadata, but the requested object is a list (*${body.kind})`
        : `you requested PartialObjectMetadataList, but the requested object is not a list (*${body.kind})`,
    );
  }
  if (!isList) return partial(body);
  return { kind: as, apiVersion: META, metadata: body.metadata, items: objects.map(partial) };
}

/** One notice's object in another form; only the first table of a watch tells its columns. */
export function transformEvent(
  context: TransformContext,
  as: Transformation,
  kind: Kind,
  object: KubeObject,
  first: boolean,
): OutgoingObject {
  if (object.kind === "Status" && object.apiVersion === "v1") return { ...object };
  if (as !== "Table") return partial(object);
  return table(context, kind, [object], pick(object.metadata, ["resourceVersion"]), first);
}

function table(
  context: TransformContext,
  kind: Kind,
  objects: readonly KubeObject[],
  metadata: object,
  withColumns: boolean,
): OutgoingObject {
  const rendered = tableFor(kind, objects, {
    nowMs: context.nowMs,
    includeObject: included(context.includeObject),
    metadata,
    customColumns: context.customColumns(kind),
  });
  return withColumns ? { ...rendered } : { ...rendered, columnDefinitions: null };
}

function included(policy: string | null): "None" | "Metadata" | "Object" {
  if (policy === null || policy === "" || policy === "Metadata") return "Metadata";
  if (policy === "Object" || policy === "None") return policy;
  throw new StatusError(
    "BadRequest",
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(policy)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

function partial(object: { readonly metadata?: unknown }): OutgoingObject {
  return { kind: "PartialObjectMetadata", apiVersion: META, metadata: object.metadata ?? {} };
}

/** A list's items leave out what the list says once. */
function withKind(kind: Kind, items: readonly KubeObject[]): readonly KubeObject[] {
  return items.map((item) => ({ ...item, apiVersion: apiVersionOf(kind), kind: kind.kind }));
}

function listMeta(meta: ListMeta): object {
  return pick(meta, ["resourceVersion", "continue", "remainingItemCount"]);
}

function pick(from: object, names: readonly string[]): object {
  const entries = names.map((name) => [name, (from as Record<string, unknown>)[name]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
