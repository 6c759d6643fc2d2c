import type { KubeObject } from "./types/meta.ts";

/**
 * One row of the table of kinds: everything that follows from a kind being what it is.
 * Paths, discovery, tables, validation and RBAC are all read from these rows.
 * The type parameter says what an object of the kind looks like to TypeScript; it does not exist at run time.
 */
export interface Kind<T extends KubeObject = KubeObject> {
  /** API group, "" for core. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The name in paths: lower case, plural. Unique together with the group. */
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  /** Subresources by name, e.g. "status", "scale", "eviction", "binding", with their own kind where it differs. */
  readonly subresources: Readonly<Record<string, SubresourceRow>>;
  /** Paths such as ".spec.color" that a custom kind can be selected by besides name and namespace. */
  readonly selectableFields?: readonly string[];
  /** What clients are warned of who use this version, when its definition says that they should not. */
  readonly deprecation?: string;
  /** Never present: it only carries `T`. */
  readonly type?: T;
}

export type Verb = "create" | "delete" | "deletecollection" | "get" | "list" | "patch" | "update" | "watch";

export interface SubresourceRow {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly Verb[];
}

/** "v1" or "apps/v1": what stands in an object's `apiVersion`. */
export function apiVersionOf(kind: Pick<Kind, "group" | "version">): string {
  return kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
}

/** "pods" or "deployments.apps": how messages and RBAC name a kind. */
export function resourceName(kind: Pick<Kind, "group" | "plural">): string {
  return kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
}
