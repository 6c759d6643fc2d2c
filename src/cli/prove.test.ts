/** The command on every source: a lab over HTTPS with rights to read only, a snapshot of it, manifests; and every form of it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { labWith, type ServedLab, servedLab } from "../../test/support/lab-with.ts";
import { type Ended, runProveCommand } from "../../test/support/prove-command.ts";
import type { ProveResult } from "../prove/result.ts";
import { servedKinds } from "../view/served-kinds.ts";
import { saveSnapshot } from "../view/snapshot.ts";

const SHOP = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, labels: { tier: front } }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: main
          image: nginx:1.27
          envFrom: [{ secretRef: { name: web-env } }]
          resources: { requests: { cpu: 500m } }
---
apiVersion: v1
kind: Secret
metadata: { name: web-env, namespace: shop }
stringData: { PASSWORD: hunter2 }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec:
  replicas: 1
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: main, image: redis:7 }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`;

/** A third replica is missed on its own node, too, and for a while only. */
const MORE = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { replicas: 3 }
`;
const WORSE = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec: { replicas: 1 }
`;

/** Of the helpful kinds these may be read; volumes and classes may not. */
const READER = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: reader }
rules:
  - { apiGroups: [""], resources: [nodes, pods, namespaces, services, persistentvolumeclaims, replicationcontrollers], verbs: [get, list] }
  - { apiGroups: [apps], resources: ["*"], verbs: [list] }
  - { apiGroups: [batch, policy], resources: ["*"], verbs: [list] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: reader }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }
subjects: [{ kind: ServiceAccount, name: reader, namespace: default }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: viewer }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ kind: ServiceAccount, name: viewer, namespace: default }]
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: reader, namespace: default }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: viewer, namespace: default }
`;

const folder = mkdtempSync(join(tmpdir(), "holdfast-prove-"));
const file = (name: string) => join(folder, name);
let served: ServedLab;

beforeAll(async () => {
  served = await servedLab(await labWith(`${SHOP}---${READER}`, { seed: 4, nodes: 3, zones: 3 }));
  const { client, kubeconfig } = served;
  writeFileSync(file("admin.kubeconfig"), kubeconfig);
  for (const account of ["reader", "viewer"]) {
    const token = await tokenOf(account);
    writeFileSync(file(`${account}.kubeconfig`), withToken(kubeconfig, token));
  }
  await saveSnapshot(file("cluster.snapshot"), client, {
    takenAt: "2026-01-01T00:00:00Z",
    kubernetesVersion: "v1.34.4",
    source: "a lab",
    kinds: await servedKinds(client),
  });
  writeFileSync(file("shop.yaml"), SHOP);
  writeFileSync(file("more.yaml"), MORE);
  writeFileSync(file("worse.yaml"), WORSE);
}, 60_000);

afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

async function tokenOf(account: string): Promise<string> {
  const path = `/api/v1/namespaces/default/serviceaccounts/${account}/token`;
  const body = JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} });
  const answer = (await served.client.fetch({ method: "POST", path, body })) as { status: { token: string } };
  return answer.status.token;
}

/** The same cluster for somebody else. */
function withToken(kubeconfig: string, token: string): string {
  return kubeconfig
    .replace(/ *client-(certificate|key)-data: .*\n/g, "")
    .replace(/token: .*/, `token: ${token}`);
}

const SOURCES = [
  { name: "a kubeconfig", flags: () => ["--kubeconfig", file("admin.kubeconfig")] },
  { name: "a kubeconfig with rights to read only", flags: () => ["--kubeconfig", file("reader.kubeconfig")] },
  { name: "a lab by its kubeconfig", flags: () => ["--lab", file("admin.kubeconfig")] },
  { name: "a snapshot", flags: () => ["--snapshot", file("cluster.snapshot")] },
  { name: "manifests", flags: () => ["-f", file("shop.yaml")] },
] as const;

async function proved(...words: readonly string[]): Promise<{ ended: Ended; result: ProveResult }> {
  const ended = await runProveCommand(...words, "-n", "shop", "-o", "json");
  expect(ended.stderr).toBe("");
  return { ended, result: JSON.parse(ended.stdout) as ProveResult };
}

const verdictOf = ({ losses }: ProveResult, name: string) =>
  losses.flatMap(({ kind, workloads }) =>
    kind === "node" ? workloads.filter((one) => one.name === name).map(({ verdict }) => verdict) : [],
  );

describe.each(SOURCES)("from $name", ({ flags }) => {
  test("the database's node is an outage, and the front end's are not", async () => {
    const { ended, result } = await proved(...flags());
    expect(ended.code).toBe(1);
    expect(verdictOf(result, "db")).toEqual(["outage"]);
    expect(new Set(verdictOf(result, "web"))).toEqual(new Set(["degraded"]));
    expect(result.summary).toMatchObject({ nodes: 3 });
  });

  test("--with tells what a change does, and only what gets worse ends with 1", async () => {
    const better = await runProveCommand(...flags(), "-n", "shop", "--with", file("more.yaml"));
    expect(better).toMatchObject({ code: 0, stderr: "" });
    expect(better.stdout).toContain("Deployment shop/web");
    const worse = await runProveCommand(...flags(), "-n", "shop", "--with", file("worse.yaml"));
    expect(worse).toMatchObject({ code: 1, stderr: "" });
    expect(worse.stdout).toContain("Deployment shop/web");
  });

  test("--baseline takes what is there already for granted", async () => {
    const before = await runProveCommand(...flags(), "-n", "shop", "-o", "json");
    writeFileSync(file("before.json"), before.stdout);
    const same = await runProveCommand(...flags(), "-n", "shop", "--baseline", file("before.json"));
    expect(same).toMatchObject({ code: 0, stderr: "" });
    const good = JSON.parse(before.stdout) as ProveResult;
    const allSafe = good.losses.map((loss) => ({ ...loss, verdict: "safe", workloads: [] }));
    writeFileSync(file("good.json"), JSON.stringify({ ...good, losses: allSafe }));
    const worse = await runProveCommand(...flags(), "-n", "shop", "--baseline", file("good.json"));
    expect(worse).toMatchObject({ code: 1, stderr: "" });
  });

  test("--explain plays a loss in a lab, with every pod where it is", { timeout: 60_000 }, async () => {
    const { result } = await proved(...flags());
    const loss = result.losses.find(({ workloads }) => workloads.some(({ name }) => name === "db"));
    const { stdout, stderr, code } = await runProveCommand(
      ...flags(),
      ...["-n", "shop", "--explain", loss?.id ?? "", "-o", "json"],
    );
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    const told = JSON.parse(stdout) as { replay: { atSeconds: number; text: string }[]; assumed: string[] };
    const [node = ""] = loss?.lost ?? [];
    expect(told.replay[0]).toEqual({ atSeconds: 0, text: `${node} loses its power` });
    expect(told.replay.map(({ text }) => text)).toContain(`pod shop/db-0: not ready on ${node}`);
    expect(told.replay.map(({ text }) => text)).toContain(`pod shop/db-0: Terminating on ${node}`);
    expect(told.assumed.filter((what) => what.includes("is not there"))).toEqual([]);
  });

  test.each(["table", "json", "html", "junit", "sarif", "markdown"])("-o %s tells of it", async (form) => {
    const { stdout, stderr } = await runProveCommand(...flags(), "-o", form);
    expect(stderr).toBe("");
    expect(stdout).toContain("db");
    if (form === "json" || form === "sarif") JSON.parse(stdout);
  });
});

describe("--explain", () => {
  const snapshot = () => ["--snapshot", file("cluster.snapshot")];

  test.each([
    { losses: "zones", id: "zone/zone-1", sees: "loses its power" },
    { losses: "pairs", id: "pair/node-1+node-2", sees: "node-2 loses its power" },
    { losses: "racks=kubernetes.io/hostname", id: "rack/node-2", sees: "node-2 loses its power" },
    { losses: "pods", id: "pod/shop/db-0", sees: "pod db-0 is gone" },
    { losses: "drains", id: "drain/node-1", sees: "node-1" },
    { losses: "rollouts", id: "rollout/Deployment/shop/web", sees: "web" },
  ])("plays $id of a snapshot", { timeout: 60_000 }, async ({ losses, id, sees }) => {
    const { stdout, stderr, code } = await runProveCommand(
      ...snapshot(),
      "--losses",
      losses,
      "--explain",
      id,
    );
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout.split("In a lab, from the loss on")[1]).toContain(sees);
  });

  test("says which losses there are when there is none of that name", async () => {
    const { code, stderr } = await runProveCommand(...snapshot(), "--explain", "node/none");
    expect(code).toBe(2);
    expect(stderr).toContain("no loss node/none was looked at; there are node/node-1, node/node-2");
  });

  test("says why the control plane cannot be lost with its nodes", async () => {
    const text = readFileSync(file("shop.yaml"), "utf8");
    const nodes = ["a", "b", "c"].map(
      (name) => `
