/**
 * Turns objects into the other forms that a client may ask for: a Table, whose columns the server chooses, or metadata alone.
 */
import { apiVersionOf, type Kind } from "../../../kube/kind.ts";
import { findKind } from "../../../kube/kinds.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { CustomColumn } from "../../../kube/tables/custom.ts";
import { tableFor } from "../../../kube/tables/tables.ts";
import type { KubeObject, ListMeta } from "../../../kube/types/index.ts";
import type { OutgoingList, OutgoingObject } from "./exchange.ts";
import type { OutputForm } from "./negotiate.ts";

/** What a transformation goes by. */
export interface TransformContext {
  /** The columns that a custom kind's definition asks for; undefined for built-in kinds. */
  readonly customColumns: (kind: Kind) => readonly CustomColumn[] | undefined;
  readonly nowMs: number;
  /** Query parameter: what of the object a row carries along. */
  readonly includeObject: string | null;
}

const META_GROUP = "meta.k8s.io";

/** The object in the form asked for. A Status stays what it is.
 * @throws {StatusError} NotAcceptable when a list is asked for */
export function transform(
  context: TransformContext,
  form: OutputForm,
  kind: Kind,
  body: OutgoingObject,
): OutgoingObject {
  if (form.as === undefined || isStatusObject(body)) return body;
  if (form.as === "PartialObjectMetadataList") {
    const what = `you requested ${form.as}, but the requested object is not a list`;
    throw new StatusError("NotAcceptable", `${what} (*${goTypeOf(kind, kind.kind)})`);
  }
  if (form.as === "PartialObjectMetadata") return partial(form, body);
  const metadata = pick(body.metadata as ListMeta, ["resourceVersion"]);
  return table(context, form, kind, [body as unknown as KubeObject], metadata, true);
}

/** The list in the form asked for; undefined when that is its plain one.
 * @throws {StatusError} NotAcceptable when a single object is asked for */
export function transformList(
  context: TransformContext,
  form: OutputForm,
  kind: Kind,
  { head, items }: OutgoingList,
): OutgoingObject | undefined {
  if (form.as === undefined) return undefined;
  if (form.as === "PartialObjectMetadata") {
    const what = `you requested ${form.as}, but the requested object is a list`;
    throw new StatusError("NotAcceptable", `${what} (*${goTypeOf(kind, `${kind.kind}List`)})`);
  }
  if (form.as === "Table") {
    const metadata = pick(head.metadata as ListMeta, ["resourceVersion", "continue", "remainingItemCount"]);
    return table(context, form, kind, items, metadata, true);
  }
  return {
    kind: form.as,
    apiVersion: metaVersion(form),
    metadata: head.metadata,
    items: items.map((item) => partial(form, item)),
  };
}

/** One notice's object in another form; only the first table of a watch tells its columns. */
export function transformEvent(
  context: TransformContext,
  form: OutputForm,
  kind: Kind,
  object: KubeObject,
  first: boolean,
): OutgoingObject {
  if (isStatusObject(object)) return { ...object };
  if (form.as !== "Table") return partial(form, object);
  return table(context, form, kind, [object], pick(object.metadata, ["resourceVersion"]), first);
}

function isStatusObject(object: { readonly kind?: unknown; readonly apiVersion?: unknown }): boolean {
  return object.kind === "Status" && object.apiVersion === "v1";
}

function metaVersion({ version = "v1" }: OutputForm): string {
  return `${META_GROUP}/${version}`;
}

/** How Go calls the type: a package has its group's first name, and nothing is compiled in for custom kinds. */
function goTypeOf(kind: Kind, name: string): string {
  const { group } = kind;
  if (findKind(apiVersionOf(kind), kind.kind) === undefined) {
    return name === kind.kind ? "unstructured.Unstructured" : "unstructured.UnstructuredList";
  }
  return `${group === "" ? "core" : group.replace(/\..*$/, "")}.${name}`;
}

function table(
  context: TransformContext,
  form: OutputForm,
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
  const apiVersion = metaVersion(form);
  const isOlder = apiVersion !== rendered.apiVersion;
  const rows = isOlder ? rendered.rows.map((row) => inVersion(row, apiVersion)) : rendered.rows;
  const versioned = { ...rendered, apiVersion, rows };
  return withColumns ? versioned : { ...versioned, columnDefinitions: null };
}

/** A row whose object, where it is bare metadata, is in the version of the table. */
function inVersion<R extends { readonly object: object | null }>(row: R, apiVersion: string): R {
  const { object } = row;
  const isPartial = object !== null && "kind" in object && object.kind === "PartialObjectMetadata";
  return isPartial ? { ...row, object: { ...object, apiVersion } } : row;
}

function included(policy: string | null): "None" | "Metadata" | "Object" {
  if (policy === null || policy === "" || policy === "Metadata") return "Metadata";
  if (policy === "Object" || policy === "None") return policy;
  throw new StatusError(
    "BadRequest",
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(policy)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

function partial(form: OutputForm, object: { readonly metadata?: unknown }): OutgoingObject {
  return {
    kind: "PartialObjectMetadata",
    apiVersion: metaVersion(form),
    metadata: object.metadata ?? {},
  };
}

function pick(from: object, names: readonly string[]): object {
  const entries = names.map((name) => [name, (from as Record<string, unknown>)[name]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
