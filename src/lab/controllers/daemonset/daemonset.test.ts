import { describe, expect, test } from "vitest";
import {
  type TestControllers,
  type TestControllersOptions,
  testControllers,
} from "../../../../test/support/controllers.ts";
import { type NodeBuilder, node } from "../../../../test/support/nodes.ts";
import { daemonSetDraft, podTemplate } from "../../../../test/support/workloads.ts";
import { controllerRevisions, daemonSets, nodes, pods } from "../../../kube/kinds.ts";
import type { DaemonSet, DaemonSetSpec, Node, Pod } from "../../../kube/types/index.ts";
import { daemonSet } from "./daemonset.ts";

const THREE = ["node-1", "node-2", "node-3"].map((name) => node(name));

function settled(
  spec: Partial<DaemonSetSpec> = {},
  { on = THREE, ...options }: TestControllersOptions & { readonly on?: readonly NodeBuilder[] } = {},
) {
  const lab = testControllers([daemonSet], options);
  for (const { metadata, spec: nodeSpec } of on) addNode(lab, { metadata, spec: nodeSpec });
  lab.api.create(daemonSets, daemonSetDraft("agent", spec));
  lab.runSeconds(10);
  return lab;
}

/** Admission taints every new node as not ready, and its own taints are all that a test is about. */
function addNode({ api }: TestControllers, { metadata, spec }: Pick<Node, "metadata" | "spec">): void {
  const created = api.create(nodes, {
    metadata: { name: metadata.name, ...(metadata.labels && { labels: metadata.labels }) },
    spec,
  });
  api.update(nodes, { ...created, spec });
}

function agent({ api }: TestControllers): DaemonSet {
  const found = api.get(daemonSets, "default", "agent");
  if (found === undefined) throw new Error("There is no DaemonSet agent");
  return found;
}

function change(lab: TestControllers, spec: Partial<DaemonSetSpec>): void {
  const current = agent(lab);
  lab.api.update(daemonSets, { ...current, spec: { ...current.spec, ...spec } });
}

/** "node image" of each pod, in order of nodes; "-" after those that are being deleted. */
function placement({ api }: TestControllers): readonly string[] {
  return api
    .list(pods)
    .map(({ metadata, spec }) => {
      const version = spec.containers[0]?.image.split(":")[1];
      return `${spec.nodeName} ${version}${metadata.deletionTimestamp === undefined ? "" : "-"}`;
    })
    .toSorted();
}

const V2 = "registry.example/app:2";

describe("DaemonSets", () => {
  test("put a pod on every node, which only that node can take and no trouble of the node drives away", () => {
    const lab = settled();
    expect(placement(lab)).toEqual(["node-1 1", "node-2 1", "node-3 1"]);
    const [pod] = lab.api.list(pods);
    expect(pod?.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution).toEqual({
      nodeSelectorTerms: [
        { matchFields: [{ key: "metadata.name", operator: "In", values: [pod?.spec.nodeName] }] },
      ],
    });
    const tolerated = (pod?.spec.tolerations ?? []).map(({ key, effect }) => `${key}:${effect}`);
    expect(tolerated.filter((text) => text.includes("node.kubernetes.io"))).toEqual([
      "node.kubernetes.io/not-ready:NoExecute",
      "node.kubernetes.io/unreachable:NoExecute",
      "node.kubernetes.io/disk-pressure:NoSchedule",
      "node.kubernetes.io/memory-pressure:NoSchedule",
      "node.kubernetes.io/pid-pressure:NoSchedule",
      "node.kubernetes.io/unschedulable:NoSchedule",
    ]);
    expect(pod?.spec.tolerations?.every(({ tolerationSeconds }) => tolerationSeconds === undefined)).toBe(
      true,
    );
  });

  test("label pods with the hash that names their revision", () => {
    const lab = settled();
    const [revision] = lab.api.list(controllerRevisions);
    const hash = revision?.metadata.labels?.["controller-revision-hash"];
    expect(revision?.metadata.name).toBe(`agent-${hash}`);
    expect(lab.api.list(pods)[0]?.metadata.labels?.["controller-revision-hash"]).toBe(hash);
  });

  test("say how many nodes want a pod and how many have one", () => {
    expect(agent(settled()).status).toMatchObject({
      observedGeneration: 1,
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      numberMisscheduled: 0,
      numberReady: 3,
      numberAvailable: 3,
      updatedNumberScheduled: 3,
    });
  });

  test("follow nodes that come, and nodes whose labels or taints change", () => {
    const lab = settled({
      template: {
        ...podTemplate("agent"),
        spec: { ...podTemplate("agent").spec, nodeSelector: { disk: "ssd" } },
      },
    });
    expect(placement(lab)).toEqual([]);
    addNode(lab, node("node-4").labels({ disk: "ssd" }));
    const first = lab.api.get(nodes, undefined, "node-1") as Node;
    lab.api.update(nodes, { ...first, metadata: { ...first.metadata, labels: { disk: "ssd" } } });
    lab.runSeconds(5);
    expect(placement(lab)).toEqual(["node-1 1", "node-4 1"]);
    const labelled = lab.api.get(nodes, undefined, "node-1") as Node;
    lab.api.update(nodes, { ...labelled, metadata: { ...labelled.metadata, labels: {} } });
    lab.runSeconds(5);
    expect(placement(lab)).toEqual(["node-4 1"]);
  });

  test.each([
    {
      name: "stay away from a node with a taint that they do not tolerate",
      taint: "NoSchedule",
      later: false,
      left: 2,
    },
    { name: "stay on a node that gets a NoSchedule taint", taint: "NoSchedule", later: true, left: 3 },
    { name: "leave a node that gets a NoExecute taint", taint: "NoExecute", later: true, left: 2 },
  ] as const)("$name", ({ taint, later, left }) => {
    const tainted = node("node-3").taint("dedicated", taint);
    const lab = settled({}, { on: later ? THREE : [...THREE.slice(0, 2), tainted] });
    const current = lab.api.get(nodes, undefined, "node-3") as Node;
    lab.api.update(nodes, {
      ...current,
      spec: { ...current.spec, taints: [{ key: "dedicated", effect: taint }] },
    });
    lab.runSeconds(10);
    expect(placement(lab)).toHaveLength(left);
  });

  test("come to a cordoned node", () => {
    const lab = settled({}, { on: [node("node-1").cordoned()] });
    expect(placement(lab)).toEqual(["node-1 1"]);
  });

  test("cost nothing while heartbeats change node statuses", () => {
    const lab = settled();
    const current = lab.api.get(nodes, undefined, "node-1") as Node;
    const tasks = lab.engine.tasksRun;
    lab.api.updateStatus(nodes, { ...current, status: { ...current.status, images: [] } });
    lab.runSeconds(3_600);
    expect(lab.engine.tasksRun).toBe(tasks);
  });
});

