import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { node } from "../../test/support/nodes.ts";
import { type PodBuilder, pod } from "../../test/support/pods.ts";
import type { Node } from "../kube/types/index.ts";
import { snapshotOf } from "./feed.ts";
import type { NodeInfo } from "./node-info.ts";
import { podInfo } from "./pod-info.ts";
import { Snapshot } from "./snapshot.ts";

/** Everything that plugins read of a node, in a form that can be compared. */
function picture(info: NodeInfo) {
  const names = (pods: readonly { readonly key: string }[]) => pods.map(({ key }) => key).sort();
  return {
    name: info.name,
    pods: names(info.pods),
    inDefault: names(info.podsIn("default")),
    withAffinity: names(info.podsWithAffinity),
    cpu: info.requestedMilliCpu,
    memory: info.requestedMemoryBytes,
    nonZero: [info.nonZeroMilliCpu, info.nonZeroMemoryBytes],
    gpus: info.requestedScalars.get("example.com/gpu") ?? 0,
    port80: info.usedPorts?.conflictsWith([{ ip: "0.0.0.0", port: "TCP/80" }]) ?? false,
    usesData: info.usesClaim("default/data"),
    hardTaints: info.hardTaints.length,
    allocatableCpu: info.allocatable.milliCpu,
    images: [...info.images].map(([name, { nodeNames }]) => [name, nodeNames.size]),
  };
}

const somePods: readonly PodBuilder[] = [
  pod("plain"),
  pod("cpu").requests({ cpu: "500m", memory: "1Gi" }),
  pod("gpu").requests({ "example.com/gpu": "1" }),
  pod("port").hostPort(80),
  pod("claim").claims("data"),
  pod("loner").labels({ app: "l" }).apartFrom({ app: "l" }),
  pod("social").near({ app: "l" }),
  pod("elsewhere/cpu").requests({ cpu: "1" }),
];
const image = { names: ["app:1"], sizeBytes: 1 };
const someNodes: readonly Node[] = ["a", "b", "c"].flatMap((name, i) => [
  node(name).zone(`z${i % 2}`),
  node(name)
    .zone(`z${i % 2}`)
    .taint("x")
    .capacity({ cpu: "7" }),
  node(name).zone("z9").images(image),
]);

type Step =
  | { readonly what: "set-node"; readonly node: Node }
  | { readonly what: "remove-node"; readonly name: string }
  | { readonly what: "set-pod"; readonly pod: PodBuilder }
  | { readonly what: "remove-pod"; readonly uid: string };

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom(...someNodes).map((one) => ({ what: "set-node" as const, node: one })),
  fc.constantFrom("a", "b", "c").map((name) => ({ what: "remove-node" as const, name })),
  fc
    .tuple(fc.constantFrom(...somePods), fc.constantFrom("a", "b", "c"))
    .map(([one, name]) => ({ what: "set-pod" as const, pod: one.on(name) })),
  fc.constantFrom(...somePods).map((one) => ({ what: "remove-pod" as const, uid: one.metadata.uid })),
);

