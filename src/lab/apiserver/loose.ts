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

/** The object with other metadata fields; `undefined` takes a field away. */
export function withMeta<T extends KubeObject>(
  object: T,
  changes: { [K in keyof ObjectMeta]?: ObjectMeta[K] | undefined },
): T {
  const metadata: Record<string, unknown> = { ...object.metadata, ...changes };
  for (const key in changes) if (metadata[key] === undefined) delete metadata[key];
  return { ...object, metadata: metadata as unknown as ObjectMeta };
}

/** The object with one top-level field set, or taken away by `undefined`. */
export function withField(object: LooseObject, field: string, value: unknown): LooseObject {
  if (object[field] === value) return object;
  const { [field]: _, ...rest } = object;
  return (value === undefined ? rest : { ...object, [field]: value }) as LooseObject;
}
