/**
 * Certificates: answers about a set of displaced pods that hold for every scheduler that places a pod whenever some node will
 * do, whatever the order of the pods and however it chooses among the nodes. They are sound and incomplete: what they leave
 * open has to be worked through.
 *
 * Nouns: `Room` is what nodes have left; a `Demand` is a number of pods that all ask for the same; a slot is room on a node for
 * one more pod. Nothing here knows Kubernetes' objects: whoever asks has turned filters into nodes that are left or not.
 */

/** What every node has left, by dimension. */
export interface Room {
  readonly dimensions: number;
  /** Node × dimension; negative where a node has promised more than it has. */
  readonly free: Float64Array;
}

/** Displaced pods of one kind. */
export interface Demand {
  readonly count: number;
  /** By dimension, in the units of `Room`; a dimension that is not asked for (0) never stands in the way. */
  readonly requests: Float64Array;
  /**
   * Nodes that pass everything but resources before any pod has been placed. One list, or with a hard spread over domains
   * one for each domain that counts, also where it has no node left: the emptiest domain may be any of them.
   */
  readonly nodes: readonly Int32Array[];
  /** Another displaced pod on a node may close it to this one whatever room is left: host ports, anti-affinity by host. */
  readonly isExclusive: boolean;
}

/** Why not all the pods can be placed, whatever is done. */
export type Refutation =
  | { readonly kind: "fits-nowhere"; readonly demand: Demand }
  /** All nodes together have less left than all pods ask for. */
  | { readonly kind: "too-little"; readonly dimension: number };

/**
 * Whether every work-conserving scheduler places all the pods.
 *
 * Before a pod is placed, fewer than all of them stand on new nodes. A node is closed to it only once as many pods have come as
 * the node has slots for it, each of them no larger than the largest request in every dimension; so as long as the slots add
 * up to the number of pods, one node is open. With a hard spread the emptiest domain always passes, so the slots of each
 * domain have to suffice. (The lemma of dominating slots, which reserves the largest request for every pod, is the special
 * case of one demand.)
 *
 * The caller answers for the rest: that no other pod comes in between, that a placement closes no node but its own, and that
 * whatever a pod must be near to is there already.
 */
export function certifiesPlacement(room: Room, demands: readonly Demand[]): boolean {
  const largest = largestRequests(room.dimensions, demands);
  let pods = 0;
  for (const { count } of demands) pods += count;
  return demands.every((demand) =>
    demand.nodes.every((nodes) => {
      let slots = 0;
      for (let i = 0; i < nodes.length && slots < pods; i++) {
        slots += slotsFor(demand, nodes[i] as number, room, largest);
      }
      return slots >= pods;
    }),
  );
}

/** How many pods of the largest requests a node can take until it is closed to a pod of this demand; 0 when it is already. */
export function slotsFor(
  { requests, isExclusive }: Pick<Demand, "requests" | "isExclusive">,
  node: number,
  { free, dimensions }: Room,
  largest: Float64Array,
): number {
  let slots = Number.POSITIVE_INFINITY;
  for (let d = 0; d < dimensions; d++) {
    const request = requests[d] as number;
    if (request === 0) continue;
    const rest = (free[node * dimensions + d] as number) - request;
    if (rest < 0) return 0;
    slots = Math.min(slots, Math.floor(rest / (largest[d] as number)) + 1);
  }
  return isExclusive ? Math.min(slots, 1) : slots;
}

/** The largest request in every dimension. */
export function largestRequests(
  dimensions: number,
  demands: readonly Pick<Demand, "requests">[],
): Float64Array {
  const largest = new Float64Array(dimensions);
  for (const { requests } of demands) {
    for (let d = 0; d < dimensions; d++) {
      largest[d] = Math.max(largest[d] as number, requests[d] as number);
    }
  }
  return largest;
}

/**
 * Why no scheduler without preemption places all the pods; nothing when some might. `nodes` of a demand are here all the nodes
 * that it can ever go to.
 */
export function refutePlacement(room: Room, demands: readonly Demand[]): Refutation | undefined {
  const { dimensions, free } = room;
  const isUsable = new Uint8Array(free.length / dimensions);
  const asked = new Float64Array(dimensions);
  for (const demand of demands) {
    let fits = false;
    for (const nodes of demand.nodes) {
      for (const node of nodes) {
        isUsable[node] = 1;
        fits ||= slotsFor(demand, node, room, demand.requests) > 0;
      }
    }
    if (!fits) return { kind: "fits-nowhere", demand };
    for (let d = 0; d < dimensions; d++)
      asked[d] = (asked[d] as number) + demand.count * (demand.requests[d] as number);
  }
  for (let d = 0; d < dimensions; d++) {
    let left = 0;
    for (let node = 0; node < isUsable.length; node++) {
      if (isUsable[node] === 1) left += Math.max(0, free[node * dimensions + d] as number);
    }
    if (left < (asked[d] as number)) return { kind: "too-little", dimension: d };
  }
  return undefined;
}
