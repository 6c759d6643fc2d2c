/**
 * What node-lifecycle believes about one node's kubelet: when it was last heard of, and whether that is too long ago.
 * Everything here is judged at a monitor pass; `examine` says what the pass finds, and writes nothing.
 */

import { findCondition } from "../../../kube/conditions.ts";
import { formatTime, parseTime } from "../../../kube/time.ts";
import type { Timing } from "../../../kube/timing.ts";
import type { Condition, Node } from "../../../kube/types/index.ts";

/** What is remembered of a node between passes. */
export interface NodeHealth {
  /** The pass that last found a sign of life, or what counts as one. */
  readonly probeMs: number;
  /** The node's Ready condition as the last pass that found a change saw it. */
  readonly ready: Condition | undefined;
  /** The latest renewal of the Lease that has been seen. */
  readonly renewMs: number | undefined;
}

/** One pass's surroundings. */
export interface Pass {
  readonly nowMs: number;
  /** The pass that would have found a Lease renewed at that moment: passes with nothing to find are not run. */
  readonly passAfter: (momentMs: number) => number;
  readonly timing: Timing;
}

export interface Finding {
  readonly health: NodeHealth;
  /** Ready as it stood before the pass; for a kubelet that never posted, Unknown. */
  readonly observed: Condition["status"];
  /** Ready as it stands after the pass; absent while a new node is given time. */
  readonly current: Condition["status"] | undefined;
  /** All conditions anew, when the pass has to post that nothing is known any more. */
  readonly conditions?: readonly Condition[];
}

/** Whose silence makes them Unknown; NetworkUnavailable belongs to the control plane and stays. */
const KUBELET_CONDITIONS = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"] as const;

/** What a pass finds out about a node, given what is remembered and the last renewal of its Lease. */
export function examine(
  node: Node,
  before: NodeHealth | undefined,
  renewMs: number | undefined,
  pass: Pass,
): Finding {
  const ready = findCondition(node.status.conditions, "Ready");
  const health = withLease(withStatus(node, ready, before, pass), before, renewMs, pass);
  const observed = ready?.status ?? "Unknown";
  if (pass.nowMs < staleAtMs(node, health, pass.timing)) {
    return { health, observed, current: ready?.status };
  }
  const conditions = silenced(node, pass.nowMs);
  const silent = findCondition(conditions, "Ready") as Condition;
  if (ready !== undefined && silent === ready) return { health, observed, current: silent.status };
  return { health: { ...health, ready: silent }, observed, current: silent.status, conditions };
}

/** When the node counts as silent unless something is heard of it before. A new node is given longer for its first word. */
export function staleAtMs(node: Node, health: NodeHealth, timing: Timing): number {
  const hasPosted = findCondition(node.status.conditions, "Ready") !== undefined;
  return health.probeMs + (hasPosted ? timing.nodeMonitorGraceMs : timing.nodeStartupGraceMs);
}

function withStatus(
  node: Node,
  ready: Condition | undefined,
  before: NodeHealth | undefined,
  pass: Pass,
): NodeHealth {
  if (ready === undefined) {
    return { probeMs: createdMs(node), renewMs: undefined, ...before, ready };
  }
  if (before?.ready !== undefined && before.ready.lastHeartbeatTime === ready.lastHeartbeatTime)
    return before;
  return { probeMs: pass.nowMs, ready, renewMs: undefined };
}

/**
 * A renewal counts from the pass that finds it. News of the status makes the real controller forget which renewal it has
 * seen, so that the pass after takes the last one for a new one: a quirk of up to one period that detection times show.
 */
function withLease(
  health: NodeHealth,
  before: NodeHealth | undefined,
  renewMs: number | undefined,
  pass: Pass,
): NodeHealth {
  if (renewMs === undefined || (before?.renewMs !== undefined && renewMs <= before.renewMs)) return health;
  const isForgotten = before !== undefined && before.renewMs === undefined;
  const againMs = isForgotten ? before.probeMs + pass.timing.nodeMonitorPeriodMs : 0;
  return { ...health, renewMs, probeMs: Math.max(health.probeMs, againMs, pass.passAfter(renewMs)) };
}

function silenced(node: Node, nowMs: number): readonly Condition[] {
  const now = formatTime(nowMs);
  const conditions = [...(node.status.conditions ?? [])];
  for (const type of KUBELET_CONDITIONS) {
    const index = conditions.findIndex((condition) => condition.type === type);
    const condition = conditions[index];
    if (condition === undefined) {
      conditions.push({
        type,
        status: "Unknown",
        reason: "NodeStatusNeverUpdated",
        message: "Kubelet never posted node status.",
        lastHeartbeatTime: node.metadata.creationTimestamp,
        lastTransitionTime: now,
      });
    } else if (condition.status !== "Unknown") {
      conditions[index] = {
        ...condition,
        status: "Unknown",
        reason: "NodeStatusUnknown",
        message: "Kubelet stopped posting node status.",
        lastTransitionTime: now,
      };
    }
  }
  return conditions;
}

function createdMs(node: Node): number {
  return parseTime(node.metadata.creationTimestamp) ?? 0;
}
