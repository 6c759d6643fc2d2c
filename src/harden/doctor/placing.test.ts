/** Pods that wait for a node, or stand together on one: brought about in a lab, named, and mended by the commands that are given. */
import { describe, expect, test } from "vitest";
import { doctorLab, linesOf, only } from "../../../test/support/harden/doctor-lab.ts";
import { apart, spreadOverNodes, web } from "../../../test/support/harden/yaml.ts";
import { nodes, pods } from "../../kube/kinds.ts";

const NONE: string[] = [];

describe("required anti-affinity with fewer nodes than replicas", () => {
  test("works as intended: scaled to the nodes, nothing waits", async () => {
    const { apply, examine, play } = await doctorLab({ nodes: 3 });
    await apply(web({ replicas: 4, pod: apart() }));
    const found = only(await examine(), "pod-pending");
    expect(found.cause).toMatch(
      /^1 pod \(web-\S+\) waits for a node: no two of its pods may share a node, 4 are wanted \(set by kubectl\) and 3 nodes may take one: the rule works as intended$/,
    );
    expect(found.evidence[0]).toContain("3 node(s) didn't match pod anti-affinity rules");
    expect(found.remedies[0]?.command).toBe("kubectl scale deployment/web -n default --replicas=3");
    await play(found.remedies[0]?.command);
    expect(linesOf(await examine())).toEqual(NONE);
  });

  test("or the rule becomes a wish, and all start", async () => {
    const { apply, examine, passes, play } = await doctorLab({ nodes: 2 });
    await apply(web({ replicas: 3, pod: apart() }));
    const found = only(await examine(), "pod-pending");
    await play(found.remedies[1]?.command);
    // The scheduler tries pods again by itself after five minutes; nothing tells it that the old rule is gone.
    await passes(400);
    expect(linesOf(await examine()).filter((line) => line.includes("pod-pending"))).toEqual(NONE);
  });

  test("an update with a surge is told apart, and mended by letting one go first", async () => {
    const { apply, examine, play } = await doctorLab({ nodes: 3 });
    await apply(
      web({
        replicas: 3,
        pod: apart(),
        spec: "strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }",
      }),
    );
    await apply(
      web({
        replicas: 3,
        pod: apart(),
        image: "example/web:2",
        spec: "strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }",
      }),
    );
    const found = only(await examine(), "pod-pending");
    expect(found.cause).toContain("an update starts a new pod before an old one goes");
    await play(found.remedies[0]?.command);
    expect(linesOf(await examine())).toEqual(NONE);
  });

  test("as many nodes as replicas: nothing is wrong", async () => {
    const { apply, examine } = await doctorLab({ nodes: 3 });
    await apply(web({ replicas: 3, pod: apart() }));
    expect(linesOf(await examine())).toEqual(NONE);
  });
});

describe("pods that wait for other reasons", () => {
  test.each([
    {
      name: "too little CPU: how much is missing",
      yaml: web({ replicas: 1, container: "resources: { requests: { cpu: 6 } }" }),
      cause: /asks for 6 of cpu, and no node that may take it is larger than \d/,
    },
    {
      name: "a label that no node has",
      yaml: web({ replicas: 1, pod: "nodeSelector: { disk: ssd }" }),
      cause: /it wants a node with label disk=ssd, and no node has it/,
      mends: true,
    },
    {
      name: "a claim that is not there",
      yaml: web({
        replicas: 1,
        pod: "volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]",
      }),
      cause: /its claim data does not exist in namespace default/,
    },
    {
      name: "a gate",
      yaml: web({ replicas: 1, pod: "schedulingGates: [{ name: example.com/quota }]" }),
      cause: /waits for whoever set the scheduling gate example.com\/quota to take it off/,
    },
    {
      name: "a scheduler that nobody runs",
      yaml: web({ replicas: 1, pod: "schedulerName: mine" }),
      cause: /waits for scheduler mine, which has not said anything about it/,
    },
  ])("$name", async ({ yaml, cause, mends }) => {
    const { apply, examine, play } = await doctorLab({ nodes: 2, nodeCpu: "4" });
    await apply(yaml);
    const found = only(await examine(), "pod-pending");
    expect(found.cause).toMatch(cause);
    if (!mends) return;
    await play(found.remedies[0]?.command);
    expect(linesOf(await examine())).toEqual(NONE);
  });

  test("cordoned and tainted nodes, each with what opens it", async () => {
    const { client, run, apply, examine, play } = await doctorLab({ nodes: 2 });
    await run(client.patch(nodes, undefined, "node-1", "merge", { spec: { unschedulable: true } }));
    await run(
      client.patch(nodes, undefined, "node-2", "merge", {
        spec: { taints: [{ key: "maintenance", value: "disk", effect: "NoSchedule" }] },
      }),
    );
    await apply(web({ replicas: 1 }));
    const found = only(await examine(), "pod-pending");
    expect(found.cause).toMatch(
      /node-1 is cordoned; and node-2 has a taint that it does not tolerate|node-2 has a taint that it does not tolerate; and node-1 is cordoned/,
    );
    expect(found.evidence).toContain("node-2: taint maintenance=disk:NoSchedule");
    const commands = found.remedies.map(({ command }) => command);
    expect(commands.sort()).toEqual([
      "kubectl taint nodes node-2 maintenance:NoSchedule-",
      "kubectl uncordon node-1",
    ]);
    await play(commands[0]);
    expect(
      linesOf(await examine({ namespace: "default" })).filter((line) => line.includes("pod-pending")),
    ).toEqual(NONE);
  });
});

