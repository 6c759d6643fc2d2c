import { describe, expect, test } from "vitest";
import { completeObject } from "../kube/defaults/complete.ts";
import { findKind } from "../kube/kinds.ts";
import type { Deployment, KubeObject } from "../kube/types/index.ts";
import { ClusterView } from "../view/cluster-view.ts";
import { parseManifests } from "../view/manifests.ts";
import { placeOfKind, withValueAt } from "./fields/field-path.ts";
import { planHardening } from "./plan.ts";
import type { Traits } from "./traits.ts";

const CLASS = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: longhorn}
provisioner: driver.longhorn.io
`;

const NODES = (count: number) =>
  Array.from({ length: count }, (_, i) => `apiVersion: v1\nkind: Node\nmetadata: {name: n${i + 1}}\n`).join(
    "---\n",
  );

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
      - name: web
        image: example.org/web:latest
        livenessProbe: {httpGet: {path: /healthz, port: 80}, initialDelaySeconds: 30}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;

const CLAIM = (name: string, storageClass: string) => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${name}, namespace: shop}
spec: {accessModes: [ReadWriteOnce], storageClassName: ${storageClass}, resources: {requests: {storage: 1Gi}}}
`;

const withClaim = (manifest: string, name: string) =>
  manifest.replace(
    "    spec:\n      containers:",
    `    spec:\n      volumes: [{name: data, persistentVolumeClaim: {claimName: ${name}}}]\n      containers:`,
  );

function complete(manifests: readonly string[]): KubeObject[] {
  return parseManifests(manifests.join("\n---\n"), "test.yaml").map(({ object }) => {
    const kind = findKind(object.apiVersion, object.kind);
    if (kind === undefined) throw new Error(`No kind ${object.kind}`);
    return completeObject(kind, object as unknown as KubeObject);
  });
}

function plan(manifests: readonly string[], traits: Partial<Traits> = {}) {
  const known: Traits = { role: "web", sessions: "cookie", sticky: false, ...traits };
  return planHardening(new ClusterView(complete(manifests)), () => known);
}

const stepsOf = (p: ReturnType<typeof plan>) =>
  p.steps.map(
    (step) => `${step.phase} ${step.action} ${step.target.kind.kind}/${step.target.name} ${step.gate}`,
  );
const patchOf = (p: ReturnType<typeof plan>) => {
  const step = p.steps.find(
    (s) => s.action === "patch" && s.target.kind.kind === "Deployment" && s.gate === "rolled-out",
  );
  if (step?.action !== "patch") throw new Error("No patch of the workload");
  const place = placeOfKind(step.target.kind);
  const objectOf = (side: "before" | "after") =>
    step.fields.reduce((object, field) => withValueAt(object, field.path, field[side], place), {}) as {
      spec: Partial<Deployment["spec"]>;
    };
  return { patch: objectOf("after"), revert: objectOf("before") };
};

