/** A policy's whole life on a cluster that answers over HTTPS: planned, shown, applied, verified, told of, taken back. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { POLICY, SHOP } from "../../test/support/harden/policy-lab.ts";
import { type ServedPolicyLab, servedPolicyLab } from "../../test/support/harden/served-policy-lab.ts";
import { runCommand } from "../../test/support/prove-command.ts";
import type { HttpClient } from "../client/http/http-client.ts";
import { highAvailabilityPolicies } from "../kube/holdfast-kinds.ts";
import {
  deployments,
  horizontalPodAutoscalers,
  podDisruptionBudgets,
  resourceQuotas,
} from "../kube/kinds.ts";
import type { HighAvailabilityPolicy } from "../kube/types/index.ts";
import { applyCommand } from "./apply.ts";

let shop: ServedPolicyLab;
let client: HttpClient;
let policy: string;
const run: ServedPolicyLab["run"] = (verb, ...words) => shop.run(verb, ...words);

beforeAll(async () => {
  shop = await servedPolicyLab(SHOP);
  client = shop.client;
  policy = shop.file("policy.yaml", POLICY);
}, 60_000);

afterAll(() => shop.close());

const replicasOf = async (name: string) => (await client.get(deployments, "shop", name)).spec.replicas;

describe("a policy in a file", () => {
  test("is planned with the owner of each field", async () => {
    const { code, stdout } = await run("plan", "--policy", policy, "-o", "json");
    expect(code).toBe(0);
    const [{ steps, madeFrom }] = JSON.parse(stdout).policies;
    const web = steps.find(({ object }: { object: string }) => object === "Deployment shop/web");
    expect(web.fields[0]).toMatchObject({
      field: "spec.replicas",
      owners: [{ manager: "kubectl", operation: "Apply", sort: "person" }],
    });
    expect(madeFrom).toContainEqual({
      kind: "apps/v1 Deployment",
      namespace: "shop",
      name: "web",
      resourceVersion: expect.stringMatching(/^\d+$/),
    });
  });

  test("is shown as kubectl diff shows it, as the server would store it", async () => {
    const { code, stdout } = await run("diff", "--policy", policy, "--only", "web");
    expect(code).toBe(0);
    expect(stdout).toContain(
      "diff -u -N LIVE/apps.v1.Deployment.shop.web MERGED/apps.v1.Deployment.shop.web\n--- LIVE/",
    );
    expect(stdout).toContain("-  replicas: 1\n+  replicas: 2\n");
    expect(stdout).toContain("+++ MERGED/policy.v1.PodDisruptionBudget.shop.web");
    expect(stdout).toMatch(/\+ {2}uid: /);
    expect(stdout).not.toContain("managedFields");
    expect(await replicasOf("web")).toBe(1);
  });

  test("is not applied where nobody can be asked", async () => {
    const { code, stderr } = await run("apply", "--policy", policy);
    expect(code).toBe(2);
    expect(stderr).toContain("there is no terminal to ask on; say --yes");
    expect(await replicasOf("web")).toBe(1);
  });

  test("is not applied to files", async () => {
    const { code, stderr } = await runCommand(applyCommand(), "--policy", policy, "-f", policy, "--yes");
    expect([code, stderr]).toEqual([2, expect.stringContaining("apply needs a cluster that answers")]);
  });

  test("is applied, told of, verified and taken back", { timeout: 120_000 }, async () => {
    const differs = await run("status", "--policy", policy);
    expect(differs.stdout).toMatch(/Deployment shop\/web +1 → 2 +1 +none +none +none +no/);
    expect((await run("verify", "--policy", policy)).code).toBe(1);

    const applied = await run("apply", "--policy", policy, "--yes");
    expect(applied.stderr).toBe("");
    expect(applied.code).toBe(0);
    expect(applied.stdout).toContain("HighAvailabilityPolicy shop, revision 1\n");
    expect(applied.stdout).toContain("  Deployment shop/web: done, 3 steps\n");
    expect(await replicasOf("web")).toBe(2);

    const verified = await run("verify", "--policy", policy);
    expect(verified.stdout).toContain("HighAvailabilityPolicy shop: 2 of 2 workloads as intended");
    expect(verified.stdout).toMatch(/Deployment shop\/web: 2 of 2 ready on node-\d, node-\d/);
    expect(verified.code).toBe(0);
    const { stdout } = await run("status", "--policy", policy, "-o", "json");
    expect(JSON.parse(stdout).policies[0].rows).toContainEqual({
      workload: "Deployment shop/web",
      replicas: { configured: 2, intended: 2, ready: 2 },
      spread: ["hostname"],
      budget: "web",
      differs: [],
      refused: [],
      revision: 1,
      state: "applied",
    });

    const again = await run("apply", "--policy", policy, "--yes");
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("nothing to change") });

    const back = await run("rollback", "shop", "--yes");
    expect(back.code).toBe(0);
    expect(back.stdout).toContain("PersistentVolumeClaim shop/photos-shared stays, as it may hold data");
    expect(await replicasOf("web")).toBe(1);
    const { metadata } = await client.get(deployments, "shop", "web");
    expect(metadata.managedFields?.map(({ manager }) => manager)).not.toContain("holdfast");
    expect((await client.list(podDisruptionBudgets, { namespace: "shop" })).items).toEqual([]);

    const nothing = await run("rollback", "shop", "--yes");
    expect([nothing.code, nothing.stderr]).toEqual([
      2,
      expect.stringContaining("nothing was applied for it, or all was taken back"),
    ]);
  });
});

describe("a policy in the cluster", () => {
  const OWN = {
    apiVersion: "holdfast.dev/v1alpha1",
    kind: "HighAvailabilityPolicy",
    metadata: { name: "own" },
  };

  test("tells in its status what apply and verify found", { timeout: 120_000 }, async () => {
    const spec = { tier: 2, targets: [{ namespace: "shop", name: "web" }] };
    await client.create(highAvailabilityPolicies, undefined, { ...OWN, spec });
    expect((await run("apply", "--yes")).code).toBe(0);
    expect((await run("verify")).code).toBe(0);
    const { status } = (await client.get(
      highAvailabilityPolicies,
      undefined,
      "own",
    )) as HighAvailabilityPolicy;
    expect(status).toMatchObject({ revision: 1, targets: 1, asIntended: 1, observedGeneration: 1 });
    expect(status?.conditions?.map(({ type, status: value, reason }) => [type, value, reason])).toEqual([
      ["Applied", "True", "AsPlanned"],
      ["Verified", "True", "AsIntended"],
    ]);

    // Somebody scales it down by hand.
    await client.patch(
      deployments,
      "shop",
      "web",
      "merge",
      { spec: { replicas: 1 } },
      { fieldManager: "kubectl-edit" },
    );
    const { code, stdout } = await run("verify");
    expect(code).toBe(1);
    expect(stdout).toContain("intent: spec.replicas is 1 and shall be 2");
    expect((await run("rollback", "own", "--yes")).stdout).toContain(
      "Deployment shop/web, revision 1: taken back",
    );
    await client.delete(highAvailabilityPolicies, undefined, "own");
  });

  test("leaves to an autoscaler what is its own", { timeout: 60_000 }, async () => {
    const scaler = {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "web", namespace: "shop" },
      spec: {
        minReplicas: 1,
        maxReplicas: 4,
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      },
    };
    await client.create(horizontalPodAutoscalers, "shop", scaler);
    const { stdout } = await run("plan", "--policy", policy, "--only", "web", "-o", "json");
    expect(JSON.parse(stdout).policies[0].refused).toContainEqual(
      expect.objectContaining({ rule: "replicas", wouldHelp: "set minReplicas of web to 2" }),
    );
    await client.delete(horizontalPodAutoscalers, "shop", "web");
  });

  test("is taken back for a workload of which a step is refused, with code 4", {
    timeout: 120_000,
  }, async () => {
    const quota = {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "no-budgets", namespace: "shop" },
      spec: { hard: { "count/poddisruptionbudgets.policy": "0" } },
    };
    await client.create(resourceQuotas, "shop", quota);
    const before = await client.get(deployments, "shop", "web");
    const ended = await run("apply", "--policy", policy, "--only", "web", "--yes");
    expect(ended.stdout).toContain(
      'Deployment shop/web: taken back: poddisruptionbudgets.policy "web" is forbidden',
    );
    expect(ended.code).toBe(4);
    const after = await client.get(deployments, "shop", "web");
    expect(after.spec).toEqual(before.spec);
    expect(after.metadata.managedFields?.map(({ manager }) => manager)).not.toContain("holdfast");
    await client.delete(resourceQuotas, "shop", "no-budgets");
  });
});
