import { describe, expect, test } from "vitest";
import { parseProfile } from "../lab/node/profile-file.ts";
import { drive } from "../time/drive.ts";
import { parseManifests } from "../view/manifests.ts";
import { NoSubjectError } from "./no-subject-error.ts";
import { playScenario, type Stage, scenarioNames, setStage } from "./story.ts";

const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: example.org/web:1, ports: [{containerPort: 80}]}
`;
const SERVICE = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}
`;
const DATABASE = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - {name: db, image: "postgres:16", ports: [{containerPort: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 5432}]}
`;

function input(manifests: readonly string[], { seed = 1, profile = "" } = {}) {
  return {
    seed,
    nodes: 3,
    manifests: parseManifests(manifests.join("\n---\n"), "app.yaml"),
    profile: parseProfile(profile, "profile.yaml"),
  };
}

function play(stage: Stage, name: string) {
  const index = scenarioNames(stage.subject, [...stage.lab.world.machines.keys()]).indexOf(name);
  return playScenario(stage, index);
}

describe("a stage", () => {
  test("is the same for the same seed, to the last trace line", async () => {
    const stages = await Promise.all(
      [1, 1, 2].map((seed) => setStage(input([WEB, SERVICE], { seed }), true)),
    );
    const hashes = stages.map((stage) => stage.lab.engine.traceHash);
    expect(hashes[0]).toBe(hashes[1]);
    const pods = stages.map((stage) => JSON.stringify(stage.placement));
    expect(pods[0]).toBe(pods[1]);
    expect(stages[0]?.lab.engine.now()).not.toBe(stages[2]?.lab.engine.now());
  });

  test("gives a Service without a node port one, and says so", async () => {
    const stage = await setStage(input([WEB, SERVICE.replace("type: NodePort, ", "")]), false);
    expect(stage.assumed).toContain("Service shop/web can be reached from outside, at a node port");
  });

  test("asks the first workload that has a Service, wherever the others stand", async () => {
    const other = WEB.replaceAll("web", "agent");
    const clusterIp = SERVICE.replace("type: NodePort, ", "");
    const stage = await setStage(input([other, WEB, clusterIp]), false);
    expect(stage.subject.app.name).toBe("web");
  });

  test.each([
    { name: "no Service is there", manifests: [WEB] },
    {
      name: "the only Service has no address",
      manifests: [WEB, SERVICE.replace("NodePort", "ClusterIP, clusterIP: None")],
    },
    { name: "the only Service leads to a database", manifests: [DATABASE] },
  ])("cannot be set where $name", async ({ manifests }) => {
    await expect(setStage(input(manifests), false)).rejects.toThrow(NoSubjectError);
  });

  test("says beside a missing subject what was left out, as that is often why", async () => {
    const widget = "apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: a}\n";
    await expect(setStage(input([widget]), false)).rejects.toThrow(
      /app.yaml, line 1: no matches for kind "Widget"/,
    );
  });

  test("waits for a custom kind that its own files define", async () => {
    const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`;
    const widget = "apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: a, namespace: shop}\n";
    const stage = await setStage(input([widget, WEB, SERVICE, definition]), false);
    expect(stage.findings).toEqual([]);
    expect(stage.lab.findKind("example.org/v1", "Widget")).toBeDefined();
  });

  test("says which of the application's traits were guessed", async () => {
    const guessed = await setStage(input([WEB, SERVICE]), false);
    expect(guessed.assumed).toEqual([
      "namespace shop",
      expect.stringContaining("startSeconds in a --profile"),
      expect.stringContaining("where shop/web keeps logins"),
    ]);
    const profile = "workloads: {web: {sessions: cookie, startSeconds: [1, 1]}}";
    const told = await setStage(input([WEB, SERVICE], { profile }), false);
    expect(told.assumed.join("\n")).not.toMatch(/profile/);
  });

  test("changes nothing for the sake of logins that nothing speaks of", async () => {
    const planned = async (profile: string) => {
      const stage = await setStage(input([WEB, SERVICE], { profile }), true);
      return stage.hardening?.plan.steps.map((step) => step.target.kind.kind);
    };
    expect(await planned("")).not.toContain("Service");
    expect(await planned("workloads: {web: {sessions: memory}}")).toContain("Service");
  });

  test.each([
    {
      name: "an image that cannot be pulled",
      manifests: [WEB, SERVICE],
      profile: "workloads: {web: {unavailable: true}}",
      where: /^Pod shop\/web-/,
      what: /is not ready: (ErrImagePull|ImagePullBackOff): /,
    },
    {
      name: "a claim that nothing can serve",
      manifests: [
        WEB.replace(
          "    spec:\n      containers:",
          "    spec:\n      volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]\n      containers:",
        ),
        SERVICE,
        `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data, namespace: shop}\nspec: {accessModes: [ReadWriteOnce], storageClassName: "", resources: {requests: {storage: 1Gi}}}`,
      ],
      profile: "",
      where: /^Pod shop\/web-/,
      what: /is Pending: 0\/3 nodes are available: pod has unbound immediate PersistentVolumeClaims/,
    },
    {
      name: "a pod that fits nowhere",
      manifests: [
        WEB.replace(
          "image: example.org/web:1",
          'image: example.org/web:1, resources: {requests: {cpu: "40"}}',
        ),
        SERVICE,
      ],
      profile: "",
      where: /^Pod shop\/web-/,
      what: /is Pending: 0\/3 nodes are available: 3 Insufficient cpu/,
    },
    {
      name: "a ConfigMap that is missing",
      manifests: [
        WEB.replace(
          "image: example.org/web:1",
          "image: example.org/web:1, envFrom: [{configMapRef: {name: nowhere}}]",
        ),
        SERVICE,
      ],
      profile: "",
      where: /^Pod shop\/web-/,
      what: /CreateContainerConfigError: configmap "nowhere" not found/,
    },
    {
      name: "a service account that is missing",
      manifests: [
        WEB.replace(
          "    spec:\n      containers:",
          "    spec:\n      serviceAccountName: nobody\n      containers:",
        ),
        SERVICE,
      ],
      profile: "",
      where: /^Deployment shop\/web/,
      what: /cannot make its pods: .*serviceaccount "nobody" not found/,
    },
  ])("shows $name as a user of the real thing would see it", async ({ manifests, profile, where, what }) => {
    const { findings } = await setStage(input(manifests, { profile }), false);
    const finding = findings.find((candidate) => where.test(candidate.where));
    expect(finding?.what).toMatch(what);
  });
});

