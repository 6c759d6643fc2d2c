import type { StringMap } from "../../kube/types/index.ts";
import type { ClusterObjects } from "../../scheduler/cluster-objects.ts";
import type { NodeInfo } from "../../scheduler/node-info.ts";
import {
  type Constraint,
  constraintsOf,
  countsNode,
  defaultConstraints,
  HOSTNAME_KEY,
  hasEveryKey,
} from "../../scheduler/plugins/topology-spread/constraints.ts";
import type { PodInfo } from "../../scheduler/pod-info.ts";
import type { ClassIndex } from "./class-index.ts";
import type { Counters } from "./counters.ts";
import { SameText } from "./same-text.ts";
import { ServiceIndex } from "./service-index.ts";
import type { Topology, TopologyKey } from "./topology.ts";

/** A spread constraint by what it counts, before the pod's layout is known. */
export interface SpreadFact {
  readonly counter: number;
  readonly key: number;
  readonly maxSkew: number;
  readonly minDomains: number;
  readonly own: number;
  readonly isByHost: boolean;
  /** By node, 1 where it counts; absent where all do. */
  readonly included: Uint8Array | undefined;
  readonly honorsTaints: boolean;
  /** There is no selector, or one that selects everything. */
  readonly countsNobody: boolean;
  /** By domain, how many nodes count; one number for all where every node is a domain. */
  readonly domainNodes: Int32Array;
}

export interface SpreadFactInput {
  readonly objects: ClusterObjects;
  readonly infos: readonly NodeInfo[];
  readonly topology: Topology;
  readonly counters: Counters;
  readonly classes: ClassIndex;
}

/** Reads topology spread constraints: which pods they count, on which nodes. */
export class SpreadFacts {
  readonly #input: SpreadFactInput;
  readonly #services: ServiceIndex;
  readonly #texts = new SameText();
  readonly #masks = new Map<string, Uint8Array | undefined>();
  readonly #domains = new Map<Uint8Array | undefined, Map<number, Int32Array>>();

  constructor(input: SpreadFactInput) {
    this.#input = input;
    this.#services = new ServiceIndex(input.objects);
  }

  rules(pod: PodInfo): readonly SpreadFact[] {
    const constraints = constraintsOf(pod.pod, "DoNotSchedule");
    return constraints.map((constraint) => this.#read(constraint, pod, constraints));
  }

  /** The pod's own wishes, or those that pods without constraints have by default. */
  wishes(pod: PodInfo): readonly SpreadFact[] {
    if (hasOwnConstraints(pod)) {
      const constraints = constraintsOf(pod.pod, "ScheduleAnyway");
      return constraints.map((constraint) => this.#read(constraint, pod, constraints));
    }
    return defaultConstraints(pod.pod, this.#services.around(pod.pod)).map((constraint) =>
      this.#read(constraint, pod, []),
    );
  }

  #read(constraint: Constraint, pod: PodInfo, needed: readonly Constraint[]): SpreadFact {
    const { topologyKey, selector, maxSkew, minDomains, honorsTaints } = constraint;
    const key = this.#input.topology.indexOf(topologyKey);
    const included = this.#included(constraint, pod, needed);
    return {
      counter: this.#counterOf(constraint, pod.namespace),
      key,
      maxSkew,
      minDomains,
      own: selector.matches(pod.labels) ? 1 : 0,
      isByHost: topologyKey === HOSTNAME_KEY,
      included,
      honorsTaints,
      countsNobody: selector.toString() === "",
      domainNodes: this.#domainNodes(key, included),
    };
  }

  #counterOf({ selector }: Constraint, namespace: string): number {
    const { counters, classes } = this.#input;
    // No selector counts nobody, as kube-scheduler's countPodsMatchSelector.
    const text = selector.toString();
    const members = () =>
      new Map(text === "" ? [] : classes.selected(namespace, selector).map((index) => [index, 1]));
    return counters.indexOf(text === "" ? "nobody" : `living ${namespace} ${text}`, true, members);
  }

  /** The nodes that count: those with every label that is needed, by the constraint's policies. */
  #included(constraint: Constraint, { pod }: PodInfo, needed: readonly Constraint[]): Uint8Array | undefined {
    const { nodeSelector, affinity, tolerations } = pod.spec;
    const { honorsAffinity, honorsTaints } = constraint;
    const name = JSON.stringify([
      honorsAffinity && this.#texts.numberOf(nodeSelector),
      honorsAffinity && this.#texts.numberOf(affinity?.nodeAffinity),
      honorsTaints && this.#texts.numberOf(tolerations),
      needed.map(({ topologyKey }) => topologyKey),
    ]);
    if (this.#masks.has(name)) return this.#masks.get(name);
    const counts = (node: NodeInfo) =>
      hasEveryKey(node.labels as StringMap, needed) && countsNode(constraint, pod, node);
    const mask = Uint8Array.from(this.#input.infos, (node) => (counts(node) ? 1 : 0));
    const included = mask.includes(0) ? mask : undefined;
    this.#masks.set(name, included);
    return included;
  }

  #domainNodes(index: number, included: Uint8Array | undefined): Int32Array {
    const ofMask = this.#domains.get(included) ?? new Map<number, Int32Array>();
    this.#domains.set(included, ofMask);
    let counts = ofMask.get(index);
    if (counts === undefined) {
      counts = countNodes(this.#input.topology.keys[index] as TopologyKey, included);
      ofMask.set(index, counts);
    }
    return counts;
  }
}

/** Whether the defaults do not apply. */
export function hasOwnConstraints({ pod }: PodInfo): boolean {
  return (pod.spec.topologySpreadConstraints ?? []).length > 0;
}

function countNodes(
  { domainOf, domains, isPerNode }: TopologyKey,
  included: Uint8Array | undefined,
): Int32Array {
  const counts = new Int32Array(isPerNode ? 1 : domains);
  for (let node = 0; node < domainOf.length; node++) {
    const domain = isPerNode ? 0 : (domainOf[node] as number);
    if (domain >= 0 && (included === undefined || included[node] === 1))
      counts[domain] = (counts[domain] as number) + 1;
  }
  return counts;
}
