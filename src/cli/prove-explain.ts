/** `holdfast prove --explain ID`: one loss, judged, and then played in a lab. */
import type { Command } from "commander";
import { drainNode } from "../drill/faults/drain-node.ts";
import { rollingUpdate } from "../drill/faults/rolling-update.ts";
import { type Replay, type Replayed, replayLoss, type Sight } from "../drill/replay-loss.ts";
import type { WorkloadRef } from "../drill/subject.ts";
import { controlPlaneOf, survives } from "../prove/losses/control-plane.ts";
import type { Model } from "../prove/model/model.ts";
import type { LossResult, ProveResult } from "../prove/result.ts";
import { rangeText } from "../report/duration-text.ts";
import type { ProveSource } from "./prove-source.ts";

/** What is told of a loss. */
export interface Explained {
  readonly loss: LossResult;
  readonly replay: readonly Sight[];
  /** In what the lab is not what was proved. */
  readonly assumed: readonly string[];
}

/** A lab of more takes longer than anybody waits for it. */
const PODS_MAX = 20_000;

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
  const { model, profiles } = source;
  if (model.podCount > PODS_MAX)
    return command.error(
      `error: --explain plays up to ${PODS_MAX} pods in a lab, and there are ${model.podCount}: what the proof says of ${id} is in -o json, under "trace"`,
    );
  const isLossOfNodes = !["pod", "drain", "rollout"].includes(loss.kind);
  const lostNodes = new Set(loss.lost.map((name) => model.nodes.findIndex((n) => n.metadata.name === name)));
  if (isLossOfNodes && !survives(controlPlaneOf(model), lostNodes))
    return command.error(
      `error: ${id} leaves no quorum of the control plane, so that nothing is decided any more; a lab's own control plane stands outside of its nodes and cannot be lost with them`,
    );
  const replay: Replay = {
    cluster: replayedOf(source),
    seed: 1,
    placement: placementOf(model),
    lost: lostOf(loss, model),
    ...(profiles && { profile: profiles }),
  };
  const { sights, assumed } = await replayLoss(replay);
  return { loss, replay: sights, assumed };
}

/** Manifests are applied as they stand, where nobody has to know more than they say. */
function replayedOf({ manifests, nodes, objects = [], model }: ProveSource): Replayed {
  return manifests !== undefined && nodes !== undefined
    ? { manifests, nodes }
    : { objects, minor: model.kubernetesMinor };
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
    const key = kind === "StatefulSet" ? model.keyOf(pod) : `${namespace}/${name}`;
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

export function explainedText({ loss, replay, assumed }: Explained): string {
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
    ...(assumed.length === 0 ? [] : ["In the lab:", ...assumed.map((what) => `  ${what}`), ""]),
    "In a lab, from the loss on for 15 minutes:",
    ...seen,
    "",
  ].join("\n");
}
