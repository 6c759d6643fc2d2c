/** The definitions as files, and what an API server that has them takes and refuses. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { testApi } from "../../../test/support/api.ts";
import { REFUSED, TAKEN } from "../../../test/support/harden/policy-cases.ts";
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
  test.each(TAKEN)("$name is taken", async ({ spec }) => {
    expect(await asked(spec)).toBe("taken");
  });

  test.each(REFUSED)("$name is refused", async ({ spec, why }) => {
    expect(await asked(spec)).toContain(why);
  });

  test("of a namespace names no namespace", async () => {
    expect(await asked({ targets: [{ name: "cart" }] }, true)).toBe("taken");
    expect(await asked({ targets: [{ namespace: "shop", name: "cart" }] }, true)).toContain(
      'unknown field "spec.targets[0].namespace"',
    );
  });
});
