import { readFileSync } from "node:fs";
import type { OurAnswer } from "./our-scheduler.ts";
import type { Disagreement } from "./play.ts";

/** By node, then by plugin, what the real scheduler's log says of weighted scores. */
type RealScores = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** What a disagreement is about, and the command that plays its cluster again, and with scores. */
export function summary({ seed, pod, differences, taken }: Disagreement): string {
  const choices = [...taken].map(([key, node]) => `${key}=${node}`).join(",");
  const replay = `npm run parity -- --seed ${seed}${choices === "" ? "" : ` --taken ${choices}`}`;
  return [`DISAGREEMENT in cluster ${seed} about pod ${pod}`, ...differences, `replay: ${replay}`].join("\n");
}

/** Both sides of a disagreement, node by node; the real one's scores come from its log. */
export function explanation({ pod, real, ours, nodes }: Disagreement, log: string): string {
  const scores = readScores(log, pod);
  const feasible = new Set(real.feasible);
  const rows = nodes.map((name) => {
    const theirs = feasible.has(name) ? `passes ${scoreText(scores.get(name) ?? new Map())}` : "rejects";
    return `${name}: real ${theirs}; ours ${ourText(ours, name)}`;
  });
  return [...rows, `the real one says: ${real.message ?? `node ${real.chosen}`}`].join("\n");
}

function ourText({ verdicts, feasible, scores }: OurAnswer, name: string): string {
  const at = feasible.indexOf(name);
  if (at >= 0) {
    return `passes ${scoreText(new Map(scores.map(({ plugin, scores: all }) => [plugin, all[at] as number])))}`;
  }
  const rejection = verdicts.get(name);
  return rejection === undefined
    ? "did not look"
    : `rejects: ${rejection.plugin}: ${rejection.reasons.join(", ")}`;
}

function scoreText(byPlugin: ReadonlyMap<string, number>): string {
  const told = [...byPlugin].filter(([, score]) => score !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  const sum = told.reduce((total, [, score]) => total + score, 0);
  return `${sum} (${told.map((pair) => pair.join(" ")).join(", ")})`;
}

function readScores(log: string, pod: string): RealScores {
  const scores = new Map<string, Map<string, number>>();
  for (const line of readFileSync(log, "utf8").split("\n")) {
    if (!line.includes('"Plugin scored node for pod"') || !line.includes(`pod="${pod}"`)) continue;
    const [, plugin = "", node = "", score = ""] =
      /plugin="(\S+)" node="(\S+)" score=(-?\d+)/.exec(line) ?? [];
    const ofNode = scores.get(node) ?? new Map<string, number>();
    scores.set(node, ofNode.set(plugin, Number(score)));
  }
  return scores;
}
