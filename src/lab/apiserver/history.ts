import type { KubeObject } from "../../kube/types/index.ts";
import type { ChangeType } from "./api.ts";

/** One change of one object, as it was committed. */
export interface Commit {
  readonly revision: number;
  readonly type: ChangeType;
  /** The new state, or for DELETED the last one under the revision of its deletion. */
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
}

/**
 * The last commits of one kind in a ring: what watches read from, and what older states are worked out with.
 * Commits share almost everything with the objects stored, so a ring costs little beside them.
 */
export class History {
  readonly #capacity: number;
  readonly #ring: Commit[] = [];
  /** How many commits were ever appended: the position after the newest. */
  #end = 0;
  /** Everything up to and including this revision may be missing. */
  #forgotten: number;

  constructor(capacity: number, revision: number) {
    this.#capacity = capacity;
    this.#forgotten = revision;
  }

  /** The position of the next commit to come. */
  get end(): number {
    return this.#end;
  }

  /** The position of the oldest commit still kept. */
  get start(): number {
    return Math.max(0, this.#end - this.#ring.length);
  }

  /** States at this revision and later can be told; earlier ones are compacted. */
  get compactedRevision(): number {
    return this.#forgotten;
  }

  append(commit: Commit): void {
    const slot = this.#end % this.#capacity;
    const dropped = this.#ring[slot];
    if (dropped !== undefined) this.#forgotten = dropped.revision;
    this.#ring[slot] = commit;
    this.#end++;
  }

  /** The commit at a position between `start` and `end`. */
  at(position: number): Commit {
    return this.#ring[position % this.#capacity] as Commit;
  }

  /** The position of the first commit after `revision`. */
  after(revision: number): number {
    let low = this.start;
    let high = this.#end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle).revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
