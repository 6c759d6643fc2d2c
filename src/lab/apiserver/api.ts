/**
 * The lab's API server as its own parts use it: in process, synchronous, typed by the table of kinds.
 * The HTTP skin and the asynchronous in-process `Client` both go through the same registry that implements this.
 *
 * Objects that come out are frozen and shared: compare by identity, never change, build a new one with spread.
 * Writes throw `StatusError` exactly as a real API server answers; a write while the API server is failed on purpose
 * throws ServiceUnavailable.
 */
import type { Kind } from "../../kube/kind.ts";
import type { KubeObject, LabelSelector, ObjectMeta } from "../../kube/types/index.ts";

/** An object on its way in: the server fills in what is missing. */
export type Draft<T extends KubeObject = KubeObject> = Omit<DeepPartial<T>, "metadata"> & {
  readonly metadata: Partial<ObjectMeta>;
};

type DeepPartial<T> = T extends readonly (infer I)[]
  ? readonly DeepPartial<I>[]
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> }
    : T;

export interface WriteOptions {
  /** Everything up to the commit, and nothing of it. */
  readonly dryRun?: boolean;
  /** "status", "scale", …: writes only that part of the object. */
  readonly subresource?: string;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground";
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: boolean;
}

export type PatchType = "json" | "merge" | "strategic" | "apply";

export interface PatchOptions extends WriteOptions {
  /** Required for "apply". */
  readonly fieldManager?: string;
  /** "apply" only: take fields that others own. */
  readonly force?: boolean;
}

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: LabelSelector;
}

export type ChangeType = "ADDED" | "MODIFIED" | "DELETED";

/** Called during the commit, in order of resourceVersion. `previous` is absent for ADDED. For DELETED `object` is the last state. */
export type ChangeHandler<T extends KubeObject> = (change: {
  readonly type: ChangeType;
  readonly object: T;
  readonly previous?: T;
}) => void;

export interface Api {
  get<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined, name: string): T | undefined;
  /** In order of namespace and name. */
  list<T extends KubeObject>(kind: Kind<T>, options?: ListOptions): readonly T[];
  /** Objects whose controlling ownerReference has this uid, in order of name. */
  ownedBy<T extends KubeObject>(kind: Kind<T>, ownerUid: string): readonly T[];
  /** Pods bound to a node, in order of namespace and name. */
  podsOnNode(nodeName: string): readonly import("../../kube/types/index.ts").Pod[];

  create<T extends KubeObject>(kind: Kind<T>, draft: Draft<T>, options?: WriteOptions): T;
  /** Replaces. The object's resourceVersion, when set, must be the stored one, else Conflict. */
  update<T extends KubeObject>(kind: Kind<T>, object: T, options?: WriteOptions): T;
  /** Shorthand for `update` of the status subresource. */
  updateStatus<T extends KubeObject>(kind: Kind<T>, object: T): T;
  patch<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    name: string,
    type: PatchType,
    body: unknown,
    options?: PatchOptions,
  ): T;
  /** The object as it stands after the request: gone, or with a deletionTimestamp. NotFound when there is none. */
  delete<T extends KubeObject>(
    kind: Kind<T>,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions,
  ): T;
  /** pods/binding: what a scheduler does. */
  bind(namespace: string, podName: string, nodeName: string): void;
  /** pods/eviction. TooManyRequests when a PodDisruptionBudget forbids it. */
  evict(namespace: string, podName: string, options?: DeleteOptions): void;

  /** Tells of every commit from now on; returns the way to stop it. */
  onChange<T extends KubeObject>(kind: Kind<T>, handler: ChangeHandler<T>): () => void;

  /** The same API as another user: field manager of writes, source of events, and (later) RBAC follow from it. */
  as(user: string): Api;
}
