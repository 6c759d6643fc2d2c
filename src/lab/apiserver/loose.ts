import type { KubeObject, ObjectMeta } from "../../kube/types/index.ts";

/** Any JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** An object of whatever kind, on its way through the registry. */
export interface LooseObject extends KubeObject {
  readonly spec?: Fields;
  readonly status?: Fields;
  readonly [field: string]: unknown;
}

/** The same object, seen as one of no particular kind. */
export function loose(object: KubeObject): LooseObject {
  return object as LooseObject;
}

/** Metadata in the making. Conditional spreads would read better, but every write goes through here several times. */
export type MetaDraft = { -readonly [K in keyof ObjectMeta]: ObjectMeta[K] };

/** Changes of metadata fields; `undefined` takes a field away. */
export type MetaChanges = { readonly [K in keyof ObjectMeta]?: ObjectMeta[K] | undefined };

/** Sets fields of metadata in the making, and takes those away that are `undefined`. */
export function setMeta(draft: MetaDraft, changes: MetaChanges): void {
  const fields = draft as unknown as Record<string, unknown>;
  for (const key in changes) {
    const value = changes[key as keyof ObjectMeta];
    if (value !== undefined) fields[key] = value;
    else if (fields[key] !== undefined) delete fields[key];
  }
}

/** The object with other metadata fields; `undefined` takes a field away. */
export function withMeta<T extends KubeObject>(object: T, changes: MetaChanges): T {
  const metadata: MetaDraft = { ...object.metadata };
  setMeta(metadata, changes);
  return { ...object, metadata };
}

/** The object with one top-level field set, or taken away by `undefined`. */
export function withField(object: LooseObject, field: string, value: unknown): LooseObject {
  if (object[field] === value) return object;
  const copy: Record<string, unknown> = { ...object };
  if (value === undefined) delete copy[field];
  else copy[field] = value;
  return copy as unknown as LooseObject;
}
