import type { Engine } from "../../time/engine.ts";
import type { Collection } from "./collection.ts";
import type { Store } from "./store.ts";

// apiserver, storage/etcd3/lease_manager.go: Events that are written within a minute, up to a thousand, share a lease.
const LEASE_REUSE_MS = 60_000;
const LEASE_OBJECTS_MAX = 1_000;

/** What etcd keeps Events by: all that were last written under it go with it. */
interface Lease {
  readonly grantedMs: number;
  objects: number;
  /** The revision of the last write under it. */
  revision: number;
}

/**
 * Removes Events when their time to live is over, counted from the last write: as a real server, up to a minute late, because
 * one lease serves many of them. Leases end in the order in which they were granted, so one timer is enough.
 */
export function expireEvents(engine: Engine, store: Store, collection: Collection, ttlMs: number): void {
  const leases: Lease[] = [];
  const reuseMs = Math.min(LEASE_REUSE_MS, ttlMs * 0.05);

  const sweep = () => {
    const ended = leases.shift();
    if (ended === undefined) return;
    for (const { metadata } of collection.list()) {
      if (Number(metadata.resourceVersion) > ended.revision) continue;
      store.remove(collection, metadata.namespace, metadata.name);
    }
    arm();
  };
  const arm = () => {
    const [first] = leases;
    if (first !== undefined) engine.at(first.grantedMs + ttlMs + reuseMs, sweep);
  };
  store.onCommit(collection, ({ type, revision }) => {
    if (type === "DELETED") return;
    const last = leases.at(-1);
    const nowMs = engine.now();
    if (last !== undefined && nowMs - last.grantedMs < reuseMs && last.objects < LEASE_OBJECTS_MAX) {
      last.objects++;
      last.revision = revision;
      return;
    }
    leases.push({ grantedMs: nowMs, objects: 1, revision });
    if (leases.length === 1) arm();
  });
}
