import type { NodeInfo } from "../node-info.ts";
import type { NodeScorer } from "../plugin.ts";
import type { NodeChange, NodeFollower } from "./node-change.ts";

/** Less than any score. */
const UNKNOWN = -(2 ** 31);

/** What a plugin that looks at one node at a time gives each node, before scores are compared: it holds until the node changes. */
export class NodeScores implements NodeScorer, NodeFollower {
  readonly #scorer: NodeScorer;
  readonly #scores: Int32Array;

  constructor(scorer: NodeScorer, nodeCount: number) {
    this.#scorer = scorer;
    this.#scores = new Int32Array(nodeCount).fill(UNKNOWN);
  }

  score(node: NodeInfo): number {
    const known = this.#scores[node.position] as number;
    return known === UNKNOWN ? this.#ask(node) : known;
  }

  scoreAll(nodes: readonly NodeInfo[], scores: number[]): void {
    const all = this.#scores;
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i] as NodeInfo;
      const known = all[node.position] as number;
      scores[i] = known === UNKNOWN ? this.#ask(node) : known;
    }
  }

  normalize(scores: number[], nodes: readonly NodeInfo[]): void {
    this.#scorer.normalize?.(scores, nodes);
  }

  follow({ node }: NodeChange): boolean {
    this.#scores[node.position] = UNKNOWN;
    return true;
  }

  #ask(node: NodeInfo): number {
    const score = this.#scorer.score(node);
    this.#scores[node.position] = score;
    return score;
  }
}
