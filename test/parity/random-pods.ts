import type {
  Container,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  ResourceList,
} from "../../src/kube/types/index.ts";
import { container, type PodBuilder, pod } from "../support/pods.ts";
import { APPS, NAMESPACES, PADDED, SECOND_PROFILE } from "./cases.ts";
import type { Dice } from "./dice.ts";
import { withCompany, withSpread } from "./random-company.ts";
import { IMAGES } from "./random-nodes.ts";

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";
const CPU = ["50m", "0.1", "333m", "0.25", "500m", "1", "1.5", "2", "2750m"] as const;
const MEMORY = ["64Mi", "100M", "0.5Gi", "1.1Gi", "1Gi", "2Gi", "123456789", "3e9"] as const;

/** A pod that waits for a node, without volumes. */
export function randomPod(dice: Dice, name: string, nodeCount: number): PodBuilder {
  const namespace = dice.chance(0.75) ? "default" : dice.pick(Object.keys(NAMESPACES));
  let made = pod(`${namespace}/${name}`).labels({ app: dice.pick(APPS) });
  if (dice.chance(0.3)) made = made.labels({ rev: String(dice.upTo(2)) });
  made = withResources(dice, made);
  if (dice.cases.has("priorities")) {
    const policy = dice.chance(0.1) ? "Never" : "PreemptLowerPriority";
    made = made.priority(dice.pick([-5, 0, 0, 10, 100]), policy);
  }
  if (dice.shows("host ports", 0.4)) made = withPorts(dice, made);
  made = withNodeWishes(dice, made, nodeCount);
  made = withSpread(dice, withCompany(dice, made));
  if (dice.shows("image locality")) made = made.image(dice.pick([...IMAGES, "registry.example/unknown:3"]));
  if (dice.shows("several profiles", 0.5)) made = made.withSpec({ schedulerName: SECOND_PROFILE });
  return made;
}

function withResources(dice: Dice, one: PodBuilder): PodBuilder {
  let made = one.requests(containerRequests(dice));
  if (dice.chance(0.2)) {
    made = made.containers(
      ...made.spec.containers,
      container("second", { resources: resources(containerRequests(dice)) }),
    );
  }
  if (dice.shows("extended resources", 0.5)) made = withExtended(dice, made);
  if (dice.shows("init containers and sidecars")) {
    made = made.initContainers(...dice.some(3, (i) => initContainer(dice, i)));
  }
  if (dice.shows("pod-level resources", 0.5)) made = withPodLevel(dice, made);
  if (dice.shows("overhead", 0.5)) made = made.withSpec({ runtimeClassName: PADDED.name });
  return made;
}

function containerRequests(dice: Dice): ResourceList {
  const isAsking = dice.cases.has("requests") || dice.cases.has("overcommit") || dice.cases.has("priorities");
  const requests: Record<string, string> = {};
  if (dice.chance(isAsking ? 0.8 : 0.4)) requests.cpu = dice.pick(CPU);
  if (dice.chance(isAsking ? 0.7 : 0.3)) requests.memory = dice.pick(MEMORY);
  if (dice.chance(isAsking ? 0.2 : 0.05)) requests["ephemeral-storage"] = dice.pick(["1Gi", "9.5Gi", "30G"]);
  return requests;
}

function resources(requests: ResourceList): Container["resources"] {
  return { requests };
}

/** What is not CPU or memory cannot be overcommitted: limits are the requests. */
function withExtended(dice: Dice, one: PodBuilder): PodBuilder {
  const extended: Record<string, string> = { "example.com/gpu": String(dice.below(3)) };
  if (dice.chance(0.3)) extended["hugepages-2Mi"] = dice.pick(["2Mi", "64Mi", "100Mi"]);
  if (dice.chance(0.2)) extended["example.com/licence"] = "1";
  const [main, ...rest] = one.spec.containers;
  // Huge pages are only for who asks for CPU or memory too.
  const requests = { cpu: "50m", ...main?.resources.requests, ...extended };
  const asking = { ...(main as Container), resources: { requests, limits: extended } };
  return one.containers(asking, ...rest);
}

function initContainer(dice: Dice, i: number): Container {
  const isSidecar = dice.chance(0.5);
  return container(`init-${i}`, {
    resources: resources(containerRequests(dice)),
    ...(isSidecar && { restartPolicy: "Always" as const }),
  });
}