describe("a failure", () => {
  test("loses no login where nothing speaks of logins", async () => {
    const stage = await setStage(input([WEB, SERVICE]), false);
    expect((await play(stage, "pod of web deleted")).measured.loginKept).toBeNull();
  });

  test("may be a rollout of a DaemonSet", async () => {
    const daemon = WEB.replace("kind: Deployment", "kind: DaemonSet").replace("  replicas: 1\n", "");
    const stage = await setStage(input([daemon, SERVICE]), false);
    expect((await play(stage, "rolling update of web")).measured.repairedSeconds).toBeGreaterThan(0);
  });

  test("may be a drain that a budget forbids, and then says so in the API server's words", async () => {
    const budget = `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
`;
    const stage = await setStage(input([WEB, SERVICE, budget]), false);
    const result = await play(stage, "node under web drained");
    expect(result.answeredBefore).toBe(true);
    expect(result.unfinished).toMatch(/could not evict pod web-.*disruption budget web needs 1 healthy pods/);
  });

  test("loses what was written to a pod's own disk, and the client's rows show it", async () => {
    const stage = await setStage(input([WEB, SERVICE, DATABASE]), false);
    const { measured } = await play(stage, "pod of db deleted");
    expect(measured.rowsAcknowledged).toBeGreaterThan(100);
    expect(measured.rowsLost).toBeGreaterThan(0);
  });

  test.each([
    { sessions: "memory", kept: false },
    { sessions: "cookie", kept: true },
  ])("ends a login kept in $sessions: $kept is whether it survives", async ({ sessions, kept }) => {
    const stage = await setStage(
      input([WEB, SERVICE], { profile: `workloads: {web: {sessions: ${sessions}}}` }),
      false,
    );
    expect((await play(stage, "pod of web deleted")).measured.loginKept).toBe(kept);
  });

  test("of one of two improved replicas is no outage, where the single one was", async () => {
    const outages = await Promise.all(
      [false, true].map(async (hardened) => {
        const stage = await setStage(
          input([WEB, SERVICE], { profile: "workloads: {web: {sessions: cookie}}" }),
          hardened,
        );
        return (await play(stage, "rolling update of web")).measured.outageSeconds;
      }),
    );
    expect(outages[1]).toBe(0);
  });

  test("is undone: the node is there again at the end", async () => {
    const stage = await setStage(input([WEB, SERVICE]), false);
    await play(stage, "node-1 powered off");
    // A machine takes its time to boot.
    await drive(stage.lab.engine, stage.lab.engine.sleep(300_000));
    expect([...stage.lab.world.machines.values()].every((machine) => machine.state === "on")).toBe(true);
  });
});
