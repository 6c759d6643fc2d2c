/**
 * The garbage collector: deletes what no owner keeps any more, and carries out what a deletion asks for dependents:
 * background (they go after), foreground (they go before) or orphan (they stay).
 *
 * Changes enter the graph at once; what follows from them goes through the queue. Each turn looks at one object as it is
 * then, so the order in which changes are handled does not matter.
 */
import type { Kind } from "../../../kube/kind.ts";
import { isStatus } from "../../../kube/status-error.ts";
import type { KubeObject, ObjectMeta, OwnerReference } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { DeleteOptions } from "../../apiserver/api.ts";
import type { KindRegistry } from "../../apiserver/kind-registry.ts";
import type { ControllerFactory, LabContext, Part } from "../../context.ts";
import { followKinds } from "../shared/follow-kinds.ts";
import {
  DependencyGraph,
  FOREGROUND,
  type Identity,
  identityOf,
  isHeldBy,
  ORPHAN,
} from "./dependency-graph.ts";
import { type Classified, classifyOwners } from "./references.ts";

const NAME = "garbage-collector-controller";

/** Events own nothing and nothing owns them; there are too many of them to follow. */
function isCollectable({ plural, verbs }: Kind): boolean {
  return plural !== "events" && (["delete", "list", "watch"] as const).every((verb) => verbs.includes(verb));
}

/** Collects garbage of every kind that `kinds` serves, as it comes and goes. */
export function garbageCollector(kinds: KindRegistry): ControllerFactory {
  return (context) => new GarbageCollector(context, kinds);
}

class GarbageCollector implements Part {
  readonly name = NAME;
  readonly #context: LabContext;
  readonly #kinds: KindRegistry;
  readonly #graph = new DependencyGraph();
  /** What is queued, by uid. */
  readonly #items = new Map<string, Identity>();
  /** Objects with an owner of a kind that is not served: looked at again when kinds change. */
  readonly #unjudged = new Map<string, Identity>();
  readonly #deletions: WorkQueue;
  readonly #orphanings: WorkQueue;

