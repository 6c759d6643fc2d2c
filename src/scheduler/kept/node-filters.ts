import type { NodeInfo } from "../node-info.ts";
import { isRejection, type NodeFilter, type PluginName, type Rejection } from "../plugin.ts";
import type { PodInfo } from "../pod-info.ts";
import { FILTERS } from "../profile.ts";
import type { Snapshot } from "../snapshot.ts";
import type { NodeChange, NodeFollower } from "./node-change.ts";

/** One plugin's filter for one pod. */
export interface PreparedFilter {
  readonly plugin: PluginName;
  readonly filter: NodeFilter;
}

const FITS = "fits";

/**
 * The filters that look at one node at a time, for pods of one signature: what they said of a node holds until that node changes.
 * They run before all others.
 */
export class NodeFilters implements NodeFollower {
  readonly filters: readonly PreparedFilter[];
  /** What rejects such pods whatever the node. */
  readonly rejection: Rejection | undefined;
  readonly #verdicts: (Rejection | typeof FITS | undefined)[] = [];

  constructor(pod: PodInfo, snapshot: Snapshot) {
    const filters: PreparedFilter[] = [];
    for (const { name: plugin, looksAt, preFilter } of FILTERS) {
      const filter = looksAt === "node" ? preFilter(pod, snapshot) : undefined;
      if (filter === undefined) continue;
      if (isRejection(filter)) {
        this.rejection = filter;
        break;
      }
      filters.push({ plugin, filter });
    }
    this.filters = filters;
  }

  /** What speaks against a node of the snapshot; not for forks. */
  check(node: NodeInfo): Rejection | undefined {
    const known = this.#verdicts[node.position];
    if (known !== undefined) return known === FITS ? undefined : known;
    const verdict = this.#ask(node);
    this.#verdicts[node.position] = verdict ?? FITS;
    return verdict;
  }

  follow({ node }: NodeChange): boolean {
    this.#verdicts[node.position] = undefined;
    return true;
  }

  #ask(node: NodeInfo): Rejection | undefined {
    for (const { filter } of this.filters) {
      const rejected = filter.filter(node);
      if (rejected !== undefined) return rejected;
    }
    return undefined;
  }
}
