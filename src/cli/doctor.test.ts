/** The command on every source: a lab over HTTPS, a snapshot of it, manifests; and every form of it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { labWith, type ServedLab, servedLab } from "../../test/support/lab-with.ts";
import { type Ended, runCommand } from "../../test/support/prove-command.ts";
import type { DoctorResult } from "../harden/doctor/diagnose.ts";
import { servedKinds } from "../view/served-kinds.ts";
import { saveSnapshot } from "../view/snapshot.ts";
import { doctorCommand } from "./doctor.ts";

/** Two of three replicas find a node; a job container ends badly; the rest is well. */
const SHOP = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      affinity:
        podAntiAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            - { topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: web } } }
      containers: [{ name: main, image: "nginx:1.27" }]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: worker, namespace: shop }
spec:
  replicas: 1
  serviceName: worker
  selector: { matchLabels: { app: worker } }
  template:
    metadata: { labels: { app: worker } }
    spec:
      containers:
        - name: main
          image: busybox:1.37
          command: [sh, -c, "echo no queue named orders; exit 7"]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: fine, namespace: shop }
spec:
  replicas: 1
  selector: { matchLabels: { app: fine } }
  template:
    metadata: { labels: { app: fine } }
    spec: { containers: [{ name: main, image: "nginx:1.27" }] }
`;

const folder = mkdtempSync(join(tmpdir(), "holdfast-doctor-"));
const file = (name: string) => join(folder, name);
let served: ServedLab;

beforeAll(async () => {
  served = await servedLab(await labWith(SHOP, { seed: 4, nodes: 2 }, 120));
  const { client, kubeconfig } = served;
  writeFileSync(file("kubeconfig"), kubeconfig);
  await saveSnapshot(file("snapshot"), client, {
    takenAt: "2026-01-01T00:00:00Z",
    kubernetesVersion: "v1.34.4",
    source: "a lab",
    kinds: await servedKinds(client),
  });
  writeFileSync(file("shop.yaml"), SHOP);
}, 60_000);

afterAll(async () => {
  await served.close();
  rmSync(folder, { recursive: true, force: true });
});

const doctor = (...words: readonly string[]): Promise<Ended> => runCommand(doctorCommand(), ...words);

async function told(...words: readonly string[]): Promise<string[]> {
  const { stdout, stderr } = await doctor(...words, "-o", "json");
  expect(stderr).toBe("");
  const { diagnoses } = JSON.parse(stdout) as DoctorResult;
  return diagnoses.map(({ trouble, object: { kind, name } }) => `${trouble} ${kind}/${name}`);
}

const KUBECONFIG = ["--kubeconfig", file("kubeconfig")];

describe.each([
  { name: "a kubeconfig", flags: KUBECONFIG, crashes: true },
  { name: "a lab by its kubeconfig", flags: ["--lab", file("kubeconfig")], crashes: true },
  { name: "a snapshot", flags: ["--snapshot", file("snapshot")], crashes: true },
  { name: "manifests", flags: ["-f", file("shop.yaml"), "--nodes", "2"], crashes: false },
])("from $name", ({ flags, crashes }) => {
  test("all that is wrong, and exit code 1", async () => {
    const ended = await doctor(...flags, "-o", "json");
    expect(ended.code).toBe(1);
    expect(await told(...flags)).toEqual([
      ...(crashes ? ["crash-loop Pod/worker-0"] : []),
      "pod-pending Deployment/web",
    ]);
  });

  test("of one object, and exit code 0 where nothing is wrong with it", async () => {
    expect(await told("deploy/web", "-n", "shop", ...flags)).toEqual(["pod-pending Deployment/web"]);
    const fine = await doctor("deployments.apps/fine", "-n", "shop", ...flags);
    expect(fine).toMatchObject({ code: 0, stdout: "deployment/fine: nothing found that is wrong\n" });
  });

  test.each(["table", "markdown"])("-o %s tells of it", async (form) => {
    const { stdout, stderr } = await doctor(...flags, "-o", form);
    expect(stderr).toBe("");
    expect(stdout).toContain("kubectl scale deployment/web -n shop --replicas=2");
  });
});

test.each([
  { name: "a cluster that answers has last words", flags: KUBECONFIG, says: "log: no queue named orders" },
  {
    name: "a snapshot says why it has none",
    flags: ["--snapshot", file("snapshot")],
    says: "only a cluster that answers",
  },
])("$name", async ({ flags, says }) => {
  const { stdout } = await doctor("sts/worker", "-n", "shop", ...flags);
  expect(stdout.replace(/\s+/g, " ")).toContain(says);
});

describe("a target", () => {
  test.each([
    { target: "web", says: "expected KIND/NAME, such as pod/web-1" },
    { target: "widget/web", says: "there is no kind widget" },
    { target: "secret/web", says: "nothing is known of secret" },
    { target: "deploy/wep", says: "there is no such Deployment in namespace shop; is it web?" },
  ])("$target is refused with what helps", async ({ target, says }) => {
    const { code, stderr } = await doctor(target, "-n", "shop", ...KUBECONFIG);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });

  test("in another namespace is found there", async () => {
    const { code, stderr } = await doctor("deploy/web", ...KUBECONFIG);
    expect(code).toBe(2);
    expect(stderr).toContain("namespace shop has one: -n shop");
  });
});

test("-n leaves out what is elsewhere", async () => {
  expect(await told(...KUBECONFIG, "-n", "default")).toEqual([]);
});
