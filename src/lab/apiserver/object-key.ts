import type { KubeObject } from "../../kube/types/index.ts";

/** "namespace/name", or "/name" for cluster-scoped objects. */
export function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ""}/${object.metadata.name}`;
}

/**
 * The order of lists, which is etcd's order of "namespace/name": the slash takes part in it, so a namespace "a-b" comes
 * before "a".
 */
export function compareKeys(a: KubeObject, b: KubeObject): number {
  const left = a.metadata.namespace;
  const right = b.metadata.namespace;
  if (left !== right) return compareTexts(`${left ?? ""}/`, `${right ?? ""}/`);
  return compareTexts(a.metadata.name, b.metadata.name);
}

/** By code unit, which for the characters of names is byte order. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
