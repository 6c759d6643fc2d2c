import type { Counts } from "./tally.ts";

/** The result of a long run, as docs/results/scheduler-parity.json has it. */
export type ParityResult = Counts & {
  readonly seeds: string;
  readonly disagreements: number;
  /** Seeds of clusters in which the two differed once, and in no replay. */
  readonly unrepeated: readonly number[];
};

/** The page that says how often our scheduler and the real one were compared, and about what. */
export function parityPage(result: ParityResult, version: string): string {
  const { clusters, placements, seeds, askedAgain, disagreements, unrepeated, outcomes } = result;
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
${number(askedAgain)} times the real scheduler was asked once more half a second later, because its first answer differed: it hears of pods on
nodes and of pods that wait by two ways, and may look at a pod before it knows that another has left. The second answer counts. ${number(unrepeated.length)} clusters showed a difference that none of three replays did${unrepeated.length === 0 ? "" : ` (seeds ${unrepeated.join(", ")})`};
those are not counted as disagreements.

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
