import type { Kind } from "../../kube/kind.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { Commit, History } from "./history.ts";
import { ObjectIndex } from "./object-index.ts";
import { compareKeys, compareTexts, keyOf } from "./object-key.ts";

/** The objects of one kind in one namespace. */
interface Bucket {
  readonly objects: Map<string, KubeObject>;
  /** In order of name; dropped by every change. */
  sorted: readonly KubeObject[] | undefined;
}

const NONE: readonly KubeObject[] = Object.freeze([]);

/** All objects of one stored kind, their order, their indexes and their latest history. Written by the `Store` only. */
export class Collection {
  readonly kind: Kind;
  readonly history: History;
  readonly #buckets = new Map<string, Bucket>();
  readonly #indexes = new Map<string, ObjectIndex>();
  #sorted: readonly KubeObject[] | undefined;
  #size = 0;

  constructor(kind: Kind, history: History) {
    this.kind = kind;
    this.history = history;
  }

  get size(): number {
    return this.#size;
  }

  get(namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#buckets.get(namespace ?? "")?.objects.get(name);
  }

  /** In etcd's order of keys, of one namespace or of all. */
  list(namespace?: string): readonly KubeObject[] {
    if (namespace !== undefined) {
      const bucket = this.#buckets.get(namespace);
      return bucket === undefined ? NONE : sortedBucket(bucket);
    }
    if (this.#sorted === undefined) {
      const namespaces = [...this.#buckets.keys()].sort((a, b) => compareTexts(`${a}/`, `${b}/`));
      this.#sorted = Object.freeze(
        namespaces.flatMap((name) => sortedBucket(this.#buckets.get(name) as Bucket)),
      );
    }
    return this.#sorted;
  }

  /** As `list`, but as it stood at an earlier revision that the history still reaches. */
  listAt(revision: number, namespace?: string): readonly KubeObject[] {
    const first = this.history.after(revision);
    if (first === this.history.end) return this.list(namespace);
    const then = new Map<string, KubeObject | undefined>();
    for (let position = this.history.end - 1; position >= first; position--) {
      const commit = this.history.at(position);
      then.set(keyOf(commit.object), commit.previous);
    }
    const unchanged = this.list(namespace).filter((object) => !then.has(keyOf(object)));
    const changed = [...then.values()].filter(
      (object) =>
        object !== undefined && (namespace === undefined || object.metadata.namespace === namespace),
    ) as KubeObject[];
    return [...unchanged, ...changed].sort(compareKeys);
  }

  /** Objects by what `of` reads from them; the index of that name is built once. */
  by(index: string, of: (object: KubeObject) => string | undefined, value: string): readonly KubeObject[] {
    let found = this.#indexes.get(index);
    if (found === undefined) {
      found = new ObjectIndex(of, this.list());
      this.#indexes.set(index, found);
    }
    return found.get(value);
  }

  apply(commit: Commit): void {
    const { object, previous, type } = commit;
    const bucket = this.#bucketOf(object);
    if (type === "DELETED") {
      bucket.objects.delete(object.metadata.name);
      if (bucket.objects.size === 0) this.#buckets.delete(object.metadata.namespace ?? "");
      this.#size--;
    } else {
      bucket.objects.set(object.metadata.name, object);
      if (type === "ADDED") this.#size++;
    }
    bucket.sorted = undefined;
    this.#sorted = undefined;
    for (const index of this.#indexes.values()) {
      index.replace(previous, type === "DELETED" ? undefined : object);
    }
    this.history.append(commit);
  }

  #bucketOf(object: KubeObject): Bucket {
    const namespace = object.metadata.namespace ?? "";
    let bucket = this.#buckets.get(namespace);
    if (bucket === undefined) {
      bucket = { objects: new Map(), sorted: undefined };
      this.#buckets.set(namespace, bucket);
    }
    return bucket;
  }
}

function sortedBucket(bucket: Bucket): readonly KubeObject[] {
  bucket.sorted ??= Object.freeze([...bucket.objects.values()].sort(compareKeys));
  return bucket.sorted;
}
