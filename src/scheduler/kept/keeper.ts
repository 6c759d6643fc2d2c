import type { PodInfo } from "../pod-info.ts";
import { KeptAnswers } from "./kept-answers.ts";
import type { NodeChange } from "./node-change.ts";
import { podSignature } from "./pod-signature.ts";

/** Numbers by node that may be kept at once, over all signatures: some 50 MB. */
const CELLS_MAX = 2 ** 22;
/** Numbers by node that are kept for one signature: verdicts, and what the scores begin with. */
const CELLS_PER_NODE = 8;
/** Even for a few nodes it pays to follow so many changes. */
const FOLLOWED_MIN = 64;

interface Entry {
  readonly answers: KeptAnswers;
  /** How many changes there had been when the answers were last brought up to date. */
  mark: number;
}

/** Keeps answers by signature of the pods, and brings them up to date when they are asked for. */
export class Keeper {
  readonly #entries = new Map<string, Entry>();
  /** The latest changes, oldest first. */
  #changes: NodeChange[] = [];
  /** How many have been dropped before them. */
  #dropped = 0;
  #nodeCount = 0;
  /** Whom the last question was about: one attempt asks many. */
  #last: { readonly pod: PodInfo; readonly entry: Entry } | undefined;

  /** Forgets everything: from now on there are other nodes, so many of them. */
  begin(nodeCount: number): void {
    this.#entries.clear();
    this.#last = undefined;
    this.#changes = [];
    this.#dropped = 0;
    this.#nodeCount = nodeCount;
  }

  /** To be told of each change before answers are asked for again. */
  note(change: NodeChange): void {
    // As long as nothing is kept, nobody has to follow.
    if (this.#entries.size === 0) return;
    this.#changes.push(change);
    const most = this.#followedMax;
    if (this.#changes.length < 2 * most) return;
    this.#changes = this.#changes.slice(most);
    this.#dropped += most;
  }

  /** What is kept for pods like this one, as things are now. */
  answersFor(pod: PodInfo): KeptAnswers {
    const now = this.#dropped + this.#changes.length;
    if (this.#last?.pod === pod && this.#last.entry.mark === now) return this.#last.entry.answers;
    const signature = podSignature(pod);
    const known = this.#entries.get(signature);
    // After so many changes asking every node costs less than following.
    const isOutdated = known === undefined || now - known.mark > this.#followedMax;
    const entry = isOutdated ? this.#begin(signature, now) : known;
    for (; entry.mark < now; entry.mark++) {
      entry.answers.follow(this.#changes[entry.mark - this.#dropped] as NodeChange);
    }
    this.#last = { pod, entry };
    return entry.answers;
  }

  #begin(signature: string, mark: number): Entry {
    const entry = { answers: new KeptAnswers(), mark };
    this.#entries.delete(signature);
    this.#entries.set(signature, entry);
    if (this.#entries.size * this.#nodeCount * CELLS_PER_NODE > CELLS_MAX) this.#forgetOldest();
    return entry;
  }

  #forgetOldest(): void {
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size > 1) this.#entries.delete(oldest);
  }

  get #followedMax(): number {
    return Math.max(this.#nodeCount, FOLLOWED_MIN);
  }
}
