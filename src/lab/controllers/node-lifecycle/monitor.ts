/**
 * The monitor pass: looks at every node's health, posts silence, hands nodes over for tainting, weighs the zones.
 *
 * A pass is run when it may find something: a node's object has changed, a node that is not known to be renewing becomes
 * due, or the last pass could not be finished. A cluster whose kubelets all renew has no passes at all.
 */

import { findCondition } from "../../../kube/conditions.ts";
import { leases, nodes } from "../../../kube/kinds.ts";
import { isStatus } from "../../../kube/status-error.ts";
import { hasTaint } from "../../../kube/taints.ts";
import { parseTime } from "../../../kube/time.ts";
import type { Condition, Lease, Node } from "../../../kube/types/index.ts";
import type { LabContext } from "../../context.ts";
import type { Heartbeats } from "../../heartbeats.ts";
import { LazyLoop } from "../shared/lazy-loop.ts";
import { withoutVersion } from "../shared/reference.ts";
import { watchAll } from "../shared/watch.ts";
import { examine, type Finding, type NodeHealth, staleAtMs } from "./health.ts";
import type { NoExecuteTainter } from "./no-execute.ts";
import { NOT_READY, noExecuteTaintFor, UNREACHABLE } from "./node-taints.ts";
import { markPodsNotReady, removeTaint, swapTaints } from "./writes.ts";
import {
  type DisruptionPlan,
  evictionRateOf,
  isExcludedFromDisruption,
  planDisruption,
  type ZoneState,
  zoneKeyOf,
  zoneStateOf,
} from "./zones.ts";

const LEASE_NAMESPACE = "kube-node-lease";

export interface NodeMonitorOptions {
  readonly heartbeats: Heartbeats;
  readonly tainter: NoExecuteTainter;
}

type ReadyByZone = Map<string, (Condition["status"] | undefined)[]>;

export class NodeMonitor {
  readonly #context: LabContext;
  readonly #heartbeats: Heartbeats;
  readonly #tainter: NoExecuteTainter;
  readonly #loop: LazyLoop;
  readonly #health = new Map<string, NodeHealth>();
  readonly #known = new Map<string, Node>();
  readonly #zoneStates = new Map<string, ZoneState>();
  /** Nodes whose pods could not all be marked. */
  readonly #unmarked = new Set<string>();
  /** Renewals that were written as objects, by somebody who is no kubelet of the lab. */
  readonly #writtenRenewals = new Map<string, { readonly renewTimeMs: number; readonly seenMs: number }>();
  /** When a node's renewals last stopped or began, as far as that has been told. */
  readonly #changedMs = new Map<string, number>();
  #outOfTouchSinceMs: number | undefined;
  #startedMs = 0;

