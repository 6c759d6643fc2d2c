import type { KubeObject } from "../../kube/types/index.ts";
import { compareKeys, keyOf } from "./object-key.ts";

interface Entry {
  readonly objects: Map<string, KubeObject>;
  sorted: readonly KubeObject[] | undefined;
}

const NONE: readonly KubeObject[] = Object.freeze([]);

/** Objects of one kind by something they carry, such as a pod's node. Built when first asked, then kept current. */
export class ObjectIndex {
  readonly #of: (object: KubeObject) => string | undefined;
  readonly #entries = new Map<string, Entry>();

  constructor(of: (object: KubeObject) => string | undefined, objects: Iterable<KubeObject>) {
    this.#of = of;
    for (const object of objects) this.replace(undefined, object);
  }

  /** In order of namespace and name. */
  get(value: string): readonly KubeObject[] {
    const entry = this.#entries.get(value);
    if (entry === undefined) return NONE;
    entry.sorted ??= Object.freeze([...entry.objects.values()].sort(compareKeys));
    return entry.sorted;
  }

  replace(previous: KubeObject | undefined, next: KubeObject | undefined): void {
    const from = previous === undefined ? undefined : this.#of(previous);
    const to = next === undefined ? undefined : this.#of(next);
    if (previous !== undefined && from !== undefined && from !== to) this.#remove(from, previous);
    if (next !== undefined && to !== undefined) this.#put(to, next);
  }

  #put(value: string, object: KubeObject): void {
    let entry = this.#entries.get(value);
    if (entry === undefined) {
      entry = { objects: new Map(), sorted: undefined };
      this.#entries.set(value, entry);
    }
    entry.objects.set(keyOf(object), object);
    entry.sorted = undefined;
  }

  #remove(value: string, object: KubeObject): void {
    const entry = this.#entries.get(value);
    if (entry === undefined) return;
    entry.objects.delete(keyOf(object));
    entry.sorted = undefined;
    if (entry.objects.size === 0) this.#entries.delete(value);
  }
}
