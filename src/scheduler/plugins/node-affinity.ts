import { nodeSelectorTermMatches } from "../../kube/node-selectors.ts";
import type { Node, NodeSelectorTerm, Pod } from "../../kube/types/index.ts";
import { type FilterPlugin, normalizeByHighest, rejection, type ScorePlugin } from "../plugin.ts";
import type { ClusterEvent } from "../queue/cluster-event.ts";
import { matchesRequiredAffinity } from "../required-node-affinity.ts";

const NO_MATCH = rejection("NodeAffinity", false, "node(s) didn't match Pod's node affinity/selector");
const CONFLICT = rejection("NodeAffinity", false, "pod affinity terms conflict");

/** Keeps a pod to the nodes that its nodeSelector and required node affinity select. */
export const nodeAffinity: FilterPlugin = {
  name: "NodeAffinity",
  looksAt: "node",
  events: [{ resource: "Node", actions: ["Add", "UpdateNodeLabel"], hint: startedToMatch }],
  preFilter({ pod }) {
    const { spec } = pod;
    const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (spec.nodeSelector === undefined && required === undefined) return undefined;
    const onlyNodes = required && namedNodes(required.nodeSelectorTerms);
    if (onlyNodes?.size === 0) return CONFLICT;
    return {
      filter: ({ node }) =>
        node !== undefined && matchesRequiredAffinity(spec, node) ? undefined : NO_MATCH,
      ...(onlyNodes && { onlyNodes }),
    };
  },
};

/** Prefers nodes by the weights of the preferred terms that hold for them. */
export const nodeAffinityScore: ScorePlugin = {
  name: "NodeAffinity",
  looksAt: "node",
  weight: 2,
  preScore({ pod }) {
    const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
    if (preferred === undefined) return undefined;
    return {
      score: (node) => {
        let sum = 0;
        for (const { weight, preference } of preferred) {
          if (nodeSelectorTermMatches(preference, node)) sum += weight;
        }
        return sum;
      },
      normalize: (scores) => normalizeByHighest(scores, false),
    };
  },
};

/** The nodes that every term names by metadata.name, all terms together; nothing when some term names none. */
function namedNodes(terms: readonly NodeSelectorTerm[]): ReadonlySet<string> | undefined {
  if (terms.length === 0) return undefined;
  const names = new Set<string>();
  for (const { matchFields = [] } of terms) {
    let ofTerm: readonly string[] | undefined;
    for (const { key, operator, values = [] } of matchFields) {
      if (key !== "metadata.name" || operator !== "In") continue;
      ofTerm = ofTerm === undefined ? values : ofTerm.filter((name) => values.includes(name));
    }
    if (ofTerm === undefined) return undefined;
    for (const name of ofTerm) names.add(name);
  }
  return names;
}

function startedToMatch(pod: Pod, event: ClusterEvent): boolean {
  const before = event.before as Node | undefined;
  if (!matchesRequiredAffinity(pod.spec, event.after as Node)) return false;
  return before === undefined || !matchesRequiredAffinity(pod.spec, before);
}