  constructor(context: LabContext, { heartbeats, tainter }: NodeMonitorOptions) {
    this.#context = context;
    this.#heartbeats = heartbeats;
    this.#tainter = tainter;
    this.#loop = new LazyLoop(context.engine, {
      name: "node-lifecycle/monitor",
      periodMs: context.timing.nodeMonitorPeriodMs,
      pass: (nowMs) => this.#pass(nowMs),
    });
  }

  start(): void {
    const { api, engine } = this.#context;
    this.#startedMs = engine.now();
    this.#loop.start();
    watchAll(api, leases, ({ type, object }) => {
      if (type !== "DELETED") this.#noteRenewal(object);
    });
    watchAll(api, nodes, ({ type, object, previous }) => {
      if (type !== "MODIFIED" || concernsHealth(object, previous)) this.#loop.wake();
    });
    this.#heartbeats.onChange((name) => {
      this.#changedMs.set(name, engine.now());
      this.#loop.wake();
    });
    this.#loop.wake();
  }

  /** Whether the last pass that looked found the node's Ready condition to be something else than True. */
  knowsNotReady(nodeName: string): boolean {
    const ready = this.#health.get(nodeName)?.ready;
    return ready !== undefined && ready.status !== "True";
  }

  #noteRenewal(lease: Lease): void {
    if (lease.metadata.namespace !== LEASE_NAMESPACE || lease.spec.renewTime === undefined) return;
    const renewTimeMs = parseTime(lease.spec.renewTime);
    const known = this.#writtenRenewals.get(lease.metadata.name);
    if (renewTimeMs === undefined || (known !== undefined && renewTimeMs <= known.renewTimeMs)) return;
    this.#writtenRenewals.set(lease.metadata.name, { renewTimeMs, seenMs: this.#context.engine.now() });
  }

  #lastRenewMs(name: string): number | undefined {
    const heard = this.#heartbeats.lastRenewMs(name);
    const written = this.#writtenRenewals.get(name)?.seenMs;
    if (heard === undefined || written === undefined) return heard ?? written;
    return Math.max(heard, written);
  }

  #pass(nowMs: number): void {
    try {
      this.#regainTouch(nowMs);
      const ready = this.#examineAll(this.#context.api.list(nodes));
      this.#weighZones(ready);
      this.#planNextDue(nowMs);
    } catch (error) {
      if (!isStatus(error, "ServiceUnavailable")) throw error;
      this.#outOfTouchSinceMs ??= nowMs;
      this.#loop.wake();
    }
  }

  /**
   * A manager that cannot renew its own Lease ends, and the one that starts afterwards has seen nothing yet. Without that,
   * the end of an outage would find every node silent for as long as the API server was.
   */
  #regainTouch(nowMs: number): void {
    if (this.#outOfTouchSinceMs === undefined) return;
    this.#context.api.list(nodes);
    const outageMs = nowMs - this.#outOfTouchSinceMs;
    this.#outOfTouchSinceMs = undefined;
    if (outageMs < this.#context.timing.managerRenewDeadlineMs) return;
    this.#health.clear();
    this.#known.clear();
    this.#zoneStates.clear();
    this.#unmarked.clear();
    this.#tainter.clear();
  }

  #planNextDue(nowMs: number): void {
    let dueMs = Number.POSITIVE_INFINITY;
    for (const [name, node] of this.#known) {
      const health = this.#health.get(name);
      if (health === undefined || findCondition(node.status.conditions, "Ready")?.status === "Unknown")
        continue;
      if (!this.#isRenewing(name)) dueMs = Math.min(dueMs, staleAtMs(node, health, this.#context.timing));
    }
    if (this.#unmarked.size > 0) dueMs = nowMs;
    if (dueMs === Number.POSITIVE_INFINITY) return;
    this.#loop.wake(dueMs);
  }

  /** After renewals have stopped none can follow, so one that did follow the last change tells that they go on. */
  #isRenewing(name: string): boolean {
    const renewMs = this.#heartbeats.lastRenewMs(name);
    return renewMs !== undefined && renewMs > (this.#changedMs.get(name) ?? this.#startedMs);
  }

  #examineAll(all: readonly Node[]): ReadyByZone {
    this.#greet(all);
    const ready: ReadyByZone = new Map();
    for (const node of all) {
      const current = this.#examineOne(node);
      if (isExcludedFromDisruption(node)) continue;
      const zone = zoneKeyOf(node);
      const inZone = ready.get(zone);
      if (inZone === undefined) ready.set(zone, [current]);
      else inZone.push(current);
    }
    return ready;
  }

  #greet(all: readonly Node[]): void {
    const { events } = this.#context;
    const present = new Set(all.map((node) => node.metadata.name));
    for (const node of all) {
      const { name } = node.metadata;
      this.#tainter.addZone(zoneKeyOf(node));
      if (!this.#known.has(name)) {
        const message = `Node ${name} event: Registered Node ${name} in Controller`;
        events.event(withoutVersion(node), "Normal", "RegisteredNode", message);
        this.#markReachable(node);
      }
      this.#known.set(name, node);
    }
    for (const [name, node] of this.#known) {
      if (present.has(name)) continue;
      events.event(
        node,
        "Normal",
        "RemovingNode",
        `Node ${name} event: Removing Node ${name} from Controller`,
      );
      this.#known.delete(name);
      this.#unmarked.delete(name);
    }
  }

  #examineOne(listed: Node): Condition["status"] | undefined {
    const { api, engine, timing } = this.#context;
    const { name } = listed.metadata;
    // Greeting may have written to it.
    const node = api.get(nodes, undefined, name) ?? listed;
    const finding = examine(node, this.#health.get(name), this.#lastRenewMs(name), {
      nowMs: engine.now(),
      passAfter: (momentMs) => this.#loop.passAt(momentMs),
      timing,
    });
    const { conditions, current } = finding;
    const posted =
      conditions === undefined
        ? node
        : api.updateStatus(nodes, { ...node, status: { ...node.status, conditions } });
    this.#health.set(name, finding.health);
    this.#known.set(name, posted);
    if (current !== undefined) this.#act(posted, current, finding);
    return current;
  }

  #act(node: Node, current: Condition["status"], { observed }: Finding): void {
    const { api, events } = this.#context;
    const { name } = node.metadata;
    this.#handOver(node, current);
    const hasFallen = current !== "True" && observed === "True";
    if (hasFallen) {
      events.event(
        withoutVersion(node),
        "Normal",
        "NodeNotReady",
        `Node ${name} status is now: NodeNotReady`,
      );
    }
    const mustRetry = this.#unmarked.delete(name) && observed !== "True";
    if (!hasFallen && !mustRetry) return;
    try {
      markPodsNotReady(this.#context, api.podsOnNode(name));
    } catch (error) {
      this.#unmarked.add(name);
      throw error;
    }
  }

  /** Sees to the NoExecute taint: an opposite one is replaced at once, a missing one waits for its turn. */
  #handOver(node: Node, current: Condition["status"]): void {
    const taints = noExecuteTaintFor(current);
    if (taints === undefined) {
      this.#markReachable(node);
      return;
    }
    const { wanted, opposite } = taints;
    if (hasTaint(node.spec.taints, opposite))
      swapTaints(this.#context, node.metadata.name, [wanted], [opposite]);
    else if (!hasTaint(node.spec.taints, wanted)) this.#tainter.add(node);
  }

  #markReachable(node: Node): void {
    removeTaint(this.#context, removeTaint(this.#context, node, UNREACHABLE), NOT_READY);
    this.#tainter.remove(node);
  }

  #weighZones(ready: ReadyByZone): void {
    const found = new Map<string, ZoneState>();
    for (const [zone, statuses] of ready) found.set(zone, zoneStateOf(statuses, this.#context.timing));
    const plan = planDisruption(this.#zoneStates, found);
    for (const zone of this.#zoneStates.keys()) if (!found.has(zone)) this.#zoneStates.delete(zone);
    this.#carryOut(plan, found, ready);
  }

  #carryOut(plan: DisruptionPlan, found: ReadonlyMap<string, ZoneState>, ready: ReadyByZone): void {
    const { api, engine, timing } = this.#context;
    if (plan.kind === "enter-full-disruption") {
      for (const node of api.list(nodes)) this.#markReachable(node);
      for (const zone of found.keys()) {
        this.#tainter.setRate(zone, 0);
        this.#zoneStates.set(zone, "FullDisruption");
      }
      return;
    }
    if (plan.kind === "leave-full-disruption") {
      const nowMs = engine.now();
      for (const [name, health] of this.#health) this.#health.set(name, { ...health, probeMs: nowMs });
    }
    for (const [zone, state] of plan.states) {
      this.#tainter.setRate(zone, evictionRateOf(state, ready.get(zone)?.length ?? 0, timing));
      this.#zoneStates.set(zone, state);
    }
  }
}

/** Another condition, taint or label may be news to the next pass; images and volumes are not. */
function concernsHealth(node: Node, previous: Node | undefined): boolean {
  return (
    node.status.conditions !== previous?.status.conditions ||
    node.spec.taints !== previous?.spec.taints ||
    node.metadata.labels !== previous?.metadata.labels
  );
}
