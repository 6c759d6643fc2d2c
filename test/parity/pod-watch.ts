import type { Client } from "../../src/client/client.ts";
import { findCondition } from "../../src/kube/conditions.ts";
import { pods } from "../../src/kube/kinds.ts";
import type { Pod } from "../../src/kube/types/index.ts";

const PATIENCE_MS = 60_000;

interface Waiter {
  readonly holds: (pod: Pod | undefined) => boolean;
  readonly done: (pod: Pod | undefined) => void;
}

/** Follows every pod of a cluster, and tells when one has become what somebody waits for. */
export class PodWatch {
  readonly #client: Client;
  /** By uid, every state that the pod has been in. */
  readonly #states = new Map<string, Pod[]>();
  readonly #waiters = new Map<string, Waiter[]>();
  #isClosed = false;

  constructor(client: Client) {
    this.#client = client;
    void this.#follow();
  }

  close(): void {
    this.#isClosed = true;
  }

  /** The pod once its node is known. */
  async bound(uid: string): Promise<Pod> {
    return (await this.#until(uid, "a node", (pod) => Boolean(pod?.spec.nodeName))) as Pod;
  }

  /** The pod once it has a node or the scheduler has said why it has none. */
  async answered(uid: string): Promise<Pod> {
    const isAnswered = (pod: Pod | undefined) =>
      pod !== undefined && (Boolean(pod.spec.nodeName) || refusalOf(pod) !== undefined);
    return (await this.#until(uid, "an answer", isAnswered)) as Pod;
  }

  async gone(uid: string): Promise<void> {
    await this.#until(uid, "its end", (pod) => pod === undefined);
  }

  #until(uid: string, what: string, holds: Waiter["holds"]): Promise<Pod | undefined> {
    const states = this.#states.get(uid) ?? [undefined];
    // A pod may have been refused and placed since: whoever waits for the refusal is still told of that.
    const at = states.findIndex(holds);
    if (at >= 0) return Promise.resolve(states[at]);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () =>
          reject(
            new Error(
              `Pod ${uid} waited ${PATIENCE_MS / 1_000} s for ${what}: ${JSON.stringify(this.#states.get(uid)?.at(-1))}`,
            ),
          ),
        PATIENCE_MS,
      );
      const done = (pod: Pod | undefined) => {
        clearTimeout(timer);
        resolve(pod);
      };
      this.#waiters.set(uid, [...(this.#waiters.get(uid) ?? []), { holds, done }]);
    });
  }

  /** A server ends every watch after a while: then the next one goes on where it ended. */
  async #follow(): Promise<void> {
    let resourceVersion = (await this.#client.list(pods)).metadata.resourceVersion ?? "0";
    while (!this.#isClosed) {
      try {
        for await (const notice of this.#client.watch(pods, { resourceVersion, allowWatchBookmarks: true })) {
          if (notice.type === "ERROR")
            throw new Error(`The watch of pods broke: ${JSON.stringify(notice.status)}`);
          resourceVersion = notice.object.metadata.resourceVersion;
          if (notice.type !== "BOOKMARK") this.#note(notice.object, notice.type === "DELETED");
        }
      } catch (error) {
        if (!this.#isClosed) throw error;
      }
    }
  }

  #note(pod: Pod, isGone: boolean): void {
    const { uid } = pod.metadata;
    const now = isGone ? undefined : pod;
    if (now === undefined) this.#states.delete(uid);
    else this.#states.set(uid, [...(this.#states.get(uid) ?? []), now]);
    const waiters = this.#waiters.get(uid);
    if (waiters === undefined) return;
    const waiting = waiters.filter(({ holds }) => !holds(now));
    const served = waiters.filter((waiter) => !waiting.includes(waiter));
    if (waiting.length === 0) this.#waiters.delete(uid);
    else this.#waiters.set(uid, waiting);
    for (const { done } of served) done(now);
  }
}

/** Why the scheduler has found no node, in its words; nothing before it has tried. */
export function refusalOf({ status }: Pod): string | undefined {
  const condition = findCondition(status.conditions, "PodScheduled");
  if (condition?.status !== "False" || condition.reason === "SchedulingGated") return undefined;
  return condition.message ?? "";
}
