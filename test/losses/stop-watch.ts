/** Measures for how long workloads of a real cluster have too few ready pods after a loss, as their clients would see it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpClient } from "../../src/client/http/http-client.ts";
import { endpointSlices, pods } from "../../src/kube/kinds.ts";
import type { EndpointSlice, Pod } from "../../src/kube/types/index.ts";
import { serves } from "./ready.ts";
import { NAMESPACE } from "./workloads.ts";

/** What is taken away: whatever the API still says of these pods, nobody gets an answer from them. */
export interface Lost {
  readonly node?: string;
  readonly podUid?: string;
}

/** Of one workload: seconds after the loss; `null` for what was still so when watching ended. */
export interface Measured {
  /** How long fewer pods were ready than are enough, and than were before. */
  readonly below: number | null;
  readonly degraded: number | null;
  /** How long a ready address of its Service was that of a lost pod. */
  readonly deadEndpoints: number | null;
}

export interface Watched {
  /** Also the label `app` of its pods, and its Service. */
  readonly name: string;
  readonly before: number;
  readonly enough: number;
}

const LOOK_MS = 200;

/** Watches for so long at the least, and then until nothing has changed for a while or the time is over. */
export async function measure(
  client: HttpClient,
  lost: Lost,
  watched: readonly Watched[],
  times: { readonly leastMs: number; readonly quietMs: number; readonly limitMs: number },
): Promise<ReadonlyMap<string, Measured>> {
  const start = performance.now();
  const lasts = watched.map(({ name, before, enough }) => ({
    name,
    before,
    enough,
    below: new StopWatch(),
    degraded: new StopWatch(),
    deadEndpoints: new StopWatch(),
  }));
  const namespace = { namespace: NAMESPACE };
  let last = "";
  let changedMs = start;
  for (let now = start; !isOver(now); now = performance.now()) {
    const [{ items: ours }, { items: slices }] = await Promise.all([
      client.list(pods, namespace),
      client.list(endpointSlices, namespace),
    ]);
    const seenMs = performance.now() - start;
    for (const one of lasts) {
      const ready = ours.filter((pod) => isOf(pod, one.name) && serves(pod) && !isLost(pod, lost)).length;
      one.below.note(ready < one.enough, seenMs);
      one.degraded.note(ready < one.before, seenMs);
      one.deadEndpoints.note(hasDead(slices, ours, one.name, lost), seenMs);
    }
    const text = JSON.stringify(
      lasts.map(({ below, degraded, deadEndpoints }) => [below.isOn, degraded.isOn, deadEndpoints.isOn]),
    );
    if (text !== last) changedMs = performance.now();
    last = text;
    await sleep(LOOK_MS);
  }
  return new Map(
    lasts.map(({ name, below, degraded, deadEndpoints }) => [
      name,
      { below: below.seconds, degraded: degraded.seconds, deadEndpoints: deadEndpoints.seconds },
    ]),
  );

  function isOver(now: number): boolean {
    const { leastMs, quietMs, limitMs } = times;
    return now - start > limitMs || (now - start > leastMs && now - changedMs > quietMs);
  }
}

/** Adds up for how long something is so, from the loss on. */
class StopWatch {
  isOn = false;
  #sum = 0;
  #sinceMs = 0;

  note(isSo: boolean, nowMs: number): void {
    // What is so at the first look has been so from the beginning.
    if (this.isOn) this.#sum += nowMs - this.#sinceMs;
    else if (this.#sinceMs === 0 && isSo) this.#sum = nowMs;
    this.#sinceMs = nowMs;
    this.isOn = isSo;
  }

  get seconds(): number | null {
    return this.isOn ? null : Math.round(this.#sum / 100) / 10;
  }
}

function isOf({ metadata }: Pod, app: string): boolean {
  return metadata.labels?.app === app;
}

function isLost({ metadata, spec }: Pod, { node, podUid }: Lost): boolean {
  return metadata.uid === podUid || (node !== undefined && spec.nodeName === node);
}

function hasDead(
  slices: readonly EndpointSlice[],
  ours: readonly Pod[],
  service: string,
  lost: Lost,
): boolean {
  const own = slices.filter(({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === service);
  return own.some(({ endpoints }) =>
    (endpoints ?? []).some(({ conditions, nodeName, targetRef }) => {
      const pod = ours.find(({ metadata }) => metadata.uid === targetRef?.uid);
      const isGone =
        pod === undefined ? nodeName === lost.node || targetRef?.uid === lost.podUid : isLost(pod, lost);
      return conditions?.ready === true && isGone;
    }),
  );
}
