/**
 * The scheduling algorithm of kube-scheduler 1.34's default profile: which node a pod goes to, or why it goes to none.
 *
 * Nouns: a `Snapshot` is what is known of the cluster; an `Attempt` is one pod's filters, prepared; plugins reject nodes with
 * reasons (`Rejection`) or score them; `kept/` remembers what they said about pods that are alike for as long as it holds; a
 * `Diagnosis` collects the reasons; `preemption/` says which pods would have to make room; `queue/` says who is next and when a
 * rejected pod is worth another try; a `Nominator` keeps nodes promised to pods that others made room for.
 *
 * Data goes: pod + snapshot → attempt → feasible nodes → scores → outcome. The caller feeds the snapshot, writes what was
 * decided and owns time. Nothing here reads a clock, writes an object or knows who runs it: the lab, a proof or a planner.
 */
import type { RandomStream } from "../base/random.ts";
import type { Pod } from "../kube/types/index.ts";
import { type Attempt, prepareAttempt } from "./attempt.ts";
import { Diagnosis } from "./diagnosis.ts";
import type { NodeInfo } from "./node-info.ts";
import type { NodeRanking } from "./node-ranking.ts";
import { Nominator } from "./nominator.ts";
import { podInfo } from "./pod-info.ts";
import { pickBest, scoreNodes } from "./score-nodes.ts";
import type { Snapshot } from "./snapshot.ts";
import type { PodVolumes } from "./volumes/pod-volumes.ts";

/** What became of an attempt. */
export type Outcome =
  | {
      readonly kind: "scheduled";
      readonly nodeName: string;
      /** What has to be written about the pod's volumes first; absent for pods without claims. */
      readonly volumes?: PodVolumes;
    }
  | {
      readonly kind: "unschedulable";
      readonly diagnosis: Diagnosis;
      /** What preemption goes on from; absent when the pod was rejected whatever the node. */
      readonly attempt?: Attempt;
    }
  /** There is not a single node. */
  | { readonly kind: "no-nodes" };

export interface AlgorithmOptions {
  readonly snapshot: Snapshot;
  /** Breaks ties between nodes of the same score: by chance, as kube-scheduler, or always in the same order. */
  readonly random: RandomStream | NodeRanking;
  /** Pods that have nodes promised; none by default. */
  readonly nominator?: Nominator;
  /** Looks at every node, for whoever wants all of them judged. By default large clusters are searched in part, as kube-scheduler does. */
  readonly scansAllNodes?: boolean;
}

/** Clusters of fewer nodes are always searched whole. */
const SEARCHED_NODES_MIN = 100;
const SEARCHED_PERCENT_MIN = 5;

export class SchedulingAlgorithm {
  readonly #snapshot: Snapshot;
  readonly #random: RandomStream | NodeRanking;
  readonly #nominator: Nominator;
  readonly #scansAllNodes: boolean;
  /** Where the next search begins, so that every node has its turn. */
  #nextStart = 0;

  constructor({ snapshot, random, nominator = new Nominator(), scansAllNodes = false }: AlgorithmOptions) {
    this.#snapshot = snapshot;
    this.#random = random;
    this.#nominator = nominator;
    this.#scansAllNodes = scansAllNodes;
  }

  /** Finds a node for the pod.
   * @throws {PluginError} when a plugin cannot tell: something that it needs is missing. */
  schedule(pod: Pod): Outcome {
    const snapshot = this.#snapshot;
    if (snapshot.nodes.length === 0) return { kind: "no-nodes" };
    const diagnosis = new Diagnosis(snapshot.nodes.length);
    const attempt = prepareAttempt(podInfo(pod), snapshot, this.#nominator, diagnosis);
    if (attempt === undefined) return { kind: "unschedulable", diagnosis };
    const feasible = this.#findFeasible(attempt, diagnosis);
    if (feasible.length === 0) return { kind: "unschedulable", diagnosis, attempt };
    const { name: nodeName } = this.#choose(attempt, feasible);
    const volumes = attempt.volumesOn(nodeName);
    return { kind: "scheduled", nodeName, ...(volumes && { volumes }) };
  }

  #choose({ pod }: Attempt, feasible: readonly NodeInfo[]): NodeInfo {
    if (feasible.length === 1) return feasible[0] as NodeInfo;
    return pickBest(feasible, scoreNodes(pod, this.#snapshot, feasible), this.#random);
  }

  #findFeasible(attempt: Attempt, diagnosis: Diagnosis): readonly NodeInfo[] {
    const promised = this.#snapshot.node(attempt.pod.pod.status.nominatedNodeName ?? "");
    if (promised !== undefined) {
      // Room was made there for this pod: most likely it is the only node that will do.
      const rejected = attempt.check(promised);
      if (rejected === undefined) return [promised];
      diagnosis.rejectNode(promised.name, rejected);
    }
    const { onlyNodes } = attempt;
    const all = this.#snapshot.nodes;
    const nodes = onlyNodes === undefined ? all : all.filter(({ name }) => onlyNodes.has(name));
    const feasible = this.#search(attempt, nodes, diagnosis);
    this.#nextStart = (this.#nextStart + feasible.length + diagnosis.rejectedNodes) % all.length;
    return feasible;
  }

  /** Looks at nodes one after the other, from where the last search ended, until enough have passed. */
  #search(attempt: Attempt, nodes: readonly NodeInfo[], diagnosis: Diagnosis): readonly NodeInfo[] {
    const enough = this.#scansAllNodes ? nodes.length : enoughFeasible(nodes.length);
    const feasible: NodeInfo[] = [];
    let next = this.#nextStart % nodes.length;
    for (let i = 0; i < nodes.length && feasible.length < enough; i++) {
      const node = nodes[next] as NodeInfo;
      next = next + 1 === nodes.length ? 0 : next + 1;
      const rejected = attempt.check(node);
      if (rejected === undefined) feasible.push(node);
      else diagnosis.rejectNode(node.name, rejected);
    }
    return feasible;
  }
}

/** How many feasible nodes end a search: half of them in small clusters, down to 5 % in very large ones. */
function enoughFeasible(nodeCount: number): number {
  if (nodeCount < SEARCHED_NODES_MIN) return nodeCount;
  const percent = Math.max(50 - Math.trunc(nodeCount / 125), SEARCHED_PERCENT_MIN);
  return Math.max(Math.trunc((nodeCount * percent) / 100), SEARCHED_NODES_MIN);
}
