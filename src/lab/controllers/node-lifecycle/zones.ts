/**
 * How badly each zone is hit, and how fast its nodes may therefore be tainted. The idea behind the rules: when most of a
 * zone seems to be gone it is more likely that the control plane has lost sight of it, and evicting helps nobody.
 */
import type { Timing } from "../../../kube/timing.ts";
import type { Condition, Node } from "../../../kube/types/index.ts";

export type ZoneState = "Initial" | "Normal" | "PartialDisruption" | "FullDisruption";

/** Region and zone of a node as one key, as nodetopology.GetZoneKey; "" for a node that names neither. */
export function zoneKeyOf(node: Node): string {
  const labels = node.metadata.labels ?? {};
  const zone =
    labels["failure-domain.beta.kubernetes.io/zone"] ?? labels["topology.kubernetes.io/zone"] ?? "";
  const region =
    labels["failure-domain.beta.kubernetes.io/region"] ?? labels["topology.kubernetes.io/region"] ?? "";
  return zone === "" && region === "" ? "" : `${region}:\u0000:${zone}`;
}

/** Nodes with this label do not count when a zone's state is worked out. */
export function isExcludedFromDisruption(node: Node): boolean {
  return node.metadata.labels?.["node.kubernetes.io/exclude-disruption"] !== undefined;
}

/** The state of a zone whose nodes' Ready conditions stand like this. */
export function zoneStateOf(
  ready: readonly (Condition["status"] | undefined)[],
  timing: Pick<Timing, "unhealthyZoneThreshold">,
): ZoneState {
  const readyNodes = ready.filter((status) => status === "True").length;
  const notReadyNodes = ready.length - readyNodes;
  if (readyNodes === 0 && notReadyNodes > 0) return "FullDisruption";
  // The real controller compares in 32 bits, where 0.55 is a little more than 0.55.
  const share = Math.fround(notReadyNodes / ready.length);
  const isPartial = notReadyNodes > 2 && share >= Math.fround(timing.unhealthyZoneThreshold);
  return isPartial ? "PartialDisruption" : "Normal";
}

/** Nodes per second that may be tainted in a zone of that state and size. */
export function evictionRateOf(state: ZoneState, zoneSize: number, timing: Timing): number {
  if (state !== "PartialDisruption") return timing.nodeEvictionRate;
  return zoneSize > timing.largeClusterSizeThreshold ? timing.secondaryNodeEvictionRate : 0;
}

/** What has to happen after a pass. */
export type DisruptionPlan =
  /** Every zone is gone: stop all evictions and take back the taints. */
  | { readonly kind: "enter-full-disruption" }
  /** Some node answers again after all were gone: everybody gets a full grace period once more. */
  | { readonly kind: "leave-full-disruption"; readonly states: ReadonlyMap<string, ZoneState> }
  /** The zones whose state is another now. */
  | { readonly kind: "change-zones"; readonly states: ReadonlyMap<string, ZoneState> };

/** Compares the zones' states before a pass with those that it found. */
export function planDisruption(
  before: ReadonlyMap<string, ZoneState>,
  found: ReadonlyMap<string, ZoneState>,
): DisruptionPlan {
  const areAllDisrupted = [...found.values()].every((state) => state === "FullDisruption");
  // Zones that have lost their last node do not count any more.
  const wereAllDisrupted = [...found.keys()].every((zone) => before.get(zone) === "FullDisruption");
  if (areAllDisrupted && !wereAllDisrupted) return { kind: "enter-full-disruption" };
  if (wereAllDisrupted && !areAllDisrupted) return { kind: "leave-full-disruption", states: found };
  if (areAllDisrupted) return { kind: "change-zones", states: new Map() };
  const changed = [...found].filter(([zone, state]) => before.get(zone) !== state);
  return { kind: "change-zones", states: new Map(changed) };
}
