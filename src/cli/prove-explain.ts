/** `holdfast prove --explain ID`: one loss, judged, and then played in a lab. */
import type { Command } from "commander";
import { drainNode } from "../drill/faults/drain-node.ts";
import { rollingUpdate } from "../drill/faults/rolling-update.ts";
import { type Replay, replayLoss, type Sight } from "../drill/replay-loss.ts";
import type { WorkloadRef } from "../drill/subject.ts";
import type { Model } from "../prove/model/model.ts";
import type { LossResult, ProveResult } from "../prove/result.ts";
import { rangeText } from "../report/duration-text.ts";
import type { ProveSource } from "./prove-source.ts";

/** What is told of a loss. */
export interface Explained {
  readonly loss: LossResult;
  readonly replay: readonly Sight[];
}

/** Plays the loss of that id. Ends with code 2 for one that was not looked at, or a cluster that no lab can be made of. */
export async function explainLoss(
  id: string,
  result: ProveResult,
  source: ProveSource,
  command: Command,
): Promise<Explained> {
  const loss = result.losses.find((one) => one.id === id);
  if (loss === undefined) {
    const known = result.losses.slice(0, 10).map((one) => one.id);
    return command.error(
      `error: no loss ${id} was looked at; there are ${known.join(", ")}${result.losses.length > 10 ? ", …" : ""}`,
    );
  }
  const { manifests, nodes, model, profiles } = source;
  if (manifests === undefined || nodes === undefined) {
    return command.error(
      "error: --explain plays manifests (-f) on nodes that they do not bring themselves; start a lab with: holdfast lab up --snapshot FILE",
    );
  }
  const replay: Replay = {
    manifests,
    nodes,
    seed: 1,
    placement: placementOf(model),
    lost: lostOf(loss, model),
    ...(profiles && { profile: profiles }),
  };
  return { loss, replay: await replayLoss(replay) };
}

function lostOf(loss: LossResult, model: Model): Replay["lost"] {
  const [first = ""] = loss.lost;
  switch (loss.kind) {
    case "pod":
      return { workload: workloadOf(loss, model) };
    case "drain":
      return { change: drainNode({ node: first }) };
    case "rollout": {
      const [kind, namespace, name] = loss.id.split("/").slice(1) as [WorkloadRef["kind"], string, string];
      return { change: rollingUpdate({ kind, namespace, name }) };
    }
    default:
      return { nodes: loss.lost };
  }
}

function placementOf(model: Model): Map<string, string[]> {
  const placement = new Map<string, string[]>();
  for (let pod = 0; pod < model.podCount; pod++) {
    const { kind, namespace, name } = model.workloadOf(pod);
    const node = model.nodes[model.nodeOf[pod] as number]?.metadata.name;
    if (node === undefined || kind === "DaemonSet") continue;
    const key = `${namespace}/${name}`;
    placement.set(key, [...(placement.get(key) ?? []), node]);
  }
  return placement;
}

function workloadOf({ lost }: LossResult, model: Model): string {
  for (let pod = 0; pod < model.podCount; pod++) {
    const { namespace, name } = model.workloadOf(pod);
    if (model.keyOf(pod) === lost[0]) return `${namespace}/${name}`;
  }
  return "";
}

export function explainedText({ loss, replay }: Explained): string {
  const said = loss.workloads.flatMap((one) => [
    `  ${one.kind} ${one.namespace}/${one.name}: ${one.verdict}${one.downSeconds ? `, ${rangeText(one.downSeconds)}` : ""}`,
    `    ${one.cause}`,
    ...(one.message ? [`    ${one.message}`] : []),
    ...(one.fix ? [`    would help: ${one.fix}`] : []),
  ]);
  const seen = replay.map(({ atSeconds, text }) => `${`+${atSeconds.toFixed(1)}s`.padEnd(9)}${text}`);
  return [
    `${loss.id}: ${loss.verdict}`,
    ...said,
    "",
    "In a lab, from the loss on for 15 minutes:",
    ...seen,
    "",
  ].join("\n");
}
