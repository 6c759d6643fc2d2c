/** How many nodes may fail together: one sort answers for every set of that size. */

/** What a kind of pod finds on the nodes while nothing has failed. */
export interface StandingDemand {
  /** Slots by node that is open to it (`slotsFor`); one list, or one for each domain of a hard spread. */
  readonly slots: readonly Int32Array[];
  /** How many open nodes its siblings that stay, or the others that it shuns, may close at most. */
  readonly closedMax: number;
}

/**
 * The largest k for which every set of k nodes can fail and every displaced pod is placed by every work-conserving scheduler.
 *
 * Whichever k nodes fail, they take no more slots than the k largest lists, and displace no more pods than the k largest counts:
 * as long as what is left of each demand's slots covers them, the certificate of `slots.ts` holds for all of the sets at once.
 * @param displaced How many pods each node's failure displaces. */
export function nodesAtOnceMax(displaced: Int32Array, demands: readonly StandingDemand[]): number {
  const mostDisplaced = displaced.toSorted().reverse();
  let max = displaced.length;
  for (const { slots, closedMax } of demands) {
    for (const ofDomain of slots) max = Math.min(max, coveredNodes(ofDomain, closedMax, mostDisplaced));
  }
  return max;
}

function coveredNodes(slots: Int32Array, closedMax: number, mostDisplaced: Int32Array): number {
  const largestFirst = slots.toSorted().reverse();
  let left = 0;
  for (const count of slots) left += count;
  for (let i = 0; i < closedMax; i++) left -= largestFirst[i] ?? 0;
  let pods = 0;
  for (let k = 0; k < mostDisplaced.length; k++) {
    left -= largestFirst[closedMax + k] ?? 0;
    pods += mostDisplaced[k] as number;
    if (left < pods) return k;
  }
  return mostDisplaced.length;
}
