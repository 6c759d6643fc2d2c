/**
 * Which losses there are in a cluster. Only names them, in the order in which they were asked for; what they do is for others
 * to work out.
 */

import { isRolledOut } from "../changes/rollout.ts";
import type { Model } from "../model/model.ts";
import { controlPlaneOf } from "./control-plane.ts";
import type { Loss } from "./loss.ts";
import { volumeTopologies } from "./volume-zones.ts";

export const ZONE_LABEL = "topology.kubernetes.io/zone";

/** What is asked for. */
export type LossChoice =
  | {
      readonly kind:
        | "nodes"
        | "zones"
        | "volume-zones"
        | "pairs"
        | "control-plane"
        | "pods"
        | "drains"
        | "rollouts";
    }
  | { readonly kind: "racks"; readonly label: string };

/** How many sets of nodes are looked at one by one; more are answered by certificate, or not at all. */
export const SETS_MAX = 20_000;

export interface Listed {
  readonly losses: readonly Loss[];
  /** What could not be listed, or would say nothing. */
  readonly notes: readonly string[];
}

/** Every loss of those sorts; sets of `nodesAtOnce` nodes too, where they can be counted out. */
export function listLosses(model: Model, choices: readonly LossChoice[], nodesAtOnce?: number): Listed {
  const notes: string[] = [];
  const losses = choices.flatMap((choice) => listed(model, choice, notes));
  if (nodesAtOnce !== undefined && nodesAtOnce > 1) losses.push(...sets(model, nodesAtOnce, notes));
  return { losses, notes };
}

function listed(model: Model, choice: LossChoice, notes: string[]): readonly Loss[] {
  switch (choice.kind) {
    case "nodes":
      return model.nodes.map(({ metadata: { name } }, node) => ({
        id: `node/${name}`,
        kind: "node",
        nodes: [node],
      }));
    case "zones":
      return byLabel(model, "zone", ZONE_LABEL, notes);
    case "racks":
      return byLabel(model, "rack", choice.label, notes);
    case "volume-zones":
      return volumeTopologies(model).map(({ value, nodes }) => ({
        id: `volume-zone/${value}`,
        kind: "volume-zone",
        nodes,
      }));
    case "pairs":
      if (hasTooManyPairs(model)) {
        notes.push(
          `there are more than ${SETS_MAX} pairs of nodes: they are not listed one by one; of each it is decided, with one way of breaking ties, whether all that it displaces finds a node, and the workloads' nodesToBreak says which pairs break what`,
        );
        return [];
      }
      return combinations(model.nodes.length, 2).map((nodes) => ({
        id: idOf("pair", model, nodes),
        kind: "pair",
        nodes,
      }));
    case "control-plane":
      return controlPlaneLosses(model, notes);
    case "pods":
      return podLosses(model);
    case "drains":
      return model.nodes.map(({ metadata: { name } }, node) => ({
        id: `drain/${name}`,
        kind: "drain",
        nodes: [node],
      }));
    case "rollouts":
      return model.workloads.filter(isRolledOut).map(({ index, kind, namespace, name }) => ({
        id: `rollout/${kind}/${namespace}/${name}`,
        kind: "rollout",
        nodes: [],
        workload: index,
      }));
  }
}

function byLabel(model: Model, kind: "zone" | "rack", label: string, notes: string[]): Loss[] {
  const byValue = new Map<string, number[]>();
  for (const [node, { metadata }] of model.nodes.entries()) {
    const value = metadata.labels?.[label];
    if (value === undefined) continue;
    const nodes = byValue.get(value);
    if (nodes === undefined) byValue.set(value, [node]);
    else nodes.push(node);
  }
  if (byValue.size === 0) notes.push(`no node has the label ${label}: there is no ${kind} to lose`);
  const losses: Loss[] = [];
  for (const value of [...byValue.keys()].sort()) {
    const nodes = byValue.get(value) as number[];
    if (nodes.length === model.nodes.length) {
      notes.push(
        `every node is in ${kind} ${value}: losing it is losing the cluster, which is not looked at`,
      );
    } else losses.push({ id: `${kind}/${value}`, kind, nodes });
  }
  return losses;
}

function controlPlaneLosses(model: Model, notes: string[]): Loss[] {
  const { members } = controlPlaneOf(model);
  if (members.length === 0) {
    notes.push(
      "no node runs the control plane as far as can be seen: it is taken to be elsewhere, and to go on",
    );
    return [];
  }
  const losses = members.map(
    (node): Loss => ({ id: idOf("control-plane", model, [node]), kind: "control-plane", nodes: [node] }),
  );
  const breaking = Math.ceil(members.length / 2);
  if (breaking === 1) return losses;
  const quorums = combinations(members.length, breaking).map((picked) =>
    picked.map((index) => members[index] as number),
  );
  return [
    ...losses,
    ...quorums.map(
      (nodes): Loss => ({ id: idOf("control-plane", model, nodes), kind: "control-plane", nodes }),
    ),
  ];
}

function podLosses(model: Model): Loss[] {
  const losses: Loss[] = [];
  for (let pod = 0; pod < model.podCount; pod++) {
    if ((model.nodeOf[pod] as number) < 0 || model.isTerminating(pod)) continue;
    losses.push({ id: `pod/${model.keyOf(pod)}`, kind: "pod", nodes: [], pod });
  }
  return losses;
}

function sets(model: Model, size: number, notes: string[]): Loss[] {
  const count = model.nodes.length;
  if (size >= count) {
    notes.push(
      `there are ${count} nodes: losing ${size} at once is losing the cluster, which is not looked at`,
    );
    return [];
  }
  if (countCombinations(count, size) > SETS_MAX) {
    notes.push(
      `there are more than ${SETS_MAX} sets of ${size} nodes: they are not listed one by one; the workloads' nodesToBreak and the cluster's nodesMayFail hold for all of them`,
    );
    return [];
  }
  return combinations(count, size).map((nodes) => ({
    id: idOf("nodes", model, nodes),
    kind: "nodes",
    nodes,
  }));
}

/** Whether there are too many pairs of nodes to list each. */
export function hasTooManyPairs({ nodes }: Model): boolean {
  return countCombinations(nodes.length, 2) > SETS_MAX;
}

function idOf(kind: string, model: Model, nodes: readonly number[]): string {
  return `${kind}/${nodes.map((node) => model.nodes[node]?.metadata.name).join("+")}`;
}

/** Every choice of `size` of the numbers below `count`, in order. */
export function combinations(count: number, size: number): number[][] {
  const found: number[][] = [];
  const extend = (chosen: readonly number[], from: number) => {
    if (chosen.length === size) found.push([...chosen]);
    else
      for (let next = from; next <= count - (size - chosen.length); next++)
        extend([...chosen, next], next + 1);
  };
  extend([], 0);
  return found;
}

function countCombinations(count: number, size: number): number {
  let combinations = 1;
  for (let i = 1; i <= size; i++) combinations = (combinations * (count - size + i)) / i;
  return combinations;
}
