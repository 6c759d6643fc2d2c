/**
 * When the control plane notices that nodes are lost, and when it lets their pods go: the same rules as the node lifecycle
 * controller's, as ranges over everything that chance decides. Seconds count from the loss.
 */
import type { Timing } from "../../kube/timing.ts";
import { between, exactly, NEVER, type Seconds, sum } from "./seconds.ts";

/** client-go's lease controller waits up to so much longer between renewals (apimachinery/lease/controller.go). */
const RENEW_JITTER = 0.04;
/** A change of readiness until the tables of every node's service proxy follow: EndpointSlice controller and proxy. */
const WITHDRAWAL = between(0, 2);

/**
 * From the loss until the node's Ready condition is Unknown, and its pods are no longer ready. The last renewal is up to one
 * period old; it counts from the monitor pass that saw it, and silence is noticed at a pass too. News of the node's status may
 * make the controller take the last renewal for a new one, one pass later (`withLease` in the lab's node lifecycle).
 */
export function noticed(timing: Timing): Seconds {
  const grace = timing.nodeMonitorGraceMs / 1000;
  const renew = (timing.leaseRenewMs / 1000) * (1 + RENEW_JITTER);
  const period = timing.nodeMonitorPeriodMs / 1000;
  return { min: grace - renew, median: grace - renew / 2 + period / 2, max: grace + 2 * period };
}

/**
 * What a controller manager on the lost node adds to noticing: another takes over when its lease has run out (client-go: 15 s
 * of lease, tries every 2 s with jitter 1.2), and begins every node's grace anew.
 */
export const MANAGER_TAKEOVER: Seconds = between(0, 29);

/** From the loss until no request goes to the lost pods any more. */
export function withdrawn(noticedAfter: Seconds): Seconds {
  return sum(noticedAfter, WITHDRAWAL);
}

/** What is lost of one zone, as the node lifecycle controller counts zones: by region and zone, nodes without either as one. */
export interface ZoneLoss {
  readonly nodes: number;
  readonly lost: number;
}

/**
 * How long the nodes of a zone wait for the taint that evicts their pods, beyond being noticed, by turn: the first, the
 * second, … `NEVER` for those whose turn does not come while the zone is as it is.
 */
export function evictionWaits(zone: ZoneLoss, timing: Timing): (turn: number) => Seconds {
  const { nodes, lost } = zone;
  const pass = timing.nodeTaintPassMs / 1000;
  const every = 1 / timing.nodeEvictionRate;
  const isWhole = lost === nodes;
  const isPartial = !isWhole && lost > 2 && lost / nodes >= timing.unhealthyZoneThreshold;
  if (isPartial && nodes <= timing.largeClusterSizeThreshold) {
    // Evictions stop as soon as enough nodes are noticed. Those noticed before may have had their turn.
    return () => ({ min: 0, median: Number.POSITIVE_INFINITY, max: Number.POSITIVE_INFINITY });
  }
  const slow = isPartial ? 1 / timing.secondaryNodeEvictionRate : every;
  // A change of the zone's state begins the wait for the next turn anew, and on its way to being wholly lost a zone may stand still.
  const changes = lost > 2 ? every : 0;
  return (turn) => {
    if (turn === 0) return between(0, pass + changes);
    return {
      min: Math.max(0, turn * every - 2 * every),
      median: turn * slow,
      max: turn * slow + pass + changes,
    };
  };
}

/** Of `own` nodes among `lost` that wait in an order that nobody knows: when the `count`th of them has its turn. */
export function turnOf(
  count: number,
  own: number,
  lost: number,
): { first: number; median: number; last: number } {
  return {
    first: count - 1,
    median: Math.max(0, Math.round((count * (lost + 1)) / (own + 1)) - 1),
    last: lost - own + count - 1,
  };
}

/** How long the last node of a zone waits for its taint when so many of its nodes are lost; `NEVER` when evictions stop. */
export function lastNodeWait({ nodes, lost }: ZoneLoss, timing: Timing): Seconds {
  const isPartial = lost < nodes && lost > 2 && lost / nodes >= timing.unhealthyZoneThreshold;
  if (!isPartial) return exactly(lost / timing.nodeEvictionRate);
  if (nodes <= timing.largeClusterSizeThreshold) return NEVER;
  return exactly(lost / timing.secondaryNodeEvictionRate);
}