describe("pods on one node", () => {
  /** The second node is cordoned while pods are placed. */
  async function onOneNode(yaml: string) {
    const made = await doctorLab({ nodes: 2 });
    const { client, run, apply } = made;
    const cordon = (unschedulable: boolean) =>
      run(client.patch(nodes, undefined, "node-2", "merge", { spec: { unschedulable } }));
    await cordon(true);
    await apply(yaml);
    await cordon(false);
    await made.passes(10);
    return made;
  }

  test("with no rule a patch spreads them; no pod is to be deleted", async () => {
    const { examine, play } = await onOneNode(web());
    const found = only(await examine(), "pods-on-one-node");
    expect(found.cause).toBe(
      "all 2 of its pods are on node-1: nothing asks the scheduler to keep them apart",
    );
    expect(found.remedies.map(({ command }) => command)).toEqual([
      expect.stringMatching(
        /^kubectl patch deployment\/web -n default --type=strategic -p '.*topologySpreadConstraints/,
      ),
    ]);
    await play(found.remedies[0]?.command);
    expect(linesOf(await examine())).toEqual(NONE);
  });

  test.each([
    { name: "a wish", pod: spreadOverNodes("web", "ScheduleAnyway"), says: "its rule is a wish only" },
    { name: "a constraint", pod: spreadOverNodes(), says: "placed before the rule was there" },
  ])("with $name the one to delete is named, and comes up on the other node", async ({ pod, says }) => {
    const { client, run, examine, play } = await onOneNode(
      web({ pod: pod.replace("whenUnsatisfiable", "nodeTaintsPolicy: Honor\n    whenUnsatisfiable") }),
    );
    const found = only(await examine(), "pods-on-one-node");
    expect(found.cause).toContain(says);
    expect(found.remedies[0]?.command).toMatch(/^kubectl delete pod web-\S+ -n default$/);
    await play(found.remedies[0]?.command);
    expect(linesOf(await examine())).toEqual(NONE);
    const where = (await run(client.list(pods, { namespace: "default" }))).items.map(
      ({ spec }) => spec.nodeName,
    );
    expect(where.sort()).toEqual(["node-1", "node-2"]);
  });

  test("where no other node would take them, it says so", async () => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(web({ pod: "nodeSelector: { kubernetes.io/hostname: node-1 }" }));
    const found = only(await examine(), "pods-on-one-node");
    expect(found.cause).toBe("all 2 of its pods are on node-1: it is the only node that would take them");
    expect(found.remedies.map(({ command }) => command)).toEqual([undefined]);
  });

  test("one pod, or two on two nodes: nothing is wrong", async () => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(`${web({ name: "one", replicas: 1 })}${web({ pod: spreadOverNodes() })}`);
    expect(linesOf(await examine())).toEqual(NONE);
  });

  test("two of three on one node while another is empty, though they are to be spread", async () => {
    const { client, run, apply, examine, passes, play } = await doctorLab({ nodes: 3 });
    await run(client.patch(nodes, undefined, "node-3", "merge", { spec: { unschedulable: true } }));
    await apply(web({ replicas: 3, pod: spreadOverNodes("web", "ScheduleAnyway") }));
    await run(client.patch(nodes, undefined, "node-3", "merge", { spec: { unschedulable: false } }));
    await passes(10);
    const found = only(await examine(), "spread-not-kept");
    expect(found.cause).toMatch(
      /^2 of its pods share node-[12] though it asks to have them spread: .*; node-3 could take one$/,
    );
    await play(found.remedies[0]?.command);
    expect(linesOf(await examine())).toEqual(NONE);
  });
});
