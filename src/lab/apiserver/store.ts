import { invariant } from "../../base/invariant.ts";
import type { Kind } from "../../kube/kind.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { ChangeType } from "./api.ts";
import { Collection } from "./collection.ts";
import { frozenTree } from "./frozen-tree.ts";
import { type Commit, History } from "./history.ts";
import type { Fields } from "./loose.ts";

/** The object, frozen, with the revision of its commit. Field by field, as `frozenTree` copies. */
function frozenUnder(revision: number, object: KubeObject): KubeObject {
  const metadata: Record<string, unknown> = {};
  for (const key in object.metadata) {
    const value = (object.metadata as unknown as Fields)[key];
    if (value !== undefined) metadata[key] = frozenTree(value);
  }
  metadata.resourceVersion = String(revision);
  Object.freeze(metadata);
  const copy: Record<string, unknown> = {};
  for (const key in object) {
    const value = (object as unknown as Fields)[key];
    if (value !== undefined) copy[key] = key === "metadata" ? metadata : frozenTree(value);
  }
  return Object.freeze(copy) as unknown as KubeObject;
}

/** Told of every commit of one collection, in order of revision. */
export type CommitHandler = (commit: Commit) => void;

/** How many commits of a kind are kept. kube-apiserver keeps 100 to 102,400 by load; here a fixed number bounds memory. */
const HISTORY_LENGTH = 1_024;

/**
 * What etcd is to a real API server: objects by key under one growing revision. It judges nothing; who writes here has
 * been through the registry. Handlers hear of commits in order even when they write themselves: a commit made by a
 * handler is told when the one before it has been told to everybody.
 */
export class Store {
  readonly #collections = new Map<string, Collection>();
  readonly #handlers = new Map<Collection, Set<CommitHandler>>();
  readonly #untold: { collection: Collection; commit: Commit }[] = [];
  #telling = false;
  #revision = 1;

  /** The revision of the latest commit. */
  get revision(): number {
    return this.#revision;
  }

  /** The objects of one stored kind. */
  collection(kind: Kind): Collection {
    const key = `${kind.group}/${kind.plural}`;
    let collection = this.#collections.get(key);
    if (collection === undefined) {
      collection = new Collection(kind, new History(HISTORY_LENGTH, this.#revision));
      this.#collections.set(key, collection);
    }
    if (collection.kind !== kind) collection.storeAs(kind);
    return collection;
  }

  /** Stores a new or changed object under the next revision and gives it back, frozen. */
  put(collection: Collection, object: KubeObject): KubeObject {
    const { namespace, name } = object.metadata;
    const previous = collection.get(namespace, name);
    return this.#commit(collection, previous === undefined ? "ADDED" : "MODIFIED", object, previous);
  }

  /** Removes an object; what is given back is its last state under the revision of the deletion. */
  remove(collection: Collection, namespace: string | undefined, name: string): KubeObject {
    const previous = collection.get(namespace, name);
    invariant(
      previous,
      `Cannot remove ${collection.kind.plural} ${namespace ?? ""}/${name}: it is not stored`,
    );
    return this.#commit(collection, "DELETED", previous, previous);
  }

  /** Tells of every later commit in a collection; returns the way to stop it. */
  onCommit(collection: Collection, handler: CommitHandler): () => void {
    let handlers = this.#handlers.get(collection);
    if (handlers === undefined) {
      handlers = new Set();
      this.#handlers.set(collection, handlers);
    }
    handlers.add(handler);
    return () => handlers.delete(handler);
  }

  #commit(
    collection: Collection,
    type: ChangeType,
    object: KubeObject,
    previous: KubeObject | undefined,
  ): KubeObject {
    const revision = ++this.#revision;
    const stamped = frozenUnder(revision, object);
    const commit = { revision, type, object: stamped, previous };
    collection.apply(commit);
    this.#untold.push({ collection, commit });
    if (!this.#telling) this.#tell();
    return stamped;
  }

  #tell(): void {
    this.#telling = true;
    try {
      for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift()) {
        for (const handler of [...(this.#handlers.get(next.collection) ?? [])]) handler(next.commit);
      }
    } finally {
      this.#telling = false;
    }
  }
}