/** The pod's own requests have to cover its containers'. */
function withPodLevel(dice: Dice, one: PodBuilder): PodBuilder {
  const isBare = dice.chance(0.6);
  const bare = isBare
    ? one.containers(...one.spec.containers.map(withoutBasics)).withSpec({ initContainers: [] })
    : one;
  const requests = isBare
    ? {
        ...(dice.chance(0.8) && { cpu: dice.pick(CPU) }),
        ...(dice.chance(0.7) && { memory: dice.pick(MEMORY) }),
      }
    : { cpu: "12", memory: "12Gi" };
  return Object.keys(requests).length === 0 ? bare : bare.withSpec({ resources: { requests } });
}

function withoutBasics(one: Container): Container {
  const { cpu: _cpu, memory: _memory, "hugepages-2Mi": _pages, ...requests } = one.resources.requests ?? {};
  const { "hugepages-2Mi": _limit, ...limits } = one.resources.limits ?? {};
  return { ...one, resources: { requests, limits } };
}

function withPorts(dice: Dice, one: PodBuilder): PodBuilder {
  const protocol = dice.pick(["TCP", "TCP", "UDP"] as const);
  const hostIP = dice.chance(0.3) ? dice.pick(["127.0.0.1", "10.0.0.1", "0.0.0.0"]) : undefined;
  return one.hostPort(80 + dice.below(3), { protocol, ...(hostIP !== undefined && { hostIP }) });
}

function withNodeWishes(dice: Dice, one: PodBuilder, nodeCount: number): PodBuilder {
  let made = one;
  if (dice.shows("taints", 0.6)) {
    const effect = dice.pick([undefined, "NoSchedule", "NoExecute", "PreferNoSchedule"] as const);
    const key = dice.pick(["t0", "t1", "u0", "u1"]);
    const how = dice.chance(0.6)
      ? { operator: "Exists" as const }
      : { operator: "Equal" as const, value: "v" };
    made = made.tolerates({ key, ...how, ...(effect && { effect }) });
    if (dice.chance(0.1)) made = made.tolerates({ operator: "Exists" });
  }
  if (dice.shows("unschedulable", 0.15)) {
    made = made.tolerates({ key: "node.kubernetes.io/unschedulable", operator: "Exists" });
  }
  if (dice.shows("node selector", 0.4)) {
    made = made.nodeSelector({ disk: dice.pick(["ssd", "hdd"]), ...(dice.chance(0.2) && { rack: "k1" }) });
  }
  const required = [
    ...(dice.shows("required node affinity", 0.5) ? dice.some(2, () => term(dice)) : []),
    ...(dice.shows("match fields", 0.4) ? dice.some(2, () => named(dice, nodeCount)) : []),
  ];
  const preferred = dice.shows("preferred node affinity")
    ? dice.some(3, () => ({ weight: dice.upTo(100), preference: term(dice) }))
    : [];
  if (required.length === 0 && preferred.length === 0) return made;
  return made.affinity({
    nodeAffinity: {
      ...(required.length > 0 && { [REQUIRED]: { nodeSelectorTerms: required } }),
      ...(preferred.length > 0 && { [PREFERRED]: preferred }),
    },
  });
}

function term(dice: Dice): NodeSelectorTerm {
  return { matchExpressions: dice.some(2, () => expression(dice)) };
}

function expression(dice: Dice): NodeSelectorRequirement {
  switch (dice.below(4)) {
    case 0:
      return { key: "cores", operator: dice.pick(["Gt", "Lt"]), values: [String(dice.below(20))] };
    case 1:
      return { key: dice.pick(["rack", "disk", "cores"]), operator: dice.pick(["Exists", "DoesNotExist"]) };
    case 2:
      return { key: "rack", operator: "NotIn", values: ["k0"] };
    default:
      return {
        key: "disk",
        operator: dice.pick(["In", "NotIn"]),
        values: dice.some(2, () => dice.pick(["ssd", "hdd"])),
      };
  }
}

function named(dice: Dice, nodeCount: number): NodeSelectorTerm {
  const value = `n${dice.below(nodeCount + 1)}`;
  const operator = dice.chance(0.8) ? "In" : "NotIn";
  const matchFields = [{ key: "metadata.name", operator, values: [value] } as const];
  return { matchFields, ...(dice.chance(0.3) && { matchExpressions: [expression(dice)] }) };
}
