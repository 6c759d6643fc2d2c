import type { KubeObject } from "../../kube/types/index.ts";
import { keyOf } from "./object-key.ts";
import { SortedObjects } from "./sorted-objects.ts";

const NONE: readonly KubeObject[] = Object.freeze([]);

/** Objects of one kind by something they carry, such as a pod's node. Built when first asked, then kept current. */
export class ObjectIndex {
  readonly #of: (object: KubeObject) => string | undefined;
  readonly #entries = new Map<string, SortedObjects>();

  constructor(of: (object: KubeObject) => string | undefined, objects: Iterable<KubeObject>) {
    this.#of = of;
    for (const object of objects) this.replace(undefined, object);
  }

  /** In order of namespace and name. */
  get(value: string): readonly KubeObject[] {
    return this.#entries.get(value)?.list() ?? NONE;
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
      entry = new SortedObjects();
      this.#entries.set(value, entry);
    }
    entry.put(keyOf(object), object);
  }

  #remove(value: string, object: KubeObject): void {
    const entry = this.#entries.get(value);
    if (entry === undefined) return;
    entry.remove(keyOf(object));
    if (entry.size === 0) this.#entries.delete(value);
  }
}
