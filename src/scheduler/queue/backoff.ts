import { KeyedHeap } from "./keyed-heap.ts";
import { comparePrioritySort, type QueuedPod } from "./queued-pod.ts";

/** Back-offs end at whole seconds, so that pods whose back-off ends in the same second are ordered by priority. */
const WINDOW_MS = 1_000;

export interface BackoffOptions {
  readonly initialMs: number;
  readonly maxMs: number;
}

/** Pods that wait before they are tried again: 1 s after the first failure, then twice as long each time, up to 10 s. */
export class BackoffQueue {
  readonly #options: BackoffOptions;
  /** Pods that no node would do for. They may be tried sooner when nobody else wants to. */
  readonly #rejected = new KeyedHeap<QueuedPod>(
    (a, b) => this.expiryMs(a) - this.expiryMs(b) || comparePrioritySort(a, b),
  );
  /** Pods whose attempt failed. Their back-off protects the API server and is always kept. */
  readonly #failed = new KeyedHeap<QueuedPod>((a, b) => this.expiryMs(a) - this.expiryMs(b));

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#rejected.size + this.#failed.size;
  }

  /** Whether some pod may be tried before its time. */
  get hasEager(): boolean {
    return this.#rejected.size > 0;
  }

  add(queued: QueuedPod): void {
    this.delete(queued.uid);
    (queued.rejectors.size === 0 ? this.#failed : this.#rejected).set(queued.uid, queued);
  }

  get(uid: string): QueuedPod | undefined {
    return this.#rejected.get(uid) ?? this.#failed.get(uid);
  }

  delete(uid: string): QueuedPod | undefined {
    return this.#rejected.delete(uid) ?? this.#failed.delete(uid);
  }

  /** The pod to try when there is nothing else to do. */
  popEager(): QueuedPod | undefined {
    return this.#rejected.pop();
  }

  /** Takes out the pods whose time has come. */
  popExpired(nowMs: number): readonly QueuedPod[] {
    const expired: QueuedPod[] = [];
    for (const heap of [this.#rejected, this.#failed]) {
      for (
        let head = heap.peek();
        head !== undefined && !this.isBackingOff(head, nowMs);
        head = heap.peek()
      ) {
        expired.push(head);
        heap.pop();
      }
    }
    return expired;
  }

  /** When the next pod's time comes. */
  nextDueMs(): number | undefined {
    const rejected = this.#rejected.peek();
    const failed = this.#failed.peek();
    if (rejected === undefined && failed === undefined) return undefined;
    const first = Math.min(
      rejected === undefined ? Number.POSITIVE_INFINITY : this.expiryMs(rejected),
      failed === undefined ? Number.POSITIVE_INFINITY : this.expiryMs(failed),
    );
    return first + WINDOW_MS;
  }

  /** Whether the pod still has to wait; it does until the second in which its back-off ends is over. */
  isBackingOff(queued: QueuedPod, nowMs: number): boolean {
    return this.expiryMs(queued) >= startOfWindow(nowMs);
  }

  /** The second in which the pod's back-off ends; long ago for a pod that has not failed yet. */
  expiryMs({ errorCount, unschedulableCount, timestampMs }: QueuedPod): number {
    const failures = errorCount > 0 ? errorCount : unschedulableCount;
    if (failures === 0) return Number.NEGATIVE_INFINITY;
    const { initialMs, maxMs } = this.#options;
    return startOfWindow(timestampMs + Math.min(initialMs * 2 ** (failures - 1), maxMs));
  }
}

function startOfWindow(ms: number): number {
  return Math.floor(ms / WINDOW_MS) * WINDOW_MS;
}
