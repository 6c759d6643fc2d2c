import type { Node } from "../../kube/types/index.ts";

/** The domains that one label makes of the nodes. */
export interface TopologyKey {
  readonly label: string;
  /** By node, the index of its label's value; -1 for a node that lacks the label. */
  readonly domainOf: Int32Array;
  readonly domains: number;
  /** Every node has the label, with a value of its own: what counts in a domain then counts on a node. */
  readonly isPerNode: boolean;
  /** Some node has the label without a value, which scores take for a node without the label. */
  readonly hasEmptyValue: boolean;
}

/** The topology keys that pods name, read once each. */
export class Topology {
  readonly #nodes: readonly Node[];
  readonly #indexOf = new Map<string, number>();
  readonly keys: TopologyKey[] = [];

  constructor(nodes: readonly Node[]) {
    this.#nodes = nodes;
  }

  /** The index in `keys` of a label. */
  indexOf(label: string): number {
    let index = this.#indexOf.get(label);
    if (index === undefined) {
      index = this.keys.length;
      this.keys.push(readKey(label, this.#nodes));
      this.#indexOf.set(label, index);
    }
    return index;
  }
}

function readKey(label: string, nodes: readonly Node[]): TopologyKey {
  const values = new Map<string, number>();
  const domainOf = Int32Array.from(nodes, ({ metadata }) => {
    const value = metadata.labels?.[label];
    if (value === undefined) return -1;
    const known = values.get(value);
    if (known !== undefined) return known;
    values.set(value, values.size);
    return values.size - 1;
  });
  return {
    label,
    domainOf,
    domains: values.size,
    isPerNode: values.size === nodes.length && nodes.length > 0,
    hasEmptyValue: values.has(""),
  };
}
