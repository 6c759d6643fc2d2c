import type { Kind } from "../../kube/kind.ts";
import type { CompiledSelector, LabelRequirement } from "../../kube/selectors.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { Commit, History } from "./history.ts";
import { ObjectIndex } from "./object-index.ts";
import { compareKeys, compareTexts, keyOf } from "./object-key.ts";
import { SortedObjects } from "./sorted-objects.ts";

const NONE: readonly KubeObject[] = Object.freeze([]);

/** All objects of one stored kind, their order, their indexes and their latest history. Written by the `Store` only. */
export class Collection {
  readonly history: History;
  readonly #buckets = new Map<string, SortedObjects>();
  readonly #indexes = new Map<string, ObjectIndex>();
  #sorted: readonly KubeObject[] | undefined;
  #size = 0;
  #kind: Kind;

  constructor(kind: Kind, history: History) {
    this.#kind = kind;
    this.history = history;
  }

  /** As what objects are stored from now on. Of custom kinds that changes with their definitions. */
  get kind(): Kind {
    return this.#kind;
  }

  storeAs(kind: Kind): void {
    this.#kind = kind;
  }

  get size(): number {
    return this.#size;
  }

  get(namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#buckets.get(namespace ?? "")?.get(name);
  }

  /** In etcd's order of keys, of one namespace or of all. */
  list(namespace?: string): readonly KubeObject[] {
    if (namespace !== undefined) {
      return this.#buckets.get(namespace)?.list() ?? NONE;
    }
    if (this.#sorted === undefined) {
      const namespaces = [...this.#buckets.keys()].sort((a, b) => compareTexts(`${a}/`, `${b}/`));
      this.#sorted = Object.freeze(namespaces.flatMap((name) => this.#buckets.get(name)?.list() ?? NONE));
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

  /** The objects of a list that a selector selects. Where it asks a label for one value, only those that have it are looked at. */
  select(selector: CompiledSelector, namespace?: string): readonly KubeObject[] {
    const sought = selector.requirements.find(asksForOneValue);
    if (sought === undefined)
      return this.list(namespace).filter(({ metadata }) => selector.matches(metadata.labels));
    const { key, values } = sought;
    const labelled = this.by(`label ${key}`, ({ metadata }) => metadata.labels?.[key], values[0] as string);
    return labelled.filter(
      ({ metadata }) =>
        (namespace === undefined || metadata.namespace === namespace) && selector.matches(metadata.labels),
    );
  }

  apply(commit: Commit): void {
    const { object, previous, type } = commit;
    const bucket = this.#bucketOf(object);
    if (type === "DELETED") {
      bucket.remove(object.metadata.name);
      if (bucket.size === 0) this.#buckets.delete(object.metadata.namespace ?? "");
      this.#size--;
    } else {
      bucket.put(object.metadata.name, object);
      if (type === "ADDED") this.#size++;
    }
    this.#sorted = undefined;
    for (const index of this.#indexes.values()) {
      index.replace(previous, type === "DELETED" ? undefined : object);
    }
    this.history.append(commit);
  }

  #bucketOf(object: KubeObject): SortedObjects {
    const namespace = object.metadata.namespace ?? "";
    let bucket = this.#buckets.get(namespace);
    if (bucket === undefined) {
      bucket = new SortedObjects();
      this.#buckets.set(namespace, bucket);
    }
    return bucket;
  }
}

function asksForOneValue({ operator, values }: LabelRequirement): boolean {
  return values.length === 1 && (operator === "=" || operator === "==" || operator === "in");
}
