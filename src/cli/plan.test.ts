/** The command on manifests: every form, and what it refuses. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { runCommand } from "../../test/support/prove-command.ts";
import { planCommand } from "./plan.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-plan-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const shop = file(
  "shop.yaml",
  ["web", "cart"]
    .map(
      (name) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers: [{name: main, image: "example.org/${name}:1", resources: {requests: {cpu: 500m}}}]
---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: ${name}}, ports: [{port: 80}]}
`,
    )
    .join("---\n"),
);

/** A Deployment whose only pod is on a node, and not ready. */
function waiting(): object[] {
  const labels = { app: "web" };
  const containers = [{ name: "main", image: "example.org/web:1", resources: { requests: { cpu: "500m" } } }];
  const owned = (kind: string, name: string, uid: string) => [
    { apiVersion: "apps/v1", kind, name, uid, controller: true },
  ];
  const spec = {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
  };
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "shop", uid: "web" },
      spec,
    },
    {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: {
        name: "web-1",
        namespace: "shop",
        uid: "rs",
        labels,
        ownerReferences: owned("Deployment", "web", "web"),
      },
      spec,
    },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: "web-1-a",
        namespace: "shop",
        uid: "pod",
        labels,
        ownerReferences: owned("ReplicaSet", "web-1", "rs"),
      },
      spec: { nodeName: "node-1", containers },
      status: { phase: "Pending", conditions: [{ type: "Ready", status: "False" }] },
    },
  ];
}

const policy = (name: string, spec: string) =>
  file(
    `${name}.yaml`,
    `apiVersion: holdfast.dev/v1alpha1
kind: HighAvailabilityPolicy
metadata: {name: ${name}}
spec:
  ${spec}
`,
  );

const all = policy("all", "targets: [{namespace: shop}]");
const plan = (...words: readonly string[]) => runCommand(planCommand(), ...words);

async function planned(...words: readonly string[]) {
  const { code, stdout, stderr } = await plan("-f", shop, ...words, "-o", "json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

describe("holdfast plan", () => {
  test("tells each field with its value, owner, new value and reason, and what losses would do", async () => {
    const result = await planned("--policy", all);
    const [{ policy: name, tier, targets, steps, refused }] = result.policies;
    expect([name, tier, targets, refused]).toEqual([
      "HighAvailabilityPolicy all",
      2,
      ["Deployment shop/cart", "Deployment shop/web"],
      [],
    ]);
    expect(
      steps.map((step: Record<string, unknown>) => `${step.phase} ${step.action} ${step.object}`),
    ).toEqual([
      "1 patch Deployment shop/cart",
      "3 create PodDisruptionBudget shop/cart",
      "1 patch Deployment shop/web",
      "3 create PodDisruptionBudget shop/web",
    ]);
    expect(steps[0].fields[0]).toEqual({
      field: "spec.replicas",
      before: 1,
      after: 2,
      owners: [],
      rule: "replicas",
    });
    expect(result.proof.worse).toEqual([]);
    expect(result.proof.better).toContainEqual(
      expect.objectContaining({ loss: "node", workload: "Deployment shop/web" }),
    );
  });

  test("is the same as yaml", async () => {
    const { stdout } = await plan("-f", shop, "--policy", all, "-o", "yaml");
    expect(parse(stdout)).toEqual(await planned("--policy", all));
  });

  test("has a form for people and one for pull requests", async () => {
    const table = await plan("-f", shop, "--policy", all);
    expect(table.stdout).toContain("HighAvailabilityPolicy all: tier 2, 2 workloads, 4 steps");
    expect(table.stdout).toContain("spec.replicas: 1 → 2, nobody's");
    const markdown = await plan("-f", shop, "--policy", all, "-o", "markdown");
    expect(markdown.stdout).toContain("| Deployment shop/web | spec.replicas | 1 | 2 |");
  });

  test.each([
    { words: ["--only", "web"], objects: ["Deployment shop/web", "PodDisruptionBudget shop/web"] },
    {
      words: ["--only", "deployment/shop/web"],
      objects: ["Deployment shop/web", "PodDisruptionBudget shop/web"],
    },
    { words: ["-n", "elsewhere"], objects: [] },
    { words: ["--phase", "1"], objects: ["Deployment shop/cart", "Deployment shop/web"] },
    { words: ["--phase", "3"], objects: [] },
  ])("$words leave $objects", async ({ words, objects }) => {
    const { policies } = await planned("--policy", all, ...words);
    expect(policies[0].steps.map(({ object }: { object: string }) => object)).toEqual(objects);
  });

  test("takes policies from among the cluster's objects", async () => {
    const { policies } = JSON.parse((await plan("-f", shop, all, "-o", "json")).stdout);
    expect(policies[0].steps).toHaveLength(4);
  });

  test("leaves to a policy in the cluster what is its own", async () => {
    const other = policy("other", "targets: [{name: web}]");
    const { stdout } = await plan("-f", shop, all, "--policy", other, "-o", "json");
    expect(JSON.parse(stdout).policies[0]).toMatchObject({
      targets: [],
      refused: [
        { rule: "target", why: "Deployment shop/web is a target of HighAvailabilityPolicy all already" },
      ],
    });
  });

  test("refuses what the proof shows to be worse", async () => {
    // Each node has room for one copy: with two of each, the loss of any node leaves one without a place, as it did not before.
    const { policies } = await planned("--policy", all, "--nodes", "2,cpu=1,memory=8Gi");
    const refused = policies[0].refused.map(({ rule }: { rule: string }) => rule);
    expect(refused).toContain("proof");
  });

  test("sees nothing worse in a workload that is not up today", async () => {
    const running = file(
      "waiting.json",
      JSON.stringify({ apiVersion: "v1", kind: "List", items: waiting() }),
    );
    const { stdout } = await plan("-f", running, "--policy", all, "-o", "json");
    const { policies, proof } = JSON.parse(stdout);
    expect(policies[0].refused).toEqual([]);
    expect(proof).toMatchObject({
      better: expect.arrayContaining([
        expect.objectContaining({ loss: "node", workload: "Deployment shop/web" }),
      ]),
      worse: [],
    });
  });

  test.each([
    {
      name: "a field that is unknown",
      spec: "target: []",
      why: 'line 5, spec.target: has an unknown field "spec.target"',
    },
    {
      name: "a contradiction",
      spec: "{tier: 1, replicas: 1, targets: [{name: web}]}",
      why: "the nearest is replicas: 2, or tier: 3",
    },
  ])("ends with 2 on $name in a policy", async ({ spec, why }) => {
    const { code, stderr } = await plan("-f", shop, "--policy", policy("bad", spec));
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });

  test.each([
    { words: ["--policy", shop], why: "expected a holdfast.dev/v1alpha1 HighAvailabilityPolicy" },
    { words: ["--policy", all, "--only", "wbe"], why: "no workload is named wbe; the nearest is web" },
    { words: [], why: "has no policy; name a file with --policy" },
    { words: ["--policy", all, "--phase", "4"], why: "Expected 1, 2 or 3." },
  ])("ends with 2 on $words", async ({ words, why }) => {
    const { code, stderr } = await plan("-f", shop, ...words);
    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });
});
