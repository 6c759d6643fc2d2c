import { nodes } from "../kube/kinds.ts";
import type { Lane, Mark, Timeline } from "../report/timeline.ts";
import { keepsLogins } from "./checkers/keeps-logins.ts";
import { keepsWrites } from "./checkers/keeps-writes.ts";
import { recoveredAfterSeconds } from "./checkers/recovers.ts";
import { staysAvailable } from "./checkers/stays-available.ts";
import { ClientProbe, type Sample } from "./client-probe.ts";
import type { Injected } from "./faults/fault.ts";
import { type Moments, MomentWatch } from "./moments.ts";
import { Recorder, seconds } from "./recorder.ts";
import type { Scenario } from "./scenarios.ts";
import type { Subject } from "./subject.ts";
import type { DrillTarget } from "./target.ts";

/** What one failure did, as clients saw it. */
export interface Measured {
  readonly outageSeconds: number;
  readonly failedShare: number;
  /** `null` when it was not repaired while watching. */
  readonly repairedSeconds: number | null;
  /** `null` when there is no login to lose. */
  readonly loginKept: boolean | null;
  readonly rowsAcknowledged: number;
  /** `null` when the database could not be read any more. */
  readonly rowsLost: number | null;
}

export interface DrillResult {
  readonly scenario: string;
  /** What the fault did, e.g. "node-2 is powered off". */
  readonly what: string;
  readonly measured: Measured;
  /** The longest outage had not ended when watching stopped. */
  readonly outageGoesOn: boolean;
  readonly causes: Causes;
  /** What happened when, as far as it was watched. */
  readonly moments: Moments;
  /** Whether clients were answered before anything failed; without that, nothing that follows is the failure's doing. */
  readonly answeredBefore: boolean;
  /** What of the fault itself had not come to its end, e.g. a drain that a budget forbids. */
  readonly unfinished?: string;
  /** What the first failed request ran into, in words. */
  readonly firstFailure?: string;
  readonly timeline: Timeline;
}

/** Failed requests of the reader by what they ran into. */
export interface Causes {
  /** All requests of the reader, answered or not. */
  readonly requests: number;
  /** Sent to the address of a node that the fault took away. */
  readonly deadNode: number;
  /** Sent through a living node to a pod that did not answer. */
  readonly deadEndpoint: number;
  /** No pod was ready: refused at once. */
  readonly noEndpoint: number;
  /** The application answered that something it needs is not there. */
  readonly dependency: number;
}

const BEFORE_MS = 15_000;
const SETTLE_AFTER_UNDO_MS = 300_000;
const INTERVAL_MS = 250;
const TIMEOUT_MS = 1_000;

/**
 * Runs one scenario: clients first, then the fault, then watching, then the undo — whatever happens — and last the
 * question which acknowledged rows are still there.
 * @throws whatever the target throws; the undo has run by then.
 */
export async function runScenario(
  target: DrillTarget,
  subject: Subject,
  scenario: Scenario,
): Promise<DrillResult> {
  const nodeNames = (await target.client.list(nodes)).items.map((node) => node.metadata.name);
  const recorder = new Recorder(target.client, target.clock);
  const moments = new MomentWatch(target, subject);
  const probe = new ClientProbe({
    target,
    nodes: nodeNames,
    nodePort: subject.nodePort,
    intervalMs: INTERVAL_MS,
    timeoutMs: TIMEOUT_MS,
    writes: subject.database !== undefined,
    logins: subject.hasLogins ?? true,
  });
  await recorder.start();
  await moments.start();
  await probe.start();
  await target.sleep(BEFORE_MS);

  const faultMs = target.clock.now();
  let injected: Injected | undefined;
  let untilMs: number;
  let wholeAtEnd: boolean;
  let unfinished: string | undefined;
  try {
    injected = await scenario.fault.inject(target, subject);
    await target.sleep(scenario.watchMs);
  } finally {
    untilMs = target.clock.now();
    wholeAtEnd = recorder.whole;
    unfinished = injected?.unfinished?.();
    await probe.stop();
    await injected?.undo();
  }
  recorder.stop();
  moments.stop();
  const stored = await storedRows(target, subject);

  const samples = probe.samples.filter((sample) => sample.sentMs >= faultMs && sample.sentMs < untilMs);
  const { unreachableNodes } = injected;
  const { outageGoesOn, ...availability } = staysAvailable(samples, untilMs);
  const measured: Measured = {
    ...availability,
    repairedSeconds: recoveredAfterSeconds({
      faultMs,
      untilMs,
      samples,
      wholeAtEnd,
      lastIncompleteMs: recorder.lastIncompleteMs(faultMs, untilMs),
      unreachableNodes,
    }),
    loginKept: keepsLogins(samples, probe.loggedIn),
    ...keepsWrites(probe.acknowledged, stored),
  };
  const throughLivingNodes = samples.filter(({ node }) => !unreachableNodes.includes(node));
  const firstFailed = samples.find((sample) => sample.client === "reader" && !sample.answer.ok);
  const firstFailure = firstFailed?.answer.why ?? firstFailed?.answer.failure;
  const fromMs = faultMs - BEFORE_MS;
  const lanes = [
    ...recorder.lanes(fromMs, untilMs, faultMs),
    requestLane(probe.samples, fromMs, untilMs, faultMs),
  ];
  const marks: Mark[] = [{ atSeconds: 0, text: injected.what }];
  return {
    scenario: scenario.name,
    what: injected.what,
    measured,
    outageGoesOn,
    answeredBefore: probe.samples.some((sample) => sample.sentMs < faultMs && sample.answer.ok),
    ...(unfinished === undefined ? {} : { unfinished }),
    causes: causesOf(samples, unreachableNodes),
    moments: moments.between(faultMs, untilMs, throughLivingNodes),
    ...(firstFailure === undefined ? {} : { firstFailure }),
    timeline: { fromSeconds: seconds(fromMs - faultMs), toSeconds: seconds(untilMs - faultMs), lanes, marks },
  };
}

