import { Recorder } from "./recorder.ts";
import type { DrillTarget } from "./target.ts";

const POLL_MS = 1_000;
const LIMIT_MS = 900_000;
/** Long enough for tables to be programmed and leftovers to be gone. */
const CALM_MS = 30_000;

/** Waits until every workload has been whole for half a minute, or long enough to know that it will not be. */
export async function settle(target: Pick<DrillTarget, "client" | "clock" | "sleep">): Promise<void> {
  const { client, clock } = target;
  const recorder = new Recorder(client, clock);
  await recorder.start();
  const limitMs = clock.now() + LIMIT_MS;
  let wholeSinceMs: number | undefined;
  while (clock.now() < limitMs) {
    wholeSinceMs = recorder.whole ? (wholeSinceMs ?? clock.now()) : undefined;
    if (wholeSinceMs !== undefined && clock.now() - wholeSinceMs >= CALM_MS) break;
    await target.sleep(POLL_MS);
  }
  recorder.stop();
}
