/** The scheduler's sentence about a pod that finds no node, taken apart: how many nodes were refused, and for what. */

export type RefusalSort =
  | "rule"
  | "room"
  | "taint"
  | "cordon"
  | "selector"
  | "claim"
  | "volume-place"
  | "ports"
  | "other";

export interface Refused {
  /** How many nodes; all of them where the pod itself would not do. */
  readonly nodes: number;
  readonly sort: RefusalSort;
  /** In the scheduler's words. */
  readonly reason: string;
}

export interface SchedulerMessage {
  readonly nodes: number;
  /** The most frequent first. */
  readonly refused: readonly Refused[];
}

const SORTS: readonly (readonly [pattern: RegExp, sort: RefusalSort])[] = [
  [/anti-affinity|topology spread|pod affinity rules/, "rule"],
  [/^Insufficient |^Too many pods|max volume count/, "room"],
  [/were unschedulable|node\.kubernetes\.io\/unschedulable/, "cordon"],
  [/untolerated taint/, "taint"],
  [/node affinity\/selector|node selector/, "selector"],
  [/volume node affinity conflict|PersistentVolume's node affinity/, "volume-place"],
  [/persistentvolumeclaim|PersistentVolumeClaim|persistent volumes? to bind|storage/i, "claim"],
  [/free ports/, "ports"],
];

/** `undefined` for a sentence of another kind. */
export function readSchedulerMessage(text: string): SchedulerMessage | undefined {
  const whole = /^0\/(\d+) nodes are available:?\s*([\s\S]*)$/.exec(text.trim());
  if (whole === null) return undefined;
  const nodes = Number(whole[1]);
  // What preemption would not mend follows, and says nothing new.
  const reasons = (whole[2] ?? "")
    .replace(/\.?\s*(no new claims to deallocate|preemption:|Preemption:)[\s\S]*$/, "")
    .replace(/\.\s*$/, "");
  const counted = reasons.split(/,\s+(?=\d+ )/).flatMap((part): Refused[] => {
    const found = /^(\d+) ([\s\S]+)$/.exec(part.trim());
    if (found !== null) return [refused(Number(found[1]), found[2] ?? "")];
    return part.trim() === "" ? [] : [refused(nodes, part.trim())];
  });
  return { nodes, refused: counted.sort((a, b) => b.nodes - a.nodes) };
}

function refused(nodes: number, reason: string): Refused {
  return { nodes, reason, sort: SORTS.find(([pattern]) => pattern.test(reason))?.[1] ?? "other" };
}
