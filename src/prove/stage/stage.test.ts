import { describe, expect, test } from "vitest";
import type { KubeObject, Pod } from "../../kube/types/index.ts";
import { InputError } from "../../view/input-error.ts";
import { parseManifests } from "../../view/manifests.ts";
import { DEFAULT_NODES, parseAssumedNodes } from "./assumed-nodes.ts";
import { stageManifests } from "./stage.ts";

function stage(text: string, nodes = DEFAULT_NODES) {
  return stageManifests(parseManifests(text, "case.yaml"), { nodes, seed: 1 });
}

function podsOf(objects: readonly KubeObject[]): Pod[] {
  return objects.filter((object): object is Pod => object.kind === "Pod");
}

const TEMPLATE = `{ metadata: { labels: { app: web } }, spec: { containers: [{ name: main, image: nginx }] } }`;
const spec = (more: string) =>
  `spec: { selector: { matchLabels: { app: web } }, template: ${TEMPLATE}${more} }`;
const workload = (kind: string, more = "") => `
apiVersion: ${kind === "Job" ? "batch/v1" : "apps/v1"}
kind: ${kind}
metadata: { name: web }
${kind === "Job" ? `spec: { template: { spec: { restartPolicy: Never, containers: [{ name: main, image: nginx }] } }${more} }` : spec(more)}
`;

describe("workloads come to the pods that their controllers would make:", () => {
  test.each([
    {
      name: "a Deployment",
      text: workload("Deployment", ", replicas: 2"),
      names: /^web-[a-z0-9]+-[a-z0-9]{5}$/,
      count: 2,
    },
    {
      name: "a StatefulSet",
      text: workload("StatefulSet", ", serviceName: web, replicas: 2"),
      names: /^web-[01]$/,
      count: 2,
    },
    { name: "a DaemonSet", text: workload("DaemonSet"), names: /^web-[a-z0-9]{5}$/, count: 3 },
    { name: "a Job", text: workload("Job", ", parallelism: 2"), names: /^web-[a-z0-9]{5}$/, count: 2 },
    { name: "a suspended Job", text: workload("Job", ", suspend: true"), names: /^$/, count: 0 },
  ])("$name", ({ text, names, count }) => {
    const pods = podsOf(stage(text).objects);
    expect(pods).toHaveLength(count);
    for (const { metadata, spec: placed } of pods) {
      expect(metadata.name).toMatch(names);
      expect(placed.nodeName).toMatch(/^node-\d$/);
      expect(placed.tolerations).toContainEqual(
        expect.objectContaining({ key: "node.kubernetes.io/unreachable" }),
      );
    }
    expect(new Set(pods.map(({ metadata }) => metadata.name)).size).toBe(count);
  });

  test("a workload whose pods are there makes none", () => {
    const { objects } = stage(`${workload("StatefulSet", ", serviceName: web")}---
apiVersion: v1
kind: Pod
metadata: { name: web-0, ownerReferences: [{ apiVersion: apps/v1, kind: StatefulSet, name: web, uid: statefulset.default.web, controller: true }] }
spec: { containers: [{ name: main, image: nginx }] }
`);
    expect(podsOf(objects).map(({ metadata }) => metadata.name)).toEqual(["web-0"]);
  });

  test("an autoscaler's minimum counts, and is told", () => {
    const { objects, assumed } = stage(`${workload("Deployment")}---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec: { minReplicas: 3, maxReplicas: 5, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web } }
`);
    expect(podsOf(objects)).toHaveLength(3);
    expect(assumed).toContain("Deployment default/web has its autoscaler's minimum of 3 replicas");
  });
});