describe("planHardening", () => {
  test("gives a stateless workload a second replica, spread, patience, a budget", () => {
    const p = plan([NODES(3), WEB]);
    expect(stepsOf(p)).toEqual([
      "1 patch Deployment/web rolled-out",
      "3 create PodDisruptionBudget/web none",
    ]);
    const { spec } = patchOf(p).patch;
    expect(spec.replicas).toBe(2);
    expect(spec.strategy?.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    expect(spec.template?.spec.topologySpreadConstraints?.[0]).toMatchObject({
      maxSkew: 1,
      nodeTaintsPolicy: "Honor",
    });
    expect(spec.template?.spec.containers?.[0]?.lifecycle?.preStop).toEqual({ sleep: { seconds: 10 } });
    expect(spec.template?.spec.containers?.[0]?.startupProbe).toMatchObject({ failureThreshold: 150 });
    expect(spec.template?.spec.containers?.[0]?.imagePullPolicy).toBe("IfNotPresent");
    expect(spec.template?.spec.tolerations?.map((t) => t.tolerationSeconds)).toEqual([30, 30]);
  });

  test("lets an old pod go first where no node is free for a new one", () => {
    const apart =
      "      affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}]}}\n";
    const alone = WEB.replace("      containers:", `${apart}      containers:`);
    const rollingUpdate = (nodes: number, manifest: string) =>
      patchOf(plan([NODES(nodes), manifest])).patch.spec.strategy?.rollingUpdate;
    expect(rollingUpdate(2, alone)).toEqual({ maxSurge: 0, maxUnavailable: 1 });
    expect(rollingUpdate(3, alone)).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    // Counted by revision, an extra pod finds a place beside an old one.
    expect(rollingUpdate(2, WEB)).toEqual({ maxSurge: 1, maxUnavailable: 0 });
  });

  test("refuses a second replica on a single node, and a budget with it", () => {
    const p = plan([NODES(1), WEB]);
    expect(p.refusals.map((r) => r.rule)).toContain("replicas");
    expect(stepsOf(p)).toEqual(["1 patch Deployment/web rolled-out"]);
    expect(patchOf(p).patch.spec.replicas).toBeUndefined();
  });

  test("moves a claim that one node can mount: new claim, stop, copy, switch", () => {
    const p = plan([NODES(3), CLASS, CLAIM("data", "longhorn"), withClaim(WEB, "data")]);
    expect(stepsOf(p)).toEqual([
      "1 create PersistentVolumeClaim/data-shared none",
      "1 patch Deployment/web no-pods",
      "1 create Job/data-copy job-complete",
      "1 patch Deployment/web rolled-out",
      "3 create PodDisruptionBudget/web none",
    ]);
    const { patch, revert } = patchOf(p);
    expect(patch.spec.template?.spec.volumes?.[0]?.persistentVolumeClaim?.claimName).toBe("data-shared");
    expect(revert.spec.template?.spec.volumes?.[0]?.persistentVolumeClaim?.claimName).toBe("data");
    expect([revert.spec.replicas, patch.spec.replicas]).toEqual([0, 2]);
  });

  test("refuses to share a volume of a class that cannot, and keeps one replica that stops before it starts anew", () => {
    const local = CLASS.replace("longhorn}", "local-path}").replace(
      "driver.longhorn.io",
      "rancher.io/local-path",
    );
    const p = plan([NODES(3), local, CLAIM("data", "local-path"), withClaim(WEB, "data")]);
    expect(p.refusals.find((r) => r.rule === "shared-claim")?.why).toContain(
      "can be mounted by one node only",
    );
    expect(patchOf(p).patch.spec.strategy?.type).toBe("Recreate");
    expect(patchOf(p).patch.spec.replicas).toBeUndefined();
  });

  test("leaves alone what somebody scaled to zero", () => {
    const p = plan([NODES(3), WEB.replace("replicas: 1", "replicas: 0")]);
    expect(p.steps).toEqual([]);
    expect(p.refusals.map((refusal) => refusal.why)).toEqual([expect.stringContaining("scaled to zero")]);
  });

  test("adds no stickiness and speaks of no session store where nothing says where logins are kept", () => {
    const p = plan([NODES(3), WEB], { sessions: undefined });
    expect(stepsOf(p)).not.toContain("1 patch Service/web none");
    expect(p.refusals).toEqual([]);
  });

  test("leaves the replicas to an autoscaler that owns them, and names its minimum", () => {
    const scaler = (min: number) =>
      `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web, namespace: shop}\nspec: {minReplicas: ${min}, maxReplicas: 5, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}\n`;
    const low = plan([NODES(3), WEB, scaler(1)]);
    expect(low.refusals.find((r) => r.rule === "replicas")?.wouldHelp).toBe("set minReplicas of web to 2");
    expect(patchOf(low).patch.spec.replicas).toBeUndefined();
    expect(plan([NODES(3), WEB, scaler(2)]).refusals.map((r) => r.rule)).not.toContain("replicas");
  });

  test("never doubles a database", () => {
    const p = plan([NODES(3), WEB], { role: "database" });
    expect(p.refusals[0]?.why).toContain("a second database");
    expect(patchOf(p).patch.spec).toMatchObject({ strategy: { type: "Recreate" } });
    expect(p.steps.some((step) => step.target.kind.kind === "PodDisruptionBudget")).toBe(false);
  });

  test("sends a client to the same pod only where its protocol or its login needs that", () => {
    expect(stepsOf(plan([NODES(3), WEB], { sticky: true }))).toContain("1 patch Service/web none");
    expect(stepsOf(plan([NODES(3), WEB], { sessions: "memory" }))).toContain("1 patch Service/web none");
    expect(stepsOf(plan([NODES(3), WEB]))).not.toContain("1 patch Service/web none");
  });

  test("leaves out a session store that a signed cookie does not need, and says why", () => {
    expect(plan([NODES(3), WEB]).refusals.find((r) => r.rule === "session-store")?.why).toContain(
      "signed into a cookie",
    );
  });

  test("does not count nodes that would not take the pods", () => {
    const cordoned = NODES(3).replace(
      "metadata: {name: n3}",
      "metadata: {name: n3}\nspec: {unschedulable: true}",
    );
    const [, second] = NODES(2).split("---\n");
    const only = cordoned.replace(second ?? "", `${(second ?? "").trim()}\nspec: {unschedulable: true}\n`);
    expect(plan([only, WEB]).refusals.find((r) => r.rule === "replicas")?.why).toBe(
      "only one node may run it",
    );
  });

  test("a plan of what is already so has nothing left to do", () => {
    const [step] = plan([NODES(3), WEB]).steps;
    const objects = complete([NODES(3), WEB]).map((object) =>
      object.kind === "Deployment" && step?.action === "patch"
        ? step.fields.reduce(
            (changed, { path, after }) => withValueAt(changed, path, after, placeOfKind(step.target.kind)),
            object,
          )
        : object,
    );
    const second = planHardening(new ClusterView(objects), () => ({
      role: "web",
      sessions: "cookie",
      sticky: false,
    }));
    expect(second.steps.filter((step) => step.action === "patch")).toEqual([]);
  });
});