  constructor(context: LabContext, kinds: KindRegistry) {
    this.#context = context;
    this.#kinds = kinds;
    const queue = (name: string, act: (item: Identity) => void) =>
      new WorkQueue(context.engine, {
        name,
        reconcile: (uid) => {
          const item = this.#items.get(uid);
          if (item === undefined) return;
          act(item);
          // A turn that failed is tried again; one that was asked for anew meanwhile has an entry of its own.
          if (this.#items.get(uid) === item) this.#items.delete(uid);
        },
      });
    this.#deletions = queue("garbage-collector-delete", (item) => this.#attemptToDelete(item));
    this.#orphanings = queue("garbage-collector-orphan", (item) => this.#orphanDependents(item));
  }

  start(): void {
    const { api } = this.#context;
    followKinds(this.#kinds, isCollectable, (kind) => {
      const stop = api.onChange(kind, ({ type, object, previous }) =>
        type === "DELETED" ? this.#onGone(kind, object) : this.#onChanged(kind, object, previous),
      );
      for (const object of api.list(kind)) this.#onChanged(kind, object, undefined);
      return stop;
    });
    this.#kinds.onChange(() => {
      for (const item of this.#unjudged.values()) this.#enqueue(item);
      this.#unjudged.clear();
    });
  }

  #onChanged(kind: Kind, object: KubeObject, previous: KubeObject | undefined): void {
    const { metadata } = object;
    const isSameOwners = metadata.ownerReferences === previous?.metadata.ownerReferences;
    // Nearly every change is one of a status: neither owners nor deletion are touched.
    if (previous !== undefined && isSameOwners && metadata.deletionTimestamp === undefined) return;
    this.#graph.set(kind, object);
    const item = identityOf(kind, object);
    if (!isSameOwners) {
      if (this.#hasAbsentOwner(item, metadata.ownerReferences ?? [])) this.#enqueue(item);
      for (const owner of unblocked(previous?.metadata.ownerReferences, metadata.ownerReferences)) {
        this.#enqueueOwner(owner, metadata.namespace);
      }
    }
    if (begins(ORPHAN, object, previous)) {
      this.#items.set(item.uid, item);
      this.#orphanings.add(item.uid);
    } else if (begins(FOREGROUND, object, previous)) {
      for (const dependent of this.#graph.dependentsOf(item.uid)) this.#enqueue(dependent);
      this.#enqueue(item);
    }
  }

  #onGone(kind: Kind, object: KubeObject): void {
    const { uid, namespace, ownerReferences = [] } = object.metadata;
    this.#graph.remove(uid);
    this.#unjudged.delete(uid);
    for (const dependent of this.#graph.dependentsOf(uid)) this.#enqueue(dependent);
    for (const reference of ownerReferences) {
      const owner = this.#find(reference, kind.namespaced ? namespace : undefined);
      if (owner !== undefined && isHeldBy(owner.object, FOREGROUND)) this.#enqueue(owner.item);
    }
  }

  #attemptToDelete(item: Identity): void {
    const { api } = this.#context;
    const latest = api.get(item.kind, item.namespace, item.name);
    if (latest?.metadata.uid !== item.uid) return;
    if (isHeldBy(latest, FOREGROUND)) {
      this.#finishForeground(item, latest);
      return;
    }
    const owners = latest.metadata.ownerReferences ?? [];
    if (latest.metadata.deletionTimestamp !== undefined || owners.length === 0) return;
    const classified = classifyOwners(api, this.#kinds, item, owners);
    if (classified === undefined) this.#unjudged.set(item.uid, item);
    else this.#judge(item, latest, classified);
  }

  #judge(item: Identity, latest: KubeObject, { solid, dangling, waiting }: Classified): void {
    if (solid.length > 0) {
      if (dangling.length + waiting.length > 0) this.#patch(item, latest, { ownerReferences: solid });
      return;
    }
    const dependents = this.#graph.dependentsOf(item.uid);
    if (waiting.length > 0 && dependents.length > 0) {
      const unlocked = dependents.some(({ isDeletingDependents }) => isDeletingDependents)
        ? this.#unblock(item, latest)
        : latest;
      this.#delete(item, unlocked, "Foreground");
      return;
    }
    const has = (finalizer: string) => latest.metadata.finalizers?.includes(finalizer) ?? false;
    this.#delete(item, latest, has(ORPHAN) ? "Orphan" : has(FOREGROUND) ? "Foreground" : "Background");
  }

  /** Two objects that own each other would wait for each other for ever: this one stops blocking its owners. */
  #unblock(item: Identity, latest: KubeObject): KubeObject {
    const ownerReferences = (latest.metadata.ownerReferences ?? []).map((owner) => ({
      ...owner,
      blockOwnerDeletion: false,
    }));
    return this.#patch(item, latest, { ownerReferences });
  }

  #finishForeground(item: Identity, latest: KubeObject): void {
    const blockers = this.#graph.blockersOf(item.uid);
    if (blockers.length === 0) {
      this.#removeFinalizer(item, latest, FOREGROUND);
      return;
    }
    for (const blocker of blockers) if (!blocker.isDeletingDependents) this.#enqueue(blocker);
  }

  #orphanDependents(item: Identity): void {
    const { api } = this.#context;
    for (const dependent of this.#graph.dependentsOf(item.uid)) {
      const latest = api.get(dependent.kind, dependent.namespace, dependent.name);
      if (latest?.metadata.uid !== dependent.uid) continue;
      const ownerReferences = (latest.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== item.uid);
      this.#patch(dependent, latest, { ownerReferences });
    }
    const owner = api.get(item.kind, item.namespace, item.name);
    if (owner?.metadata.uid === item.uid) this.#removeFinalizer(item, owner, ORPHAN);
  }

  #removeFinalizer(item: Identity, latest: KubeObject, finalizer: string): void {
    const finalizers = (latest.metadata.finalizers ?? []).filter((other) => other !== finalizer);
    this.#patch(item, latest, { finalizers });
  }

  #patch({ kind, namespace, name }: Identity, latest: KubeObject, fields: Partial<ObjectMeta>): KubeObject {
    const { uid, resourceVersion } = latest.metadata;
    const body = { metadata: { uid, resourceVersion, ...fields } };
    return this.#context.api.patch(kind, namespace, name, "merge", body);
  }

  #delete(
    { kind, namespace, name, uid }: Identity,
    latest: KubeObject,
    policy: DeleteOptions["propagationPolicy"],
  ): void {
    const { resourceVersion } = latest.metadata;
    const preconditions = { uid, resourceVersion };
    try {
      this.#context.api.delete(kind, namespace, name, {
        preconditions,
        ...(policy && { propagationPolicy: policy }),
      });
    } catch (error) {
      if (!isStatus(error, "NotFound")) throw error;
    }
  }

  #hasAbsentOwner(item: Identity, owners: readonly OwnerReference[]): boolean {
    return owners.some((reference) => {
      const owner = this.#find(reference, item.namespace);
      return owner === undefined || isHeldBy(owner.object, FOREGROUND);
    });
  }

  #enqueueOwner(reference: OwnerReference, namespace: string | undefined): void {
    const owner = this.#find(reference, namespace);
    if (owner !== undefined) this.#enqueue(owner.item);
  }

  #find(
    { apiVersion, kind: kindName, name, uid }: OwnerReference,
    namespace: string | undefined,
  ): { readonly item: Identity; readonly object: KubeObject } | undefined {
    const kind = this.#kinds.find(apiVersion, kindName);
    if (kind === undefined) return undefined;
    const object = this.#context.api.get(kind, kind.namespaced ? namespace : undefined, name);
    return object?.metadata.uid === uid ? { item: identityOf(kind, object), object } : undefined;
  }

  #enqueue(item: Identity): void {
    this.#items.set(item.uid, item);
    this.#deletions.add(item.uid);
  }
}

/** Whether with this change the object begins to be deleted under that finalizer. */
function begins(finalizer: string, object: KubeObject, previous: KubeObject | undefined): boolean {
  return isHeldBy(object, finalizer) && (previous === undefined || !isHeldBy(previous, finalizer));
}

/** Owners whose deletion this object held up, and does not any more. */
function unblocked(
  before: readonly OwnerReference[] = [],
  after: readonly OwnerReference[] = [],
): readonly OwnerReference[] {
  return before.filter(
    (old) =>
      old.blockOwnerDeletion === true &&
      !after.some(({ uid, blockOwnerDeletion }) => uid === old.uid && blockOwnerDeletion === true),
  );
}
