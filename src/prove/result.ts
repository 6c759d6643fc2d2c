/**
 * What `holdfast prove` answers: one verdict for every loss and every workload that it touches, as data. Every form of output
 * is made from this, and `result.schema.json` describes the same for whoever reads the JSON.
 *
 * Everything here is in a stable order (losses in the order in which they were asked for, workloads by namespace, kind and
 * name), so that equal input gives equal bytes.
 */

/** Worst first. */
export const VERDICTS = ["outage", "stuck", "data-at-risk", "degraded", "unknown", "safe"] as const;

/**
 * - `outage`: nothing of it is ready, or less than its quorum or its budget's floor; or it is degraded for longer than allowed.
 * - `stuck`: pods that nothing brings back by itself.
 * - `data-at-risk`: the only copy is on what is lost, or a second writer may begin.
 * - `degraded`: fewer ready than wanted, for a time.
 * - `unknown`: it depends on something that is not modelled, which is named.
 * - `safe`: as many ready as wanted, all the time; says by which proof.
 */
export type Verdict = (typeof VERDICTS)[number];

export const LOSS_KINDS = [
  "node",
  "zone",
  "volume-zone",
  "rack",
  "pair",
  "nodes",
  "control-plane",
  "pod",
  "drain",
  "rollout",
] as const;

export type LossKind = (typeof LOSS_KINDS)[number];

/**
 * Where certainty comes from, and in what it consists: a certificate holds whatever the scheduler chooses, a simulation for
 * as many tie-breaks as were tried.
 */
export type Proof = `certificate: ${string}` | `simulation: ${string}`;

/** A moment of what follows, counted from the loss. */
export interface TraceMark {
  readonly atSeconds: SecondsOrNever;
  readonly text: string;
}

/** What a loss does to one workload. */
export interface WorkloadVerdict {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly verdict: Verdict;
  /**
   * In an outage, how long too little is ready; otherwise how long less than wanted is. `null` for what does not end by itself.
   * Absent where the verdict is not about time.
   */
  readonly downSeconds?: SecondsOrNever;
  /** Pods: ready before, ready at the worst moment, wanted, and how few of them are enough. */
  readonly ready: {
    readonly before: number;
    readonly lowest: number;
    readonly wanted: number;
    readonly enough: number;
  };
  /** Until when requests still go to pods that are gone; absent where no Service leads to them. `null`: without end. */
  readonly deadEndpointsSeconds?: SecondsOrNever;
  readonly cause: string;
  readonly proof: Proof;
  /** The scheduler's own words about a pod that fits nowhere. */
  readonly message?: string;
  /** The smallest change that would mend it. */
  readonly fix?: string;
  /** Lesser verdicts that hold too. */
  readonly also?: readonly { readonly verdict: Verdict; readonly cause: string }[];
  /** The shortest account of what happens; of everything worse than degraded. */
  readonly trace?: readonly TraceMark[];
}

/** A duration with `null` where it has no end. */
export interface SecondsOrNever {
  readonly min: number | null;
  readonly median: number | null;
  readonly max: number | null;
}

/** One loss and what it does. */
export interface LossResult {
  /** "node/node-1", "zone/eu-1", "pair/node-1+node-2": stable, for `--explain` and for comparisons. */
  readonly id: string;
  readonly kind: LossKind;
  /** Names of the nodes, of the pod, or of the workload, that are lost, drained or rolled out. */
  readonly lost: readonly string[];
  readonly verdict: Verdict;
  /** Only what is not safe, unless all was asked for. */
  readonly workloads: readonly WorkloadVerdict[];
}

/** What it takes to break a workload, over every set of nodes: exact. */
export interface WorkloadResult {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The worst verdict of any loss. */
  readonly verdict: Verdict;
  readonly nodesToBreak: Breaking | null;
  readonly zonesToBreak: Breaking | null;
  /** By the label that racks go by; absent without one. */
  readonly racksToBreak?: Breaking | null;
}

/** The fewest whose loss leaves too little ready, and one such choice; ties go to the first by name. */
export interface Breaking {
  readonly count: number;
  readonly which: readonly string[];
}

export interface EvictionClock {
  readonly zone: string;
  readonly nodes: number;
  /** From the loss of the whole zone until its last node may be emptied, beyond what one node takes. */
  readonly secondsToLastNode: number;
  /** The same when so many of its nodes are lost that the control plane slows down; `null`: evictions stop. */
  readonly partly: { readonly nodes: number; readonly secondsToLastNode: number | null };
}

export interface PairSummary {
  readonly count: number;
  readonly byVerdict: Readonly<Record<Verdict, number>>;
  /** How many needed no simulation. */
  readonly byCertificate: number;
}

/** Where there are too many pairs of nodes to tell of each: whether all that they displace finds a node. */
export interface PairsWithRoom {
  readonly count: number;
  /** How many needed no simulation. */
  readonly byCertificate: number;
  /** How many leave a pod without a node that had one. */
  readonly unplaced: number;
}

export interface ProofSummary {
  readonly verdict: Verdict;
  readonly nodes: number;
  readonly pods: number;
  readonly workloads: Readonly<Record<Verdict, number>>;
  readonly losses: Readonly<Record<Verdict, number>>;
  /** Verdicts of workloads that are safe, by the sort of their proof. */
  readonly safe: { readonly certificate: number; readonly simulation: number };
  /** How many nodes, whichever, may fail at once. */
  readonly nodesMayFail: {
    /** …before some workload has an outage. */
    readonly withoutOutage: number;
    /** …before some pod cannot be placed: at least so many. `null` when no loss of nodes was looked at. */
    readonly withRoomForAll: number | null;
  };
  readonly headroom: Headroom | null;
  /** Ids of the worst losses, at most ten. */
  readonly worst: readonly string[];
  /** Zones where the limit on evictions is felt. */
  readonly evictionClock: readonly EvictionClock[];
  readonly pairs?: PairSummary;
  /** In place of `pairs` where there are too many to list. */
  readonly pairsWithRoom?: PairsWithRoom;
}

/** Room that is left, in units of the largest pod. */
export interface Headroom {
  readonly largestPod: {
    readonly namespace: string;
    readonly name: string;
    readonly requests: Readonly<Record<string, string>>;
  };
  /** How many more of it fit now, and after the worst single node is gone and its pods have moved. */
  readonly unitsNow: number;
  readonly unitsAfterWorstNode: number;
}

export interface ProveResult {
  readonly summary: ProofSummary;
  /** What was taken for granted because nothing said it. */
  readonly assumed: readonly string[];
  /** What is there and not modelled, so that verdicts may miss it. */
  readonly notModelled: readonly string[];
  /** What is wrong before anything is lost, such as pods without a node. */
  readonly findings: readonly string[];
  readonly losses: readonly LossResult[];
  readonly workloads: readonly WorkloadResult[];
}

/** Whether `a` is worse than `b`. */
export function isWorse(a: Verdict, b: Verdict): boolean {
  return VERDICTS.indexOf(a) < VERDICTS.indexOf(b);
}

export function worstOf(verdicts: Iterable<Verdict>): Verdict {
  let worst: Verdict = "safe";
  for (const verdict of verdicts) if (isWorse(verdict, worst)) worst = verdict;
  return worst;
}

export function countVerdicts(verdicts: Iterable<Verdict>): Record<Verdict, number> {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const verdict of verdicts) counts[verdict]++;
  return counts;
}
