import { beforeAll, expect, test } from "vitest";
import { testApi } from "../../../../../test/support/api.ts";
import { loadCel } from "../../../../kube/cel/loader.ts";
import type { Kind } from "../../../../kube/kind.ts";
import { configMaps, findKind } from "../../../../kube/kinds.ts";

const VERSION = "admissionregistration.k8s.io/v1";
const POLICIES = findKind(VERSION, "ValidatingAdmissionPolicy") as Kind;
const BINDINGS = findKind(VERSION, "ValidatingAdmissionPolicyBinding") as Kind;
const RULE = { apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["configmaps"] };

beforeAll(loadCel);

// As kube-apiserver 1.34.4 has it.
test.each([
  { name: "its own", metadata: { name: "a" }, told: /name a$/ },
  {
    name: "its own, where one could be made up too",
    metadata: { name: "a", generateName: "b-" },
    told: /name a$/,
  },
  { name: "what was made up", metadata: { generateName: "b-" }, told: /name b-[a-z0-9]{5}$/ },
])("a validating policy sees the name of a new object: $name", ({ metadata, told }) => {
  const { api } = testApi();
  const validation = { expression: "false", messageExpression: "'name ' + request.name" };
  const spec = { matchConstraints: { resourceRules: [RULE] }, validations: [validation] };
  api.create(POLICIES, { metadata: { name: "p" }, spec } as never);
  const bound = { policyName: "p", validationActions: ["Deny"] };
  api.create(BINDINGS, { metadata: { name: "p" }, spec: bound } as never);
  expect(() => api.create(configMaps, { metadata: { ...metadata, namespace: "default" } } as never)).toThrow(
    told,
  );
});