describe("a snapshot", () => {
  test("that followed changes is the same as one made of what is left", () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 40 }), (sequence) => {
        const followed = new Snapshot();
        const nodes = new Map<string, Node>();
        const pods = new Map<string, PodBuilder>();
        for (const step of sequence) {
          if (step.what === "set-node") {
            followed.setNode(step.node);
            nodes.set(step.node.metadata.name, step.node);
          } else if (step.what === "remove-node") {
            followed.removeNode(step.name);
            nodes.delete(step.name);
          } else if (step.what === "set-pod") {
            followed.setPod(step.pod);
            pods.set(step.pod.metadata.uid, step.pod);
          } else {
            followed.removePod(step.uid);
            pods.delete(step.uid);
          }
        }
        const rebuilt = snapshotOf([...nodes.values(), ...pods.values()]);
        const pictures = (snapshot: Snapshot) =>
          snapshot.nodes.map(picture).sort((a, b) => (a.name < b.name ? -1 : 1));
        expect(pictures(followed)).toEqual(pictures(rebuilt));
      }),
    );
  });

  test("takes one node of each zone in turn", () => {
    const zones = { a: "z1", b: "z1", c: "z1", d: "z2", e: "z3", f: "z3" };
    const snapshot = snapshotOf(Object.entries(zones).map(([name, zone]) => node(name).zone(zone)));
    expect(snapshot.nodes.map(({ name }) => name)).toEqual(["a", "d", "e", "b", "f", "c"]);
    snapshot.setNode(node("b").zone("z2"));
    expect(snapshot.nodes.map(({ name }) => name)).toEqual(["a", "d", "e", "c", "b", "f"]);
  });

  test("keeps the pods of a node that goes and comes again", () => {
    const snapshot = snapshotOf([node("a"), pod("p").on("a").requests({ cpu: "1" })]);
    snapshot.removeNode("a");
    expect(snapshot.nodes).toEqual([]);
    expect(snapshot.node("a")).toBeUndefined();
    snapshot.setNode(node("a"));
    expect(snapshot.node("a")?.requestedMilliCpu).toBe(1_000);
  });

  test("counts an assumed pod once when the real one arrives", () => {
    const snapshot = snapshotOf([node("a")]);
    snapshot.assume(pod("p").requests({ cpu: "1" }), "a");
    snapshot.setPod(pod("p").requests({ cpu: "1" }).on("a").running());
    expect(snapshot.node("a")?.requestedMilliCpu).toBe(1_000);
    expect(snapshot.node("a")?.pods).toHaveLength(1);
  });

  test("moves an assumed pod that somebody bound elsewhere", () => {
    const snapshot = snapshotOf([node("a"), node("b")]);
    snapshot.assume(pod("p"), "a");
    snapshot.setPod(pod("p").on("b"));
    expect(snapshot.node("a")?.pods).toHaveLength(0);
    expect(snapshot.node("b")?.pods).toHaveLength(1);
  });
});

describe("a fork of a node", () => {
  test("changes without the node", () => {
    const snapshot = snapshotOf([
      node("a"),
      pod("p").on("a").requests({ cpu: "1" }).hostPort(80).claims("data"),
    ]);
    const info = snapshot.node("a") as NodeInfo;
    const before = picture(info);
    const fork = info.fork();
    expect(picture(fork)).toEqual(before);
    fork.addPod(podInfo(pod("q").requests({ cpu: "2", "example.com/gpu": "1" })));
    fork.removePod(podInfo(pod("p").on("a")));
    expect(picture(info)).toEqual(before);
    expect(picture(fork)).toMatchObject({
      pods: ["default/q"],
      cpu: 2_000,
      gpus: 1,
      port80: false,
      usesData: false,
    });
  });
});

describe("what is read of a pod", () => {
  test("is read once per pod object, and its containers once for all objects around them", () => {
    const pending = pod("p").requests({ cpu: "1" });
    const bound = pending.on("a").labels({ x: "y" });
    expect(podInfo(pending)).toBe(podInfo(pending));
    expect(podInfo(bound)).not.toBe(podInfo(pending));
    expect(podInfo(bound).requests).toBe(podInfo(pending).requests);
  });

  test("follows a resize in place: the largest of wished, granted and running", () => {
    const status = (cpu: string, granted: string) => ({
      containerStatuses: [
        {
          name: "main",
          state: {},
          lastState: {},
          ready: true,
          restartCount: 0,
          image: "",
          imageID: "",
          resources: { requests: { cpu } },
          allocatedResources: { cpu: granted },
        },
      ],
    });
    const wished = pod("p").on("a").requests({ cpu: "2" });
    expect(podInfo(wished.withStatus(status("1", "1"))).requests.milliCpu).toBe(2_000);
    expect(podInfo(wished.withStatus(status("3", "1"))).requests.milliCpu).toBe(3_000);
    const infeasible = wished
      .withStatus(status("1", "1"))
      .condition({ type: "PodResizePending", status: "True", reason: "Infeasible" });
    expect(podInfo(infeasible).requests.milliCpu).toBe(1_000);
  });
});
