import type { KubeObject } from "../kube/types/index.ts";

type Loose = KubeObject & Readonly<Record<string, unknown>>;

const HOLDERS = new Set(["Secret", "ConfigMap"]);
/** Fields that hold values by key. */
const FIELDS = ["data", "binaryData", "stringData"] as const;
/** kubectl keeps a copy of the whole object here, values included. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** A Secret or ConfigMap with its keys but none of its values; every other object as it is. */
export function withoutValues(object: KubeObject): KubeObject {
  if (object.apiVersion !== "v1" || !HOLDERS.has(object.kind)) return object;
  const loose = object as Loose;
  const blanked = Object.fromEntries(
    FIELDS.filter((field) => loose[field]).map((field) => [field, blank(loose[field] as object)]),
  );
  const { [LAST_APPLIED]: copy, ...annotations } = object.metadata.annotations ?? {};
  const metadata = copy === undefined ? object.metadata : { ...object.metadata, annotations };
  return { ...object, metadata, ...blanked };
}

function blank(values: object): Readonly<Record<string, "">> {
  return Object.fromEntries(Object.keys(values).map((key) => [key, ""]));
}
