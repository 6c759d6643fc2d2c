import type { Engine } from "../../time/engine.ts";

/** kube-apiserver's --etcd-compaction-interval: what was current an interval before the last compaction goes with it. */
const COMPACTION_INTERVAL_MS = 300_000;

/**
 * When the parts of lists that go on were told. etcd forgets the past every five minutes, and a list that takes longer cannot
 * go on as it was: a real cluster's leases alone are writes enough for that.
 */
export class IssuedContinues {
  readonly #engine: Engine;
  readonly #toldMs = new Map<number, number>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** A list of this revision is to go on. */
  note(revision: number): void {
    for (const [old, toldMs] of this.#toldMs) if (this.#isCompacted(toldMs)) this.#toldMs.delete(old);
    if (!this.#toldMs.has(revision)) this.#toldMs.set(revision, this.#engine.now());
  }

  /** Whether a list of this revision was told so long ago that the revision is forgotten. */
  hasExpired(revision: number): boolean {
    const toldMs = this.#toldMs.get(revision);
    return toldMs === undefined || this.#isCompacted(toldMs);
  }

  #isCompacted(toldMs: number): boolean {
    const lastCompactionMs = Math.floor(this.#engine.now() / COMPACTION_INTERVAL_MS) * COMPACTION_INTERVAL_MS;
    return toldMs < lastCompactionMs - COMPACTION_INTERVAL_MS;
  }
}
