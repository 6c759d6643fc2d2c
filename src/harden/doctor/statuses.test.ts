/** What no lab brings about by itself: statuses as kubelets and controllers of real clusters write them. */
import { describe, expect, test } from "vitest";
import type { KubeObject } from "../../kube/types/index.ts";
import { ClusterView } from "../../view/cluster-view.ts";
import { type DoctorScope, diagnose } from "./diagnose.ts";
import type { Diagnosis } from "./trouble.ts";

type Fields = Record<string, unknown>;

const object = (apiVersion: string, kind: string, metadata: Fields, rest: Fields): KubeObject =>
  ({ apiVersion, kind, metadata, ...rest }) as unknown as KubeObject;

const node = (name: string, ready = "True") =>
  object(
    "v1",
    "Node",
    { name, labels: { "kubernetes.io/hostname": name } },
    {
      spec: {},
      status: {
        allocatable: { cpu: "4", memory: "8Gi", pods: "110" },
        conditions: [{ type: "Ready", status: ready, lastTransitionTime: "2026-01-01T00:10:00Z" }],
      },
    },
  );

const pod = (name: string, metadata: Fields, status: Fields, container: Fields = {}) =>
  object(
    "v1",
    "Pod",
    { name, namespace: "shop", uid: name, creationTimestamp: "2026-01-01T00:00:00Z", ...metadata },
    {
      spec: {
        nodeName: "node-1",
        containers: [{ name: "main", image: "example/web:1", resources: {}, ...container }],
      },
      status,
    },
  );

function doctor(objects: readonly KubeObject[], scope: DoctorScope = {}): readonly Diagnosis[] {
  return diagnose({ view: new ClusterView(objects), events: [], isLive: true, traitsOf: () => ({}) }, scope)
    .diagnoses;
}

const causes = (found: readonly Diagnosis[]) => found.map(({ trouble, cause }) => `${trouble}: ${cause}`);

describe("memory", () => {
  const ended = { terminated: { exitCode: 137, reason: "OOMKilled" } };
  const status = (state: Fields, ready: boolean) => ({
    phase: "Running",
    conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
    containerStatuses: [{ name: "main", image: "x", ready, restartCount: 3, state, lastState: ended }],
  });
  const limited = { resources: { limits: { memory: "128Mi" } } };

  test.each([
    {
      name: "killed at its limit",
      container: limited,
      state: { waiting: { reason: "CrashLoopBackOff" } },
      ready: false,
      cause:
        "out-of-memory: container main took more memory than its limit of 128Mi, and the kernel killed it",
    },
    {
      name: "killed, and running again",
      container: limited,
      state: { running: {} },
      ready: true,
      cause:
        "out-of-memory: container main took more memory than its limit of 128Mi, and the kernel killed it",
    },
    {
      name: "without a limit the node had none left",
      container: {},
      state: { running: {} },
      ready: true,
      cause:
        "out-of-memory: container main has no memory limit, and node node-1 ran out of memory: the kernel chose it",
    },
  ])("$name", ({ container, state, ready, cause }) => {
    expect(causes(doctor([node("node-1"), pod("web", {}, status(state, ready), container)]))).toEqual([
      cause,
    ]);
  });

  test("killed by somebody else is no lack of memory", () => {
    const killed = status({ waiting: { reason: "CrashLoopBackOff" } }, false);
    const other = {
      ...killed,
      containerStatuses: killed.containerStatuses.map((one) => ({
        ...one,
        lastState: { terminated: { exitCode: 137, reason: "Error" } },
      })),
    };
    expect(causes(doctor([node("node-1"), pod("web", {}, other)]))).toEqual([
      "crash-loop: container main ends with exit code 137 (Error), 4 times so far",
    ]);
  });
});

describe("pods that are not gone", () => {
  const ready = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
  const going = (deletionTimestamp: string, finalizers: string[] = []) =>
    pod("web", { deletionTimestamp, deletionGracePeriodSeconds: 30, finalizers }, ready);

  test("a finalizer holds one", () => {
    expect(causes(doctor([node("node-1"), going("2026-01-01T00:05:00Z", ["example.com/keep"])]))).toEqual([
      "stuck-terminating: example.com/keep holds it: whoever set that finalizer has not taken it off",
    ]);
  });

  test("one that has not ended on a node that answers may be forgotten, with a warning", () => {
    const [found] = doctor([node("node-1"), going("2026-01-01T00:05:00Z")]);
    expect(found?.cause).toBe("1 pod should have ended on node-1 and has not: web");
    expect(found?.remedies[0]?.command).toBe("kubectl delete pod web -n shop --force --grace-period=0");
    expect(found?.remedies[0]?.says).toContain("not for what writes to a volume");
  });

  test("on a node that does not answer nothing is forced before the node is known to be off", () => {
    const stuck = doctor([node("node-1", "Unknown"), going("2026-01-01T00:05:00Z")]).filter(
      ({ trouble }) => trouble === "stuck-terminating",
    );
    expect(stuck[0]?.remedies.map(({ command }) => command)).toEqual([
      undefined,
      "kubectl taint nodes node-1 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute",
    ]);
  });

  test("one that is still within its grace period is left alone", () => {
    expect(causes(doctor([node("node-1"), going("2026-01-01T00:10:00Z")]))).toEqual([]);
  });
});

