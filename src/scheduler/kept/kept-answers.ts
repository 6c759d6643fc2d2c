/**
 * What plugins have worked out about pods that are alike, kept from one attempt to the next. A workload's pods are alike, so most
 * attempts ask what has been asked before, in a cluster in which a few pods have come and gone since: those changes are followed,
 * and nothing else is asked again. What is kept never decides anything that asking anew would not.
 */
import type { NodeChange, NodeFollower } from "./node-change.ts";

interface Part {
  readonly name: string;
  readonly basis: unknown;
  readonly follower: NodeFollower;
}

/** What is kept for pods of one signature. */
export class KeptAnswers {
  #parts: Part[] = [];

  /**
   * What is kept under a name.
   * @param basis what it was worked out from besides nodes and pods: another one makes it anew
   * @param make works it out for the state as it is now */
  part<T extends NodeFollower>(name: string, basis: unknown, make: () => T): T {
    for (const known of this.#parts) {
      if (known.name === name && known.basis === basis) return known.follower as T;
    }
    const follower = make();
    this.#parts = this.#parts.filter((known) => known.name !== name);
    this.#parts.push({ name, basis, follower });
    return follower;
  }

  /** What cannot follow is forgotten. */
  follow(change: NodeChange): void {
    for (const { follower } of this.#parts) {
      if (!follower.follow(change)) this.#parts = this.#parts.filter((part) => part.follower !== follower);
    }
  }
}
