/** What a kube-controller-manager 1.34.4 wrote into the status of the same policies. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { testControllers } from "../../../../test/support/controllers.ts";
import { loadCel } from "../../../kube/cel/loader.ts";
import { customResourceDefinitions } from "../../../kube/kinds.ts";
import { drive } from "../../../time/drive.ts";
import { validatingPolicies } from "../../apiserver/admission/policies/policy-objects.ts";
import { createLocalClient } from "../../client.ts";
import { validatingAdmissionPolicyStatus } from "./validatingadmissionpolicy-status.ts";

interface Recorded {
  readonly name: string;
  readonly spec: object;
  readonly status: object;
}

const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(new URL("../../../../test/golden/type-checking.data.json", import.meta.url), "utf8"),
);

interface Checked {
  readonly expressionWarnings: readonly { readonly warning: string }[];
}

async function stage() {
  await loadCel();
  const started = testControllers([]);
  started.start(validatingAdmissionPolicyStatus(started.server.kinds));
  const client = createLocalClient(started.server);
  return {
    ...started,
    create: (name: string, spec: object) =>
      drive(started.engine, client.create(validatingPolicies, undefined, { metadata: { name }, spec })),
    policy: (name: string) => started.api.get(validatingPolicies, undefined, name),
  };
}

test.each(recorded)("the expressions of a policy: $name", async ({ spec, status }) => {
  const { create, policy, runSeconds } = await stage();
  await create("p", spec);
  runSeconds(5);
  expect(policy("p")?.status).toEqual(status);
});

test("a changed policy is looked at again, and whoever wrote the status owns it", async () => {
  const { api, create, policy, runSeconds } = await stage();
  const resourceRules = [
    { apiGroups: ["apps"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["deployments"] },
  ];
  await create("p", { matchConstraints: { resourceRules }, validations: [{ expression: "true" }] });
  runSeconds(5);
  expect(policy("p")?.metadata.managedFields).toContainEqual(
    expect.objectContaining({
      manager: "validatingadmissionpolicy-status",
      operation: "Apply",
      subresource: "status",
      fieldsV1: { "f:status": { "f:observedGeneration": {}, "f:typeChecking": {} } },
    }),
  );
  const spec = { validations: [{ expression: "object.nope == 1" }] };
  api.patch(validatingPolicies, undefined, "p", "merge", { spec });
  runSeconds(5);
  const warning =
    "apps/v1, Kind=Deployment: ERROR: <input>:1:7: undefined field 'nope'\n | object.nope == 1\n | ......^\n";
  expect(policy("p")?.status).toEqual({
    observedGeneration: 2,
    typeChecking: { expressionWarnings: [{ fieldRef: "spec.validations[0].expression", warning }] },
  });
});

test("custom kinds are checked by their schema", async () => {
  const { api, create, policy, runSeconds } = await stage();
  const spec = { type: "object", properties: { size: { type: "integer" } } };
  const openAPIV3Schema = { type: "object", properties: { spec } };
  api.create(customResourceDefinitions, {
    metadata: { name: "boxes.example.com" },
    spec: {
      group: "example.com",
      names: { plural: "boxes", singular: "box", kind: "Box", listKind: "BoxList" },
      scope: "Namespaced",
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  } as never);
  runSeconds(5);
  const resourceRules = [
    { apiGroups: ["example.com"], apiVersions: ["v1"], operations: ["CREATE"], resources: ["boxes"] },
  ];
  const expressions = [
    "object.spec.size == 'a'",
    "object.metadata.labels.a == 'b'",
    "object.spec.other == 1",
  ];
  const validations = expressions.map((expression) => ({ expression }));
  await create("p", { matchConstraints: { resourceRules }, validations });
  runSeconds(5);
  const status = policy("p")?.status as { readonly typeChecking?: Checked } | undefined;
  expect(status?.typeChecking?.expressionWarnings.map(({ warning }) => warning.split("\n")[0])).toEqual([
    "example.com/v1, Kind=Box: ERROR: <input>:1:18: found no matching overload for '_==_' applied to '(int, string)'",
    "example.com/v1, Kind=Box: ERROR: <input>:1:12: undefined field 'other'",
  ]);
});
