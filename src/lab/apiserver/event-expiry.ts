import type { Engine } from "../../time/engine.ts";
import type { Collection } from "./collection.ts";
import { keyOf } from "./object-key.ts";
import type { Store } from "./store.ts";

/**
 * Removes Events when their time to live is over, counted from the last write, as etcd's leases do.
 * All live equally long, so they end in the order of their writes: one timer, for the first of them, is enough.
 */
export function expireEvents(engine: Engine, store: Store, collection: Collection, ttlMs: number): void {
  const dueAt = new Map<string, { namespace: string | undefined; name: string; dueMs: number }>();
  let armed = false;

  const arm = () => {
    const first = dueAt.values().next().value;
    armed = first !== undefined;
    if (first !== undefined) engine.at(first.dueMs, sweep);
  };
  const sweep = () => {
    for (const { namespace, name, dueMs } of dueAt.values()) {
      if (dueMs > engine.now()) break;
      store.remove(collection, namespace, name);
    }
    arm();
  };
  store.onCommit(collection, ({ type, object }) => {
    const { namespace, name } = object.metadata;
    const key = keyOf(object);
    dueAt.delete(key);
    if (type === "DELETED") return;
    dueAt.set(key, { namespace, name, dueMs: engine.now() + ttlMs });
    if (!armed) arm();
  });
}
