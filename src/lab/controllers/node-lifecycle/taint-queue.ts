/**
 * Nodes of one zone that are to get a NoExecute taint, at a limited rate: the taint evicts their pods, so this is the
 * brake that keeps a mistaken control plane from emptying a zone. One token at most is ever saved up.
 */
export class TaintQueue {
  readonly #waiting = new Set<string>();
  #ratePerSecond: number;
  /** When the next token is there; one from the start. */
  #tokenAtMs = Number.NEGATIVE_INFINITY;

  constructor(ratePerSecond: number) {
    this.#ratePerSecond = ratePerSecond;
  }

  /** Puts the node at the end, unless it waits already. */
  add(nodeName: string): void {
    this.#waiting.add(nodeName);
  }

  remove(nodeName: string): void {
    this.#waiting.delete(nodeName);
  }

  /** Another rate from now on; 0 stops the queue. A wait for a token begins anew, and ends a stop with a wait. */
  setRate(ratePerSecond: number, nowMs: number): void {
    if (ratePerSecond === this.#ratePerSecond) return;
    const wasDrained = this.#ratePerSecond <= 0 || nowMs < this.#tokenAtMs;
    this.#ratePerSecond = ratePerSecond;
    this.#tokenAtMs = wasDrained ? nowMs + this.#tokenEveryMs() : nowMs;
  }

  /** When the first node in the queue may be taken; `undefined` when none waits or the queue stands still. */
  dueMs(): number | undefined {
    if (this.#waiting.size === 0 || this.#ratePerSecond <= 0) return undefined;
    return this.#tokenAtMs;
  }

  /** The node whose turn it is, which leaves the queue and uses up the token. */
  take(nowMs: number): string | undefined {
    const dueMs = this.dueMs();
    if (dueMs === undefined || nowMs < dueMs) return undefined;
    const [first] = this.#waiting;
    this.#tokenAtMs = nowMs + this.#tokenEveryMs();
    if (first !== undefined) this.#waiting.delete(first);
    return first;
  }

  #tokenEveryMs(): number {
    return 1_000 / this.#ratePerSecond;
  }
}
