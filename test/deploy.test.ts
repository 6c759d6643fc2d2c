/** The files that are there to be deployed: an API server takes them, their rights suffice, and they read the status that is written. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { compileCel } from "../src/base/cel/compile.ts";
import { environmentOf, withVariables } from "../src/base/cel/environment.ts";
import { OPERATORS } from "../src/base/cel/operators.ts";
import { DYN } from "../src/base/cel/types.ts";
import { applyCommand } from "../src/cli/apply.ts";
import { checkCommand } from "../src/cli/check.ts";
import { diffCommand } from "../src/cli/diff.ts";
import { planCommand } from "../src/cli/plan.ts";
import { proveCommand } from "../src/cli/prove.ts";
import { rollbackCommand } from "../src/cli/rollback.ts";
import { statusCommand } from "../src/cli/status.ts";
import { verifyCommand } from "../src/cli/verify.ts";
import { createHttpClient, type HttpClient } from "../src/client/http/http-client.ts";
import { accessFrom, parseKubeconfig } from "../src/client/http/kubeconfig.ts";
import { deployManifests } from "../src/drill/deploy.ts";
import { kindsOf } from "../src/drill/kinds-of.ts";
import { autoscalerAboveNodes } from "../src/harden/checks/autoscaler-above-nodes.ts";
import { dynamicValue } from "../src/kube/cel/dynamic-values.ts";
import { highAvailabilityPolicies } from "../src/kube/holdfast-kinds.ts";
import type { HighAvailabilityPolicy } from "../src/kube/types/index.ts";
import { serveLab } from "../src/lab/apiserver/http/serve-lab.ts";
import { parseManifests } from "../src/view/manifests.ts";
import { findingsIn, linesAfterFixes } from "./support/harden/check-manifests.ts";
import { POLICY, policyLab, SHOP } from "./support/harden/policy-lab.ts";
import { apart, web } from "./support/harden/yaml.ts";
import { type Ended, runCommand } from "./support/prove-command.ts";

const file = (path: string) => readFileSync(new URL(`../deploy/${path}`, import.meta.url), "utf8");
const folder = mkdtempSync(join(tmpdir(), "holdfast-deploy-"));
const account = join(folder, "account");
let client: HttpClient;
let close: () => Promise<void>;

/** A minute of the lab's passes in a second. */
const SPEED = 60;

beforeAll(async () => {
  const definitions = ["highavailabilitypolicies", "namespacedhighavailabilitypolicies"].map((name) =>
    file(`crds/${name}.holdfast.dev.yaml`),
  );
  const { lab } = await policyLab([SHOP, ...definitions, file("rbac/holdfast.yaml")].join("\n---\n"));
  lab.engine.runFor(5_000);
  const server = await serveLab(lab, { speed: SPEED });
  close = () => server.close();
  client = createHttpClient(accessFrom([parseKubeconfig(server.kubeconfig, "kubeconfig")]));
  const policy = parseManifests(POLICY, "policy.yaml");
  await deployManifests(client, policy, kindsOf(lab, policy));
  const path = "/api/v1/namespaces/holdfast-system/serviceaccounts/holdfast/token";
  const body = JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} });
  const { status } = (await client.fetch({ method: "POST", path, body })) as { status: { token: string } };
  const signedIn = server.kubeconfig
    .replace(/ *client-(certificate|key)-data: .*\n/g, "")
    .replace(/token: .*/, `token: ${status.token}`);
  writeFileSync(account, signedIn);
}, 60_000);

afterAll(async () => {
  client.close();
  await close();
  rmSync(folder, { recursive: true, force: true });
});

const livePolicy = (): Promise<HighAvailabilityPolicy> =>
  client.get(highAvailabilityPolicies, undefined, "shop");

describe("the account of deploy/rbac", () => {
  test.each<{ name: string; run: () => Promise<Ended>; code: number }>([
    { name: "check", run: () => runCommand(checkCommand(), "--kubeconfig", account), code: 1 },
    { name: "prove", run: () => runCommand(proveCommand(), "--kubeconfig", account), code: 1 },
    { name: "plan", run: () => runCommand(planCommand(), "--kubeconfig", account), code: 0 },
    { name: "diff", run: () => runCommand(diffCommand(), "--kubeconfig", account), code: 0 },
    { name: "verify, before", run: () => runCommand(verifyCommand(), "--kubeconfig", account), code: 1 },
    { name: "apply", run: () => runCommand(applyCommand(), "--kubeconfig", account, "--yes"), code: 0 },
    { name: "status", run: () => runCommand(statusCommand(), "--kubeconfig", account), code: 0 },
    { name: "verify, after", run: () => runCommand(verifyCommand(), "--kubeconfig", account), code: 0 },
  ])("may $name", { timeout: 60_000 }, async ({ run, code }) => {
    const ended = await run();
    expect([ended.code, ended.stderr]).toEqual([code, ""]);
    expect(ended.stdout).not.toMatch(/forbidden|could not be read/);
  });
});

