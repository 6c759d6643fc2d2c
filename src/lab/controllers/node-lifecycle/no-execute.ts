import { findCondition } from "../../../kube/conditions.ts";
import { nodes } from "../../../kube/kinds.ts";
import { isStatus } from "../../../kube/status-error.ts";
import type { Node } from "../../../kube/types/index.ts";
import type { LabContext } from "../../context.ts";
import { LazyLoop } from "../shared/lazy-loop.ts";
import { noExecuteTaintFor } from "./node-taints.ts";
import { TaintQueue } from "./taint-queue.ts";
import { swapTaints } from "./writes.ts";
import { zoneKeyOf } from "./zones.ts";

/** Puts NoExecute taints on the nodes that the monitor hands over, each zone at its own rate. */
export class NoExecuteTainter {
  readonly #context: LabContext;
  readonly #loop: LazyLoop;
  readonly #zones = new Map<string, TaintQueue>();

  constructor(context: LabContext) {
    this.#context = context;
    this.#loop = new LazyLoop(context.engine, {
      name: "node-lifecycle/no-execute",
      periodMs: context.timing.nodeTaintPassMs,
      pass: (nowMs) => {
        this.#pass(nowMs);
        this.#plan();
      },
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** Makes room for a zone that is new. */
  addZone(zone: string): void {
    if (!this.#zones.has(zone)) this.#zones.set(zone, new TaintQueue(this.#context.timing.nodeEvictionRate));
  }

  /** The node gets the taint that its Ready condition calls for when its turn comes. */
  add(node: Node): void {
    this.#zones.get(zoneKeyOf(node))?.add(node.metadata.name);
    this.#plan();
  }

  remove(node: Node): void {
    this.#zones.get(zoneKeyOf(node))?.remove(node.metadata.name);
  }

  /** Nodes per second in that zone from now on. */
  setRate(zone: string, ratePerSecond: number): void {
    this.#zones.get(zone)?.setRate(ratePerSecond, this.#context.engine.now());
    this.#plan();
  }

  /** Forgets everything, as a manager that starts anew. */
  clear(): void {
    this.#zones.clear();
  }

  #plan(): void {
    let dueMs = Number.POSITIVE_INFINITY;
    for (const queue of this.#zones.values()) dueMs = Math.min(dueMs, queue.dueMs() ?? dueMs);
    if (dueMs < Number.POSITIVE_INFINITY) this.#loop.wake(dueMs);
  }

  #pass(nowMs: number): void {
    for (const queue of this.#zones.values()) {
      const name = queue.take(nowMs);
      if (name === undefined) continue;
      try {
        this.#taint(name);
      } catch (error) {
        if (!isStatus(error, "ServiceUnavailable")) throw error;
        queue.add(name);
      }
    }
  }

  #taint(name: string): void {
    const node = this.#context.api.get(nodes, undefined, name);
    const ready = findCondition(node?.status.conditions, "Ready");
    // Gone, or ready again: there is nothing to taint any more.
    const taints = ready === undefined ? undefined : noExecuteTaintFor(ready.status);
    if (taints !== undefined) swapTaints(this.#context, name, [taints.wanted], [taints.opposite]);
  }
}
