import type { ResourceList } from "../../src/kube/types/index.ts";
import { type NodeBuilder, node } from "../support/nodes.ts";
import { REGION, ZONE } from "./cases.ts";
import type { Dice } from "./dice.ts";

const MB = 1024 * 1024;
const ZONES = ["z0", "z1", "z2", "z3"] as const;

/** The names of the images that lie on some nodes. */
export const IMAGES = ["registry.example/app:1", "registry.example/big", "registry.example/tiny:2"] as const;

/** A node as the cluster's cases want it. */
export function randomNode(dice: Dice, i: number): NodeBuilder {
  let made = node(`n${i}`).allocatable(allocatable(dice));
  // A cluster may have nodes that say nothing of where they are.
  if (dice.chance(0.85)) made = made.labels({ [ZONE]: dice.pick(ZONES) });
  if (dice.chance(0.3)) made = made.labels({ [REGION]: dice.pick(["r0", "r1"]) });
  if (dice.chance(0.6)) made = made.labels({ disk: dice.pick(["ssd", "hdd"]) });
  if (dice.chance(0.6)) made = made.labels({ cores: dice.chance(0.1) ? "many" : String(dice.below(20)) });
  if (dice.chance(0.3)) made = made.labels({ rack: `k${dice.below(3)}` });
  made = withTaints(dice, made);
  if (dice.shows("unschedulable", 0.25)) {
    made = dice.chance(0.5) ? made.cordoned() : made.withSpec({ unschedulable: true });
  }
  if (dice.shows("image locality")) made = withImages(dice, made);
  return made;
}

function allocatable(dice: Dice): ResourceList {
  const small = dice.cases.has("priorities") || dice.cases.has("overcommit");
  const list: Record<string, string> = {
    cpu: dice.pick(small ? ["1", "1500m", "2", "2.5"] : ["2", "3.9", "4", "7910m", "8", "16"]),
    memory: dice.pick(["2Gi", "4Gi", "7.5Gi", "8000M", "16Gi", "6222333444", "1e10"]),
    "ephemeral-storage": dice.pick(["20Gi", "100Gi", "47093746742"]),
    pods: dice.chance(0.1) ? String(dice.upTo(4)) : "110",
  };
  if (dice.shows("extended resources")) {
    list["example.com/gpu"] = String(dice.below(5));
    if (dice.chance(0.5)) list["hugepages-2Mi"] = dice.pick(["64Mi", "256Mi"]);
    if (dice.chance(0.3)) list["example.com/licence"] = String(dice.upTo(3));
  }
  return list;
}

function withTaints(dice: Dice, made: NodeBuilder): NodeBuilder {
  let tainted = made;
  if (dice.shows("taints", 0.4)) {
    const effect = dice.pick(["NoSchedule", "NoExecute", "PreferNoSchedule"] as const);
    tainted = tainted.taint(
      `t${dice.below(3)}`,
      effect,
      dice.chance(0.5) ? dice.pick(["v", "w"]) : undefined,
    );
  }
  if (dice.shows("taints", 0.4)) tainted = tainted.taint(`u${dice.below(3)}`, "PreferNoSchedule");
  return tainted;
}

function withImages(dice: Dice, made: NodeBuilder): NodeBuilder {
  const present = IMAGES.filter(() => dice.chance(0.5));
  const images = present.map((name) => ({
    names: [
      name.includes(":") ? name : `${name}:latest`,
      `${name.replace(/:.*/, "")}@sha256:${"0".repeat(64)}`,
    ],
    sizeBytes: sizeOf(name),
  }));
  return made.images(...images);
}

/** An image has the same size everywhere: that of which node would count is up to the order of their coming. */
function sizeOf(name: string): number {
  return name.includes("big") ? 1_700 * MB : name.includes("tiny") ? 30 * MB : 420 * MB + 12_345;
}
