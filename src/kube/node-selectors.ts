/**
 * Node selectors: the terms of node affinity and of a volume's topology. Terms are alternatives, the requirements inside a
 * term must all hold; matchFields know the node's name only. Compiled forms are kept by the identity of the selector.
 */
import { CompiledSelector, type LabelRequirement } from "./selectors.ts";
import type { StringMap } from "./types/meta.ts";
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from "./types/pod.ts";

/** What a node selector looks at. */
export interface NodeTraits {
  readonly name: string;
  readonly labels?: StringMap | undefined;
}

const OPERATORS = {
  In: "in",
  NotIn: "notin",
  Exists: "exists",
  DoesNotExist: "!",
  Gt: "gt",
  Lt: "lt",
} as const;

type Term = (node: NodeTraits) => boolean;

const compiled = new WeakMap<NodeSelectorTerm, Term>();

/** Whether any term selects the node; a selector without terms selects none. */
export function nodeSelectorMatches(selector: NodeSelector, node: NodeTraits): boolean {
  for (const term of selector.nodeSelectorTerms) if (nodeSelectorTermMatches(term, node)) return true;
  return false;
}

/** Whether one term selects the node; a term without requirements, or with one that cannot be read, selects none. */
export function nodeSelectorTermMatches(term: NodeSelectorTerm, node: NodeTraits): boolean {
  let matches = compiled.get(term);
  if (matches === undefined) {
    matches = compileTerm(term);
    compiled.set(term, matches);
  }
  return matches(node);
}

function compileTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm): Term {
  if (matchExpressions.length + matchFields.length === 0) return () => false;
  const labels = matchExpressions.map(labelRequirement);
  if (labels.includes(undefined) || !matchFields.every(isReadable)) return () => false;
  const selector = new CompiledSelector(labels as LabelRequirement[]);
  if (matchFields.length === 0) return (node) => selector.matches(node.labels);
  return (node) =>
    selector.matches(node.labels) && matchFields.every((field) => fieldHolds(field, node.name));
}

function labelRequirement({
  key,
  operator,
  values = [],
}: NodeSelectorRequirement): LabelRequirement | undefined {
  const known = OPERATORS[operator];
  return known === undefined ? undefined : { key, operator: known, values };
}

/** Fields can be compared with one value only. */
function isReadable({ operator, values = [] }: NodeSelectorRequirement): boolean {
  return (operator === "In" || operator === "NotIn") && values.length === 1;
}

function fieldHolds({ key, operator, values = [] }: NodeSelectorRequirement, nodeName: string): boolean {
  const value = key === "metadata.name" ? nodeName : "";
  return (value === values[0]) === (operator === "In");
}
