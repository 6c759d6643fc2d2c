/** Policies on a real control plane, whose nodes and pods KWOK plays: judged, applied, taken back. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHttpClient, type HttpClient } from "../../src/client/http/http-client.ts";
import { loadKubeconfig } from "../../src/client/http/kubeconfig.ts";
import { policyDefinitions } from "../../src/harden/policy/policy-definitions.ts";
import { highAvailabilityPolicies, POLICY_KINDS } from "../../src/kube/holdfast-kinds.ts";
import {
  customResourceDefinitions,
  deployments,
  namespaces,
  podDisruptionBudgets,
  services,
} from "../../src/kube/kinds.ts";
import { StatusError } from "../../src/kube/status-error.ts";
import type { Deployment, KubeObject } from "../../src/kube/types/index.ts";
import { wallSleep } from "../../src/time/wall-clock.ts";
import { parseManifests } from "../../src/view/manifests.ts";
import { liveOutNamespacedPolicy, OWN_POLICY } from "../support/harden/namespaced-policy.ts";
import { REFUSED, TAKEN } from "../support/harden/policy-cases.ts";
import { WEB } from "../support/harden/policy-lab.ts";
import { type PolicyVerb, runVerb } from "../support/harden/served-policy-lab.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { addFakeNodes } from "./kwok.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-policies-"));
const policy = join(folder, "policy.yaml");
let plane: ControlPlane;
let client: HttpClient;

beforeAll(async () => {
  plane = await startControlPlane({ with: ["controller-manager", "scheduler"] });
  const { kubeconfig } = plane;
  client = createHttpClient(loadKubeconfig({ path: kubeconfig }));
  await addFakeNodes(client, 3, { folder: plane.folder, kubeconfig });
  for (const definition of policyDefinitions())
    await client.create(customResourceDefinitions, undefined, definition);
  const service = { metadata: { name: "web" }, spec: { selector: { app: "web" }, ports: [{ port: 80 }] } };
  for (const name of ["shop", "other"]) {
    await client.create(namespaces, undefined, { metadata: { name } });
    await client.create(services, name, service, { fieldManager: "kubectl-create" });
  }
  writeFileSync(
    policy,
    "{apiVersion: holdfast.dev/v1alpha1, kind: HighAvailabilityPolicy, metadata: {name: shop}, spec: {targets: [{namespace: shop}], sessionAffinity: {mode: ClientIP}}}",
  );
  await until(async () => {
    try {
      for (const kind of POLICY_KINDS) await client.list(kind);
      return true;
    } catch (error) {
      // Until it is served: not there yet, or being made ready.
      if (error instanceof StatusError) return false;
      throw error;
    }
  });
}, 300_000);

afterAll(async () => {
  client.close();
  await plane.close();
  rmSync(folder, { recursive: true, force: true });
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await wallSleep(200);
}

/** "taken", or why not. */
async function asked(spec: object): Promise<string> {
  const kind = highAvailabilityPolicies;
  const body = { apiVersion: "holdfast.dev/v1alpha1", kind: kind.kind, metadata: { name: "critical" }, spec };
  try {
    await client.create(kind, undefined, body, { dryRun: true, fieldValidation: "Strict" });
    return "taken";
  } catch (error) {
    if (error instanceof StatusError) return error.message;
    throw error;
  }
}

describe("a policy", () => {
  test.each(TAKEN)("$name is taken", async ({ spec }) => {
    expect(await asked(spec)).toBe("taken");
  });
  test.each(REFUSED)("$name is refused", async ({ spec, why }) => {
    expect(await asked(spec)).toContain(why);
  });
});

const run = (verb: PolicyVerb, ...words: readonly string[]) => runVerb(verb, plane.kubeconfig, words);

/** What an object says and whose it is, without times. */
function picture({ metadata: { managedFields = [] }, ...object }: KubeObject) {
  const owners = managedFields
    .filter(({ subresource, manager }) => subresource === undefined && manager !== "kube-controller-manager")
    .map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 }));
  return { spec: (object as unknown as Deployment).spec, owners };
}

/** As somebody's client-side tool makes it, and as an apply does. */
describe.each([
  {
    how: "created",
    make: (body: object) => client.create(deployments, "shop", body as never, { fieldManager: "helm" }),
  },
  {
    how: "applied",
    make: (body: object) =>
      client.patch(deployments, "shop", "web", "apply", body, { fieldManager: "kubectl" }),
  },
])("a workload that was $how", ({ make }) => {
  test("is made as a policy says, and given back as it was", async () => {
    const [manifest] = parseManifests(WEB, "web.yaml");
    await make(manifest?.object as object);
    const isReady = async () => (await client.get(deployments, "shop", "web")).status.readyReplicas === 1;
    await until(isReady);
    const web = picture(await client.get(deployments, "shop", "web"));
    const service = picture(await client.get(services, "shop", "web"));

    const applied = await run("apply", "--policy", policy, "--yes", "--timeout", "60s");
    expect(applied.stdout, applied.stderr).toContain("Deployment shop/web: done, 3 steps");
    expect((await run("verify", "--policy", policy)).stdout).toContain("1 of 1 workloads as intended");
    const changed = await client.get(deployments, "shop", "web");
    expect(changed.spec.replicas).toBe(2);
    expect(changed.spec.template.spec.containers[0]?.livenessProbe).not.toHaveProperty("initialDelaySeconds");

    const back = await run("rollback", "shop", "--yes");
    expect([back.code, back.stdout]).toEqual([0, expect.stringContaining("revision")]);
    expect(picture(await client.get(deployments, "shop", "web"))).toEqual(web);
    expect(picture(await client.get(services, "shop", "web"))).toEqual(service);
    expect((await client.list(podDisruptionBudgets, { namespace: "shop" })).items).toEqual([]);
    await client.delete(deployments, "shop", "web", { propagationPolicy: "Foreground" });
    await until(async () => (await client.list(deployments, { namespace: "shop" })).items.length === 0);
  });
});

test("a policy of a namespace is lived out there, and reaches nothing outside", async () => {
  const [manifest] = parseManifests(WEB, "web.yaml");
  for (const namespace of ["shop", "other"]) {
    const metadata = { ...manifest?.object.metadata, namespace };
    await client.create(deployments, namespace, { ...manifest?.object, metadata } as never, {
      fieldManager: "helm",
    });
    await until(async () => (await client.get(deployments, namespace, "web")).status.readyReplicas === 1);
  }
  const own = join(folder, "own.yaml");
  writeFileSync(own, OWN_POLICY);
  await liveOutNamespacedPolicy(client, own, run);
});