apiVersion: v1
kind: Node
metadata: { name: ${name}, labels: { kubernetes.io/hostname: ${name}, node-role.kubernetes.io/control-plane: "" } }
status: { allocatable: { cpu: "4", memory: 8Gi, pods: "110" } }
`,
    );
    writeFileSync(file("own.yaml"), [text, ...nodes].join("---"));
    const own = ["-f", file("own.yaml"), "--losses", "nodes,control-plane"];
    const { code, stderr } = await runProveCommand(...own, "--explain", "control-plane/a+b");
    expect(code).toBe(2);
    expect(stderr).toContain("no quorum of the control plane");
    expect(await runProveCommand(...own, "--explain", "node/a")).toMatchObject({ code: 0 });
  });
});

describe("with fewer rights", () => {
  test("what may not be read is told by name", async () => {
    const { result } = await proved("--kubeconfig", file("reader.kubeconfig"));
    const told = result.findings.filter((finding) => finding.includes("could not be read"));
    expect(told.map((finding) => finding.split(" ")[0])).toEqual([
      "horizontalpodautoscalers.autoscaling",
      "persistentvolumes",
      "storageclasses.storage.k8s.io",
      "csinodes.storage.k8s.io",
      "csidrivers.storage.k8s.io",
      "csistoragecapacities.storage.k8s.io",
      "volumeattachments.storage.k8s.io",
      "priorityclasses.scheduling.k8s.io",
      "resourcequotas",
      "limitranges",
    ]);
    expect(told[1]).toContain('cannot list resource "persistentvolumes"');
  });

  test("without nodes there is no answer", async () => {
    const { code, stderr } = await runProveCommand("--kubeconfig", file("viewer.kubeconfig"));
    expect(code).toBe(3);
    expect(stderr).toContain('cannot list resource "nodes"');
  });

  test("a cluster that does not answer is told", async () => {
    const text = readFileSync(file("admin.kubeconfig"), "utf8").replace(
      /https:\/\/127\.0\.0\.1:\d+/,
      "https://127.0.0.1:9",
    );
    writeFileSync(file("nobody.kubeconfig"), text);
    const { code, stderr } = await runProveCommand("--kubeconfig", file("nobody.kubeconfig"));
    expect(code).toBe(3);
    expect(stderr).toContain("127.0.0.1:9");
  });
});

test("-n and -l choose whom is told of", async () => {
  const told = async (...words: readonly string[]) => {
    const { stdout } = await runProveCommand("-f", file("shop.yaml"), ...words, "-o", "json");
    return (JSON.parse(stdout) as ProveResult).workloads.map(({ name }) => name);
  };
  expect(await told("-n", "shop")).toEqual(["web", "db"]);
  expect(await told("-n", "elsewhere")).toEqual([]);
  expect(await told("-l", "tier=front")).toEqual(["web"]);
});