describe("claims", () => {
  const claim = object(
    "v1",
    "PersistentVolumeClaim",
    { name: "data", namespace: "shop" },
    { spec: { accessModes: ["ReadWriteOnce"], storageClassName: "longhorn" }, status: { phase: "Pending" } },
  );
  const longhorn = object(
    "storage.k8s.io/v1",
    "StorageClass",
    { name: "longhorn" },
    { provisioner: "driver.longhorn.io", volumeBindingMode: "Immediate" },
  );
  const provisioner = (ready: string) =>
    pod("longhorn-csi-plugin-x", {}, { phase: "Running", conditions: [{ type: "Ready", status: ready }] });
  const driver = object("storage.k8s.io/v1", "CSIDriver", { name: "driver.longhorn.io" }, { spec: {} });

  test.each([
    {
      name: "nothing of that name runs",
      more: [],
      cause:
        "claim-pending: class longhorn asks driver.longhorn.io for its volumes, and nothing of that name runs here",
    },
    {
      name: "its pods are not ready",
      more: [provisioner("False")],
      cause:
        "claim-pending: class longhorn asks driver.longhorn.io for its volumes, whose pods are not ready",
    },
    {
      name: "it runs",
      more: [provisioner("True")],
      cause: "claim-pending: driver.longhorn.io has not made its volume yet",
    },
    {
      name: "it is registered, and runs where nobody sees it",
      more: [driver],
      cause: "claim-pending: driver.longhorn.io has not made its volume yet",
    },
  ])("$name", ({ more, cause }) => {
    expect(causes(doctor([node("node-1"), claim, longhorn, ...more]))).toContain(cause);
  });
});

test("pressure, and nodes without any", () => {
  const short = node("node-2") as unknown as { status: { conditions: Fields[] } };
  short.status.conditions.push({
    type: "DiskPressure",
    status: "True",
    message: "kubelet has disk pressure",
  });
  expect(causes(doctor([node("node-1"), short as unknown as KubeObject]))).toEqual([
    "node-unwell: it has too little room on its disk",
  ]);
});

test.each([
  [
    'Internal error occurred: failed calling webhook "guard.example.com": failed to call webhook: Post "https://guard.shop.svc:443/?timeout=10s": dial tcp 10.96.0.9:443: connect: connection refused',
    "an admission webhook refuses it or does not answer",
  ],
  [
    'admission webhook "guard.example.com" denied the request: no',
    "an admission webhook refuses it or does not answer",
  ],
  ['pods "web-1" is forbidden: something new', "the API server refuses them"],
])("pods that are refused: %s", (message, why) => {
  const status = {
    replicas: 0,
    conditions: [{ type: "ReplicaFailure", status: "True", reason: "FailedCreate", message }],
  };
  const workload = object(
    "apps/v1",
    "Deployment",
    { name: "web", namespace: "shop", uid: "web" },
    {
      spec: {
        replicas: 1,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector: { matchLabels: { app: "web" } },
        template: { metadata: {}, spec: { containers: [] } },
      },
      status,
    },
  );
  expect(causes(doctor([node("node-1"), workload]))).toContain(
    `pods-refused: 1 of its 1 pods cannot be made: ${why}`,
  );
});

/** What containerd says of registries, as kubelets put it into events and statuses. */
test.each([
  [
    "ErrImagePull",
    'failed to pull and unpack image "r/web:1": failed to resolve reference "r/web:1": r/web:1: not found',
    "the registry has no such image or tag",
  ],
  [
    "ErrImagePull",
    "failed to resolve reference: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
    "the registry has no such image, or shows it only to those who sign in",
  ],
  [
    "ErrImagePull",
    "failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized",
    "the registry does not let it in",
  ],
  [
    "ErrImagePull",
    "unexpected status code: 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit",
    "the registry has had too many requests from here",
  ],
  [
    "ErrImagePull",
    "tls: failed to verify certificate: x509: certificate signed by unknown authority",
    "it does not trust the registry's certificate",
  ],
  ["ErrImagePull", "dial tcp: lookup r.example.com: no such host", "the registry does not answer"],
  ["ErrImagePull", "dial tcp 10.0.0.9:5000: i/o timeout", "the registry does not answer"],
  [
    "InvalidImageName",
    'couldn\'t parse image name "Web": repository name must be lowercase',
    "that is no name of an image",
  ],
  [
    "ErrImageNeverPull",
    'Container image "r/web:1" is not present with pull policy of Never',
    "it is not there, and imagePullPolicy is Never",
  ],
  ["ImagePullBackOff", 'Back-off pulling image "r/web:1"', "the registry did not give it"],
])("an image that cannot be had: %s, %s", (reason, message, why) => {
  const status = {
    phase: "Pending",
    containerStatuses: [
      {
        name: "main",
        image: "r/web:1",
        ready: false,
        restartCount: 0,
        state: { waiting: { reason, message } },
        lastState: {},
      },
    ],
  };
  expect(causes(doctor([node("node-1"), pod("web", {}, status)]))).toEqual([
    `image-not-pulled: node node-1 cannot get image r/web:1 for container main: ${why}`,
  ]);
});
