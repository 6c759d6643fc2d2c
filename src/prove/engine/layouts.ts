import { ColumnNumbers } from "./column-numbers.ts";
import type { Shape } from "./shapes.ts";
import type { Topology } from "./topology.ts";

/**
 * Nodes that are alike to a pod but for their own score: in the same domains, with the same number of unwanted taints and of
 * fulfilled wishes. What is normalized over all nodes is then worked out for a group, not for a node.
 */
export interface Layout {
  readonly index: number;
  readonly groups: number;
  /** By node. */
  readonly groupOf: Int32Array;
  /** The topology keys that tell groups apart, ascending, and by group the domain of each. */
  readonly keys: readonly number[];
  readonly domains: readonly Int32Array[];
  /** By group. */
  readonly softTaints: Int32Array;
  readonly wishes: Int32Array;
}

export class Layouts {
  readonly #topology: Topology;
  readonly #nodes: number;
  readonly #known = new Map<string, Layout>();
  readonly #numbers = new ColumnNumbers();

  constructor(topology: Topology, nodes: number) {
    this.#topology = topology;
    this.#nodes = nodes;
  }

  /** The layout for a shape and topology keys, which come in ascending order. */
  of({ softTaints, wishes }: Shape, keys: readonly number[]): Layout {
    const name = `${keys} ${this.#numbers.of(softTaints)} ${this.#numbers.of(wishes)}`;
    let layout = this.#known.get(name);
    if (layout === undefined) {
      layout = this.#make(keys, softTaints, wishes);
      this.#known.set(name, layout);
    }
    return layout;
  }

  #make(keys: readonly number[], softTaints: Int32Array | undefined, wishes: Int32Array | undefined): Layout {
    const domainsOf = keys.map((key) => this.#topology.keys[key]?.domainOf as Int32Array);
    const columns = [...domainsOf, softTaints, wishes];
    const indexOf = new Map<string, number>();
    const first: number[] = [];
    const groupOf = new Int32Array(this.#nodes);
    for (let node = 0; node < this.#nodes; node++) {
      const traits = columns.map((column) => column?.[node] ?? 0).join(" ");
      let group = indexOf.get(traits);
      if (group === undefined) {
        group = first.push(node) - 1;
        indexOf.set(traits, group);
      }
      groupOf[node] = group;
    }
    const byGroup = (column: Int32Array | undefined) => Int32Array.from(first, (node) => column?.[node] ?? 0);
    return {
      index: this.#known.size,
      groups: first.length,
      groupOf,
      keys,
      domains: domainsOf.map(byGroup),
      softTaints: byGroup(softTaints),
      wishes: byGroup(wishes),
    };
  }
}