describe("admission", () => {
  const range = (limit: string) => `---
apiVersion: v1
kind: LimitRange
metadata: { name: limits }
spec: { limits: [{ type: Container, ${limit} }] }`;

  test("gives pods the requests of a LimitRange, which decide how many fit", () => {
    const { objects, findings } = stage(
      workload("Deployment", ", replicas: 4") + range("defaultRequest: { cpu: 3 }"),
    );
    const pods = podsOf(objects);
    expect(pods.map((pod) => pod.spec.containers[0]?.resources.requests)).toEqual(
      Array(4).fill({ cpu: "3" }),
    );
    expect(pods.filter((pod) => pod.spec.nodeName)).toHaveLength(3);
    expect(findings).toEqual([expect.stringContaining("Insufficient cpu")]);
  });

  test("refuses what a LimitRange does not allow, and says so once", () => {
    const text = workload("Deployment", ", replicas: 2").replace(
      "image: nginx",
      "image: nginx, resources: { limits: { cpu: 2 }, requests: { cpu: 1 } }",
    );
    const { objects, findings } = stage(text + range("max: { cpu: 1 }"));
    expect(podsOf(objects)).toEqual([]);
    expect(findings).toEqual([
      expect.stringMatching(
        /^Deployment default\/web gets no pods: pods "web-\w+-\w+" is forbidden: maximum cpu usage per Container is 1, but limit is 2$/,
      ),
    ]);
  });

  test("adds what a RuntimeClass costs, and where it runs", () => {
    const text = workload("Deployment").replace("containers:", "runtimeClassName: sandbox, containers:");
    const { objects } = stage(`${text}---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: { name: sandbox }
handler: sandbox
overhead: { podFixed: { cpu: 250m } }
scheduling: { nodeSelector: { kubernetes.io/hostname: node-2 }, tolerations: [{ key: sandbox, operator: Exists }] }`);
    const [pod] = podsOf(objects);
    expect(pod?.spec).toMatchObject({ overhead: { cpu: "250m" }, nodeName: "node-2" });
    expect(pod?.spec.tolerations).toContainEqual({ key: "sandbox", operator: "Exists" });
  });
});

test("a claim of a local class gets its volume where its pod is", () => {
  const { objects } = stage(
    `${workload("StatefulSet", ", serviceName: web, volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], storageClassName: local-path, resources: { requests: { storage: 1Gi } } } }]")}`,
  );
  const node = podsOf(objects)[0]?.spec.nodeName;
  const volume = objects.find(({ kind }) => kind === "PersistentVolume");
  expect(JSON.stringify(volume)).toContain(`"values":["${node}"]`);
});

test("pods without room are told of, with the scheduler's words", () => {
  const { findings } = stage(workload("Deployment", ", replicas: 4"), { ...DEFAULT_NODES, nodes: 1 });
  expect(findings).toEqual([]);
  const large = workload("Deployment").replace(
    "image: nginx",
    "image: nginx, resources: { requests: { cpu: 100 } }",
  );
  expect(stage(large).findings[0]).toMatch(/finds no node: 0\/3 nodes are available: 3 Insufficient cpu/);
});

describe("input that an API server would refuse is refused, with its place:", () => {
  test.each([
    {
      name: "negative replicas",
      text: workload("Deployment", ", replicas: -1"),
      why: /case\.yaml, line 5, spec\.replicas: .*greater than or equal to 0/,
    },
    {
      name: "absurd replicas",
      text: workload("Deployment", ", replicas: 2000000000"),
      why: /case\.yaml, line 5, spec\.replicas: makes 2000000000 pods/,
    },
    {
      name: "an unknown field",
      text: workload("Deployment", ", replicsa: 3"),
      why: /unknown field "spec\.replicsa"/,
    },
    { name: "a wrong type", text: workload("Deployment", ', replicas: "3"'), why: /case\.yaml, line 5/ },
    {
      name: "a quantity that is none",
      text: workload("Deployment").replace(
        "image: nginx",
        "image: nginx, resources: { requests: { cpu: lots } }",
      ),
      why: /case\.yaml, line 2: .*quantities must match/,
    },
  ])("$name", ({ text, why }) => {
    expect(() => stage(text)).toThrow(InputError);
    expect(() => stage(text)).toThrow(why);
  });
});

test("the last of several manifests for one object counts, and that is told", () => {
  const { objects, assumed } = stage(
    `${workload("Deployment")}---${workload("Deployment", ", replicas: 2")}`,
  );
  expect(podsOf(objects)).toHaveLength(2);
  expect(assumed).toContain("of several Deployment default/web the last");
});

describe("--nodes", () => {
  test.each([
    ["5", { ...DEFAULT_NODES, nodes: 5 }],
    ["6,cpu=8,memory=32Gi,zones=3", { nodes: 6, cpu: "8", memory: "32Gi", zones: 3 }],
  ])("%s", (text, nodes) => expect(parseAssumedNodes(text)).toEqual(nodes));

  test.each(["0", "x", "3,cpu=-1", "3,disk=1", "3,zones=4", "99999", "3,memory=lots"])(
    "refuses %s",
    (text) => {
      expect(() => parseAssumedNodes(text)).toThrow(RangeError);
    },
  );
});
