import { expect, test } from "vitest";
import { nodeSelectorMatches } from "./node-selectors.ts";
import type { NodeSelectorRequirement, NodeSelectorTerm } from "./types/pod.ts";

const node = { name: "node-a", labels: { zone: "eu-1", cores: "8" } };
const label = (key: string, operator: NodeSelectorRequirement["operator"], ...values: string[]) => ({
  matchExpressions: [{ key, operator, values }],
});
const field = (operator: NodeSelectorRequirement["operator"], ...values: string[]) => ({
  matchFields: [{ key: "metadata.name", operator, values }],
});

test.each<{ name: string; terms: NodeSelectorTerm[]; selected: boolean }>([
  { name: "no terms select no node", terms: [], selected: false },
  { name: "an empty term selects no node", terms: [{}], selected: false },
  { name: "In", terms: [label("zone", "In", "eu-1", "eu-2")], selected: true },
  { name: "NotIn without the label", terms: [label("rack", "NotIn", "r1")], selected: true },
  { name: "Exists", terms: [label("rack", "Exists")], selected: false },
  { name: "DoesNotExist", terms: [label("rack", "DoesNotExist")], selected: true },
  { name: "Gt compares numbers, not texts", terms: [label("cores", "Gt", "16")], selected: false },
  { name: "Lt compares numbers, not texts", terms: [label("cores", "Lt", "16")], selected: true },
  { name: "Gt over a label that is no number", terms: [label("zone", "Gt", "1")], selected: false },
  { name: "the node's name", terms: [field("In", "node-a")], selected: true },
  { name: "not the node's name", terms: [field("NotIn", "node-a")], selected: false },
  { name: "several names cannot be compared", terms: [field("In", "node-a", "node-b")], selected: false },
  { name: "terms are alternatives", terms: [label("rack", "Exists"), field("In", "node-a")], selected: true },
  {
    name: "requirements of one term must all hold",
    terms: [{ ...label("zone", "In", "eu-1"), ...field("In", "node-b") }],
    selected: false,
  },
])("$name", ({ terms, selected }) => {
  expect(nodeSelectorMatches({ nodeSelectorTerms: terms }, node)).toBe(selected);
});