describe("a rolling update", () => {
  test("replaces the pods of as many nodes at a time as may be unavailable", () => {
    const lab = settled();
    let most = 0;
    lab.api.onChange(pods, () => {
      const running = lab.api
        .list(pods)
        .filter(
          ({ status, metadata }) => status.phase === "Running" && metadata.deletionTimestamp === undefined,
        );
      most = Math.max(most, 3 - running.length);
    });
    change(lab, { template: podTemplate("agent", V2) });
    lab.runSeconds(60);
    expect(placement(lab)).toEqual(["node-1 2", "node-2 2", "node-3 2"]);
    expect(most).toBe(1);
    expect(
      lab.api
        .list(controllerRevisions)
        .map(({ revision }) => revision)
        .toSorted(),
    ).toEqual([1, 2]);
  });

  test("stands still at the first pod that does not get ready", () => {
    const lab = settled(
      {},
      { readyAfterMs: ({ spec }) => (spec.containers[0]?.image === V2 ? undefined : 1_000) },
    );
    change(lab, { template: podTemplate("agent", V2) });
    lab.runSeconds(600);
    expect(placement(lab).filter((text) => text.endsWith("2"))).toHaveLength(1);
    expect(agent(lab).status).toMatchObject({
      updatedNumberScheduled: 1,
      numberAvailable: 2,
      numberUnavailable: 1,
    });
  });

  test("with surge lets the old pod serve until the new one is ready", () => {
    const lab = settled({
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    });
    let least = 3;
    lab.api.onChange(pods, () => {
      const serving = lab.api
        .list(pods)
        .filter(
          ({ status, metadata }) => status.phase === "Running" && metadata.deletionTimestamp === undefined,
        );
      least = Math.min(least, serving.length);
    });
    change(lab, { template: podTemplate("agent", V2) });
    lab.runSeconds(60);
    expect(placement(lab)).toEqual(["node-1 2", "node-2 2", "node-3 2"]);
    expect(least).toBe(3);
  });

  test("waits for a deletion with OnDelete", () => {
    const lab = settled({ updateStrategy: { type: "OnDelete" } });
    change(lab, { template: podTemplate("agent", V2) });
    lab.runSeconds(10);
    const [first] = lab.api.list(pods);
    lab.api.delete(pods, "default", first?.metadata.name ?? "");
    lab.runSeconds(10);
    expect(placement(lab).filter((text) => text.endsWith("2"))).toEqual([`${first?.spec.nodeName} 2`]);
  });
});

describe("a failed daemon pod", () => {
  const fail = (lab: TestControllers) => {
    const pod = lab.api.list(pods).find(({ spec }) => spec.nodeName === "node-1") as Pod;
    lab.api.updateStatus(pods, { ...pod, status: { ...pod.status, phase: "Failed" } });
    return pod;
  };

  test("is killed and made anew", () => {
    const lab = settled();
    const pod = fail(lab);
    lab.runSeconds(10);
    expect(placement(lab)).toEqual(["node-1 1", "node-2 1", "node-3 1"]);
    expect(lab.messages("DaemonSet agent", "FailedDaemonPod")).toEqual([
      `Found failed daemon pod default/${pod.metadata.name} on node node-1, will try to kill it`,
    ]);
  });

  test("is replaced less and less often", () => {
    const lab = settled({}, { on: [node("node-1")], readyAfterMs: () => undefined, stopAfterMs: 1 });
    const killedAt: number[] = [];
    lab.api.onChange(pods, ({ type, object }) => {
      if (type === "DELETED") killedAt.push(lab.engine.now());
      if (type === "MODIFIED" && object.spec.nodeName !== undefined && object.status.phase === "Pending") {
        lab.engine.after(1, () => fail(lab));
      }
    });
    fail(lab);
    lab.runSeconds(40);
    const gaps = killedAt.map((atMs, i) => Math.round((atMs - (killedAt[i - 1] ?? atMs)) / 1_000));
    expect(gaps).toEqual([0, 1, 2, 4, 8, 16]);
  });
});