/** What is left in the database, once it had time to come back; nothing where there is none. */
async function storedRows(target: DrillTarget, { database }: Subject) {
  if (database === undefined) return undefined;
  await target.sleep(SETTLE_AFTER_UNDO_MS);
  return await target.storedRows(database.namespace, database.service);
}

function causesOf(samples: readonly Sample[], unreachableNodes: readonly string[]): Causes {
  const causes = { requests: 0, deadNode: 0, deadEndpoint: 0, noEndpoint: 0, dependency: 0 };
  for (const { client, node, answer } of samples) {
    if (client !== "reader") continue;
    causes.requests++;
    if (answer.ok) continue;
    if (unreachableNodes.includes(node)) causes.deadNode++;
    else if (answer.need !== undefined || answer.failure === "server-error") causes.dependency++;
    else if (answer.failure === "refused") causes.noEndpoint++;
    else causes.deadEndpoint++;
  }
  return causes;
}

/** A few rounds over the nodes: one that does not answer shows as "some", not as a flicker. */
const BUCKET_MS = 3_000;

/** The reader's requests in small steps, equal neighbours joined. */
function requestLane(samples: readonly Sample[], fromMs: number, untilMs: number, zeroMs: number): Lane {
  const buckets = new Map<number, { ok: number; failed: number; why: string | undefined }>();
  for (const { client, sentMs, answer } of samples) {
    if (client !== "reader" || sentMs < fromMs || sentMs >= untilMs) continue;
    const index = Math.floor((sentMs - fromMs) / BUCKET_MS);
    const bucket = buckets.get(index) ?? { ok: 0, failed: 0, why: undefined };
    if (answer.ok) bucket.ok++;
    else {
      bucket.failed++;
      bucket.why ??= answer.why ?? answer.failure;
    }
    buckets.set(index, bucket);
  }
  const spans: {
    fromSeconds: number;
    toSeconds: number;
    state: "good" | "partial" | "bad";
    label: string;
  }[] = [];
  for (const [index, { ok, failed, why }] of [...buckets].sort((a, b) => a[0] - b[0])) {
    const state = failed === 0 ? "good" : ok === 0 ? "bad" : "partial";
    const label =
      failed === 0
        ? "all answered"
        : `${ok === 0 ? "none" : "some"} answered${why === undefined ? "" : `: ${why}`}`;
    const fromSeconds = seconds(fromMs + index * BUCKET_MS - zeroMs);
    const toSeconds = seconds(Math.min(fromMs + (index + 1) * BUCKET_MS, untilMs) - zeroMs);
    const last = spans.at(-1);
    if (
      last !== undefined &&
      last.state === state &&
      last.label === label &&
      last.toSeconds === fromSeconds
    ) {
      last.toSeconds = toSeconds;
    } else spans.push({ fromSeconds, toSeconds, state, label });
  }
  return { kind: "requests", name: "requests", spans };
}
