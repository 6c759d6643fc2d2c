/** Keeps count of the ready pods of every workload, as the API tells of them. */
import type { HttpClient } from "../../src/client/http/http-client.ts";
import { pods } from "../../src/kube/kinds.ts";
import { serves } from "./ready.ts";
import { NAMESPACE } from "./workloads.ts";

/** Of one workload, by the label `app` of its pods. */
export interface ReadyCount {
  readonly before: number;
  readonly lowest: number;
  readonly atEnd: number;
  /** Seconds since the watch began after which there were never fewer than at the end. */
  readonly settledSeconds: number;
}

/** Looks at all pods again and again, for so long at least, until nothing has changed for a while or the time is over. */
export async function watchReady(
  client: HttpClient,
  {
    leastMs,
    quietMs,
    limitMs,
  }: { readonly leastMs: number; readonly quietMs: number; readonly limitMs: number },
  sleep: (ms: number) => Promise<void>,
): Promise<ReadonlyMap<string, ReadyCount>> {
  const start = performance.now();
  const counts = new Map<string, ReadyCount>();
  let last = "";
  let changedMs = start;
  const isOver = (now: number) =>
    now - start > limitMs || (now - start > leastMs && now - changedMs > quietMs);
  while (!isOver(performance.now())) {
    const now = await readyByApp(client);
    const text = JSON.stringify([...now].sort());
    if (text !== last) {
      const seconds = (performance.now() - start) / 1_000;
      for (const app of new Set([...counts.keys(), ...now.keys()]))
        note(counts, app, now.get(app) ?? 0, seconds);
      last = text;
      changedMs = performance.now();
    }
    await sleep(250);
  }
  return counts;
}

function note(counts: Map<string, ReadyCount>, app: string, ready: number, seconds: number): void {
  const known = counts.get(app);
  if (known === undefined) {
    counts.set(app, { before: ready, lowest: ready, atEnd: ready, settledSeconds: 0 });
    return;
  }
  if (known.atEnd === ready) return;
  counts.set(app, { ...known, lowest: Math.min(known.lowest, ready), atEnd: ready, settledSeconds: seconds });
}

async function readyByApp(client: HttpClient): Promise<ReadonlyMap<string, number>> {
  const { items } = await client.list(pods, { namespace: NAMESPACE });
  const ready = new Map<string, number>();
  for (const pod of items) {
    const app = pod.metadata.labels?.app ?? "";
    ready.set(app, (ready.get(app) ?? 0) + (serves(pod) ? 1 : 0));
  }
  return ready;
}
