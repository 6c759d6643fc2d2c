import { unreachable } from "../../base/invariant.ts";
import type { Pod } from "../../kube/types/index.ts";
import { type Outcome as Attempted, SchedulingAlgorithm } from "../../scheduler/algorithm.ts";
import type { NodeRanking } from "../../scheduler/node-ranking.ts";
import { PluginError } from "../../scheduler/plugin-error.ts";
import type { PodInfo } from "../../scheduler/pod-info.ts";
import { postFilterMessage, preempt } from "../../scheduler/preemption/preempt.ts";
import type { Snapshot } from "../../scheduler/snapshot.ts";
import { assumeVolumes } from "../../scheduler/volumes/assume.ts";
import type { PodVolumes } from "../../scheduler/volumes/pod-volumes.ts";
import { claimsMadeFor } from "./replacement.ts";

export interface PlacerOptions {
  readonly snapshot: Snapshot;
  readonly ranking: NodeRanking;
  readonly nowMs: number;
  /** Where every step leaves what takes it back. */
  readonly undo: (() => void)[];
}

/** What became of a pod that was to be placed. */
export type Placed =
  | { readonly kind: "placed"; readonly nodeName: string }
  /** In the scheduler's words, which take longer to find than to know that there is no node. */
  | { readonly kind: "unplaced"; readonly message: () => string };

/** Takes a pod off its node, for one that is more important. */
export type Evict = (victim: PodInfo, nodeName: string) => void;

/** Places one pod after the other on a snapshot with the literal scheduler, if need be by preemption. */
export class Placer {
  readonly #options: PlacerOptions;
  readonly #algorithm: SchedulingAlgorithm;

  constructor(options: PlacerOptions) {
    this.#options = options;
    const { snapshot, ranking } = options;
    this.#algorithm = new SchedulingAlgorithm({ snapshot, random: ranking, scansAllNodes: true });
  }

  /** Finds a node for the pod and binds it there; victims of preemption have been evicted then, even where that did not help. */
  place(pod: Pod, evict: Evict): Placed {
    this.#makeClaims(pod);
    try {
      return this.#conclude(pod, this.#algorithm.schedule(pod), evict);
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      return { kind: "unplaced", message: () => error.message };
    }
  }

  /** Whether the pod would find a node without anybody having to leave. */
  fits(pod: Pod): boolean {
    this.#makeClaims(pod);
    try {
      return this.#algorithm.schedule(pod).kind === "scheduled";
    } catch (error) {
      if (error instanceof PluginError) return false;
      throw error;
    }
  }

  /** The pod stands on the node from now on. */
  bind(pod: Pod, nodeName: string, volumes?: PodVolumes): Placed {
    const { snapshot, undo } = this.#options;
    snapshot.assume({ ...pod, spec: { ...pod.spec, nodeName } }, nodeName);
    undo.push(() => snapshot.removePod(pod.metadata.uid));
    if (volumes !== undefined) {
      const { objects } = snapshot;
      const taken = assumeVolumes(objects, volumes, nodeName);
      undo.push(() => {
        for (const { volume } of taken.bindings) objects.volumes.restore(volume);
        for (const claim of taken.provisions) objects.claims.restore(claim);
      });
    }
    return { kind: "placed", nodeName };
  }

  #conclude(pod: Pod, attempted: Attempted, evict: Evict): Placed {
    switch (attempted.kind) {
      case "scheduled":
        return this.bind(pod, attempted.nodeName, attempted.volumes);
      case "no-nodes":
        return { kind: "unplaced", message: () => "no nodes available to schedule pods" };
      case "unschedulable":
        return this.#makeRoom(pod, attempted, evict);
      default:
        return unreachable(attempted);
    }
  }

  /** Default preemption: the victims leave at once, and the pod goes where they were. */
  #makeRoom(
    pod: Pod,
    { attempt, diagnosis }: Extract<Attempted, { kind: "unschedulable" }>,
    evict: Evict,
  ): Placed {
    const { snapshot, ranking, nowMs } = this.#options;
    const preemption = preempt({ attempt, diagnosis, snapshot, random: ranking, nowMs });
    if (preemption.kind !== "found")
      return { kind: "unplaced", message: () => diagnosis.message(postFilterMessage(preemption)) };
    const { nodeName, victims } = preemption.candidate;
    for (const victim of victims.pods) evict(victim, nodeName);
    const promised = { ...pod, status: { ...pod.status, nominatedNodeName: nodeName } };
    const again = this.#algorithm.schedule(promised);
    if (again.kind === "scheduled") return this.bind(pod, again.nodeName, again.volumes);
    const last = again.kind === "unschedulable" ? again.diagnosis : diagnosis;
    return { kind: "unplaced", message: () => last.message() };
  }

  #makeClaims(pod: Pod): void {
    const { snapshot, undo } = this.#options;
    const { claims } = snapshot.objects;
    for (const claim of claimsMadeFor(pod)) {
      if (claims.get(claim.metadata.namespace, claim.metadata.name) !== undefined) continue;
      claims.assume(claim);
      undo.push(() => claims.restore(claim));
    }
  }
}
