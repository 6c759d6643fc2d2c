import type { ChangingCluster } from "./changing-cluster.ts";

/** Keeps the fewest ready pods that workloads had. */
export class LowestReady {
  readonly #cluster: ChangingCluster;
  readonly #lowest = new Map<number, number>();

  constructor(cluster: ChangingCluster) {
    this.#cluster = cluster;
  }

  /** Looks at a workload now. */
  look(workload: number): void {
    let ready = 0;
    for (const { isReady } of this.#cluster.of(workload)) if (isReady) ready++;
    const before = this.#lowest.get(workload);
    if (before === undefined || ready < before) this.#lowest.set(workload, ready);
  }

  get all(): ReadonlyMap<number, number> {
    return this.#lowest;
  }
}