describe("Flux's expressions", () => {
  const { spec } = parse(file("flux/kustomization.yaml")) as {
    spec: { healthCheckExprs: readonly { kind: string; current: string; failed: string }[] };
  };
  const environment = withVariables(environmentOf([...OPERATORS]), [
    ["status", DYN],
    ["metadata", DYN],
  ]);

  function says(expression: string, policy: HighAvailabilityPolicy): unknown {
    const compiled = compileCel(environment, expression);
    if (!compiled.ok) throw new Error(compiled.why);
    const fields: Readonly<Record<string, unknown>> = {
      status: policy.status ?? {},
      metadata: policy.metadata,
    };
    return compiled.compiled.run((name) => dynamicValue(fields[name]), 10_000).value;
  }

  test("are the same for both kinds", () => {
    const [one, two] = spec.healthCheckExprs;
    expect([one?.kind, two?.kind]).toEqual(["HighAvailabilityPolicy", "NamespacedHighAvailabilityPolicy"]);
    expect([two?.current, two?.failed]).toEqual([one?.current, one?.failed]);
  });

  test("tell a policy as intended from one that is not, and from one that nobody has looked at", async () => {
    const [{ current, failed } = { current: "", failed: "" }] = spec.healthCheckExprs;
    const found = await livePolicy();
    expect([says(current, found), says(failed, found)]).toEqual([true, false]);
    const changed = { ...found, metadata: { ...found.metadata, generation: 99 } };
    expect([says(current, changed), says(failed, changed)]).toEqual([false, false]);
    const conditions = found.status?.conditions?.map((each) => ({ ...each, status: "False" as const })) ?? [];
    const broken = { ...found, status: { ...found.status, conditions } };
    expect([says(current, broken), says(failed, broken)]).toEqual([false, true]);
    const { status: _status, ...fresh } = found;
    expect([says(current, fresh), says(failed, fresh)]).toEqual([false, false]);
  });
});

test("Argo CD is told of both kinds", () => {
  const { data } = parse(file("argocd/health.yaml")) as { data: Readonly<Record<string, string>> };
  const [one, two] = ["HighAvailabilityPolicy", "NamespacedHighAvailabilityPolicy"].map(
    (kind) => data[`resource.customizations.health.holdfast.dev_${kind}`],
  );
  expect(one).toContain("return health");
  expect(two).toBe(one);
});

test("the hook is a Job that an API server takes, once helm has filled it in", async () => {
  const filled = file("helm/post-upgrade.yaml")
    .replace(/\{\{ printf .* \}\}/, "shop-web-holdfast")
    .replaceAll("{{ .Release.Namespace }}", "shop");
  expect(filled).not.toContain("{{");
  const path = "/apis/batch/v1/namespaces/holdfast-system/jobs?dryRun=All&fieldValidation=Strict";
  const body = JSON.stringify(parse(filled));
  expect(await client.fetch({ method: "POST", path, body })).toMatchObject({ kind: "Job" });
});

describe("the autoscalers", () => {
  const text = file("autoscalers/dns-and-ingress.yaml");
  const scaled = ["coredns", "traefik"]
    .map((name) =>
      web({ name, pod: apart(name) }).replace("metadata: {", "metadata: { namespace: kube-system,"),
    )
    .join("");

  test("are taken by an API server", async () => {
    for (const { object } of parseManifests(text, "autoscalers.yaml")) {
      const path =
        "/apis/autoscaling/v2/namespaces/kube-system/horizontalpodautoscalers?dryRun=All&fieldValidation=Strict";
      expect(await client.fetch({ method: "POST", path, body: JSON.stringify(object) })).toMatchObject({
        spec: { minReplicas: 2 },
      });
    }
  });

  test.each([
    { nodes: "3", found: 0 },
    { nodes: "2", found: 2 },
  ])("are within $nodes nodes, or capped: $found findings", ({ nodes, found }) => {
    const both = `${text}${scaled}`;
    expect(findingsIn(autoscalerAboveNodes, both, nodes)).toHaveLength(found);
    expect(linesAfterFixes(autoscalerAboveNodes, both, nodes)).toEqual([]);
  });
});

test("what was applied under the account's name is taken back under it", { timeout: 60_000 }, async () => {
  const ended = await runCommand(rollbackCommand(), "shop", "--kubeconfig", account, "--yes");
  expect([ended.code, ended.stderr]).toEqual([0, ""]);
});
