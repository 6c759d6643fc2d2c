import type { Counts } from "./tally.ts";

/** The result of a long run, as docs/results/scheduler-parity.json has it. */
export type ParityResult = Counts & {
  readonly seeds: string;
  readonly disagreements: number;
};

/** The page that says how often our scheduler and the real one were compared, and about what. */
export function parityPage(result: ParityResult, version: string): string {
  const { clusters, placements, seeds, disagreements, outcomes } = result;
  return `# Our scheduler against the real one, in numbers

kube-scheduler ${version} and ours placed the same pods in the same clusters, one by one: **${number(placements)} placements in
${number(clusters)} random clusters of 3 to 200 nodes, ${number(disagreements)} disagreements** (seeds ${seeds}).
The last whole run: [results/scheduler-parity.json](../results/scheduler-parity.json); \`npm run long -- scheduler-parity\` runs it
again, \`npm run parity\` 500 placements of it.

The two agree about a placement when the same nodes pass every filter, the real one's choice is among our best-scored nodes, and
where no node will do the message is the same text; at preemption, when the same nodes could be used with the same victims and budget
violations on each, and the real one's choice is among those that nothing tells apart for us. The real one runs both its
profiles with the default plugins and looks at every node (\`percentageOfNodesToScore: 100\`). What passed its filters is read through a
scheduler extender that changes nothing. Nodes are objects without kubelets; its volume controller is the real one.

Of the placements, ${number(outcomes.placed)} ended on a node, ${number(outcomes.preempting)} with victims and a promised node, ${number(outcomes.refused)} without either.
A disagreement counts the first time: nothing is asked twice. Before each pod comes, the real scheduler's own log has said that it has
taken over everything that became of pods on nodes before.

## By case

A cluster has one case alone, a few, or most of them.

${table(["case", "placements in clusters that have it"], result.cases)}

## By plugin

${table(["filter", "placements in which it rejected some node, or the pod"], result.rejecting)}

${table(["score", "placements in which it told nodes apart"], result.scoring)}

This page is made from the result by \`npm run parity -- --document\`.
`;
}

function table(head: readonly string[], counts: Readonly<Record<string, number>>): string {
  const rows = Object.entries(counts).map(([name, count]) => `| ${name} | ${number(count)} |`);
  return [`| ${head.join(" | ")} |`, `|${" --- |".repeat(head.length)}`, ...rows].join("\n");
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}
