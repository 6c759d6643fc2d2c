/** The definitions as files, and what an API server that has them takes and refuses. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { testApi } from "../../../test/support/api.ts";
import { highAvailabilityPolicies, namespacedHighAvailabilityPolicies } from "../../kube/holdfast-kinds.ts";
import { customResourceDefinitions } from "../../kube/kinds.ts";
import { StatusError } from "../../kube/status-error.ts";
import { createLocalClient } from "../../lab/client.ts";
import { drive } from "../../time/drive.ts";
import { policyDefinitions } from "./policy-definitions.ts";

const update = process.env.HOLDFAST_UPDATE === "1";

test.each(policyDefinitions())("deploy/crds holds $metadata.name as it is", (definition) => {
  const file = new URL(`../../../deploy/crds/${definition.metadata.name}.yaml`, import.meta.url);
  const text = `# Written by npm run test:update from src/harden/policy/policy-schema.ts.\n${stringify(definition, { lineWidth: 120, aliasDuplicateObjects: false })}`;
  if (update) writeFileSync(file, text);
  expect(readFileSync(file, "utf8")).toBe(text);
});

const { engine, server } = testApi();
const client = createLocalClient(server);
for (const definition of policyDefinitions())
  await drive(engine, client.create(customResourceDefinitions, undefined, definition));
engine.runFor(2_000);

const CART = { kind: "Deployment", namespace: "shop", name: "cart" };

/** "taken", or why not. */
async function asked(spec: object, namespaced = false): Promise<string> {
  const kind = namespaced ? namespacedHighAvailabilityPolicies : highAvailabilityPolicies;
  const body = { apiVersion: "holdfast.dev/v1alpha1", kind: kind.kind, metadata: { name: "critical" }, spec };
  try {
    await drive(
      engine,
      client.create(kind, namespaced ? "default" : undefined, body, {
        dryRun: true,
        fieldValidation: "Strict",
      }),
    );
    return "taken";
  } catch (error) {
    if (error instanceof StatusError) return error.message;
    throw error;
  }
}

describe("a policy", () => {
  test.each([
    { name: "that says its targets only", spec: { targets: [CART] } },
    {
      name: "that says everything",
      spec: {
        tier: 1,
        targets: [
          { selector: { matchLabels: { app: "cart" } } },
          { namespace: "shop" },
          { kind: "StatefulSet" },
        ],
        replicas: 3,
        spread: { nodes: "Required", zones: "Preferred" },
        rollout: { maxSurge: 1, maxUnavailable: 0 },
        disruptionBudget: { maxUnavailable: 2 },
        unreachableSeconds: 20,
        priorityClassName: "shop-first",
        termination: { withdrawSeconds: 15, graceSeconds: 90 },
        sessionAffinity: { mode: "ClientIP", timeoutSeconds: 3600 },
        storage: { className: "longhorn", copies: 3, shareClaims: true },
        resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "128Mi" } },
        probes: { timeoutSeconds: 5, startSeconds: 600 },
      },
    },
    { name: "of tier 3 with one replica", spec: { tier: 3, replicas: 1, targets: [CART] } },
  ])("$name is taken", async ({ spec }) => {
    expect(await asked(spec)).toBe("taken");
  });

  test.each([
    { name: "without targets", spec: { tier: 1 }, why: "spec.targets: Required value" },
    { name: "with no target in the list", spec: { targets: [] }, why: "should have at least 1 items" },
    {
      name: "with a target that says nothing",
      spec: { targets: [{}] },
      why: "an empty target would mean every workload",
    },
    {
      name: "with name and selector",
      spec: { targets: [{ name: "cart", selector: { matchLabels: { a: "b" } } }] },
      why: "say one of the two",
    },
    {
      name: "with an empty selector",
      spec: { targets: [{ selector: {} }] },
      why: "an empty selector would mean",
    },
    {
      name: "of an unknown tier",
      spec: { tier: 4, targets: [CART] },
      why: 'Unsupported value: 4: supported values: "1", "2", "3"',
    },
    {
      name: "for a kind that it cannot help",
      spec: { targets: [{ kind: "DaemonSet" }] },
      why: 'supported values: "Deployment", "StatefulSet"',
    },
    {
      name: "of tier 1 with one replica",
      spec: { tier: 1, replicas: 1, targets: [CART] },
      why: "the nearest is replicas: 2, or tier: 3",
    },
    {
      name: "whose updates could not begin",
      spec: { targets: [CART], rollout: { maxSurge: 0, maxUnavailable: 0 } },
      why: "the nearest is maxUnavailable: 1",
    },
    {
      name: "whose budget forbids every drain",
      spec: { targets: [CART], disruptionBudget: { maxUnavailable: 0 } },
      why: "should be greater than or equal to 1",
    },
    {
      name: "whose budget lets all go",
      spec: { targets: [CART], replicas: 2, disruptionBudget: { maxUnavailable: 2 } },
      why: "the budget lets all replicas go at once; the nearest maxUnavailable is one below replicas",
    },
    {
      name: "with a budget for one replica",
      spec: { tier: 3, targets: [CART], replicas: 1, disruptionBudget: { maxUnavailable: 1 } },
      why: "one replica needs no budget",
    },
    {
      name: "with a budget that is not enabled",
      spec: { targets: [CART], disruptionBudget: { enabled: false, maxUnavailable: 1 } },
      why: "leave one of the two out",
    },
    {
      name: "that keeps one replica apart",
      spec: { tier: 3, targets: [CART], replicas: 1, spread: { nodes: "Required" } },
      why: "one replica has nothing to be kept apart from",
    },
    {
      name: "that kills before it withdraws",
      spec: { targets: [CART], termination: { withdrawSeconds: 30, graceSeconds: 20 } },
      why: "the nearest graceSeconds is one above withdrawSeconds",
    },
    {
      name: "with a time for no affinity",
      spec: { targets: [CART], sessionAffinity: { mode: "None", timeoutSeconds: 5 } },
      why: "there is nothing to time out",
    },
    {
      name: "that shares a volume of one copy",
      spec: { targets: [CART], storage: { shareClaims: true, copies: 1 } },
      why: "the nearest is copies: 2",
    },
    {
      name: "with a request above its limit",
      spec: { targets: [CART], resources: { requests: { memory: "1Gi" }, limits: { memory: "512Mi" } } },
      why: "a request of 1Gi memory is above its limit; the nearest limit is 1Gi",
    },
    {
      name: "with an unknown field",
      spec: { targets: [CART], replica: 2 },
      why: 'unknown field "spec.replica"',
    },
  ])("$name is refused", async ({ spec, why }) => {
    expect(await asked(spec)).toContain(why);
  });

  test("of a namespace names no namespace", async () => {
    expect(await asked({ targets: [{ name: "cart" }] }, true)).toBe("taken");
    expect(await asked({ targets: [CART] }, true)).toContain('unknown field "spec.targets[0].namespace"');
  });
});
