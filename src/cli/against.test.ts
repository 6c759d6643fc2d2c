/** `holdfast plan --against`: what is told of a coming helm upgrade, in every form, and what is refused. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { jsonSchemaProblems } from "../../test/support/json-schema.ts";
import { runCommand } from "../../test/support/prove-command.ts";
import { planCommand } from "./plan.ts";
// The command loads it when it is called; here that would be a part of the first test.
import "./plan-run.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-against-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const web = (spec: string, metadata = "name: web, namespace: shop", pod = "") => `apiVersion: apps/v1
kind: Deployment
metadata: {${metadata}}
spec:
  ${spec}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      ${pod}
      containers: [{name: main, image: "example.org/web:1", resources: {requests: {cpu: 500m}}}]
`;

const shop = file("shop.yaml", web("replicas: 1"));
const policy = file(
  "policy.yaml",
  "{apiVersion: holdfast.dev/v1alpha1, kind: HighAvailabilityPolicy, metadata: {name: all}, spec: {targets: [{name: web}]}}",
);
const plan = (source: string, rendered: string, ...words: readonly string[]) =>
  runCommand(planCommand(), "-f", source, "--policy", policy, "--against", rendered, ...words);

async function against(source: string, rendered: string, ...words: readonly string[]) {
  const { code, stdout, stderr } = await plan(source, rendered, ...words, "-o", "json");
  expect([code, stderr]).toEqual([0, ""]);
  const result = JSON.parse(stdout);
  const schema = JSON.parse(readFileSync("docs/plan.schema.json", "utf8"));
  expect(jsonSchemaProblems(result, schema)).toEqual([]);
  return result.against;
}

describe("a chart and a plan that want a field", () => {
  test("otherwise: overwritten from the client, a conflict on the server", async () => {
    const { fields } = await against(shop, shop);
    expect(fields).toEqual([
      {
        object: "Deployment shop/web",
        field: "spec.replicas",
        plan: 2,
        chart: 1,
        outcomes: { "client-side": "overwritten", "server-side": "conflict", forced: "overwritten" },
        overwrittenWith: 1,
        advice: "say 2 in the chart's values",
      },
    ]);
  });

  test("alike: nothing happens, and both own it", async () => {
    const { fields } = await against(shop, file("alike.yaml", web("replicas: 2")));
    expect(fields).toMatchObject([
      {
        field: "spec.replicas",
        outcomes: { "client-side": "kept", "server-side": "kept", forced: "kept" },
        advice: "leave it: chart and plan agree",
      },
    ]);
  });

  test("of which one form excludes the other: a forced upgrade is refused by the API server", async () => {
    const recreate = file("recreate.yaml", web("strategy: {type: Recreate}"));
    const { fields, objects } = await against(recreate, recreate);
    expect(fields).toContainEqual(
      expect.objectContaining({
        field: "spec.strategy.type",
        outcomes: { "client-side": "overwritten", "server-side": "conflict", forced: "refused" },
      }),
    );
    expect(objects).toMatchObject([{ what: "invalid", ways: ["forced"] }]);
    expect(objects[0].why).toContain("may not be specified when strategy `type` is 'Recreate'");
  });

  test("as a list that is owned whole", async () => {
    const chart = file("spot.yaml", web("", undefined, "tolerations: [{key: spot, operator: Exists}]"));
    const [tolerations] = (await against(shop, chart)).fields;
    expect(tolerations).toMatchObject({
      field: "spec.template.spec.tolerations",
      outcomes: { "client-side": "overwritten", "server-side": "conflict", forced: "overwritten" },
      overwrittenWith: [{ key: "spot", operator: "Exists" }],
    });
  });

  test("not at all: says so", async () => {
    const { stdout } = await plan(shop, file("quiet.yaml", web("")));
    expect(stdout).toContain("The chart sets no field that is ours or will be.");
  });
});

const HELM =
  "name: web, namespace: shop, labels: {app.kubernetes.io/managed-by: Helm}, annotations: {meta.helm.sh/release-name: web, meta.helm.sh/release-namespace: shop}";

const entry = (operation: string) =>
  `{manager: helm, operation: ${operation}, apiVersion: apps/v1, fieldsType: FieldsV1, fieldsV1: {"f:spec": {"f:replicas": {}}}}`;

describe("a release", () => {
  test.each([
    { operation: "Update", lastMethod: "client-side", auto: "client-side", forced: "refused" },
    { operation: "Apply", lastMethod: "server-side", auto: "server-side", forced: "forced" },
  ])("whose fields are helm's by $operation was last written $lastMethod", async (given) => {
    const live = file("live.yaml", web("replicas: 1", `${HELM}, managedFields: [${entry(given.operation)}]`));
    const { release, commands } = await against(live, shop);
    expect(release).toEqual({
      name: "web",
      namespace: "shop",
      lastMethod: given.lastMethod,
      toldBy: "managedFields",
    });
    expect(commands).toContainEqual({ helm: 4, flags: "", way: given.auto });
    expect(commands).toContainEqual({ helm: 4, flags: "--force-conflicts", way: given.forced });
  });

  test("does not get a budget that the plan makes", async () => {
    const budget = `{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web, namespace: shop}, spec: {minAvailable: 1}}`;
    const live = file("live.yaml", web("replicas: 1", HELM));
    const { objects } = await against(live, file("budget.yaml", `${web("")}---\n${budget}`));
    expect(objects).toMatchObject([{ object: "PodDisruptionBudget shop/web", what: "not-imported" }]);
  });

  test("that loses an object of the plan is told", async () => {
    const other = HELM.replace("name: web,", "name: other,");
    const live = file("live.yaml", `${web("replicas: 1", HELM)}---\n${web("replicas: 1", other)}`);
    const { objects } = await against(
      live,
      file("other.yaml", web("replicas: 1", "name: other, namespace: shop")),
    );
    expect(objects).toMatchObject([{ object: "Deployment shop/web", what: "deleted" }]);
  });
});

test.each([
  { form: "table", says: "client-side: becomes 1, server-side: conflict, forced: becomes 1" },
  {
    form: "markdown",
    says: "| Deployment shop/web | spec.replicas | 2 | 1 | becomes 1 | conflict | becomes 1 |",
  },
  { form: "yaml", says: "advice: say 2 in the chart's values" },
])("is told as $form", async ({ form, says }) => {
  const { code, stdout } = await plan(shop, shop, "-o", form);
  expect(code).toBe(0);
  expect(stdout).toContain(says);
});

test("passes over hooks, and kinds that are custom", async () => {
  const hook = `apiVersion: batch/v1\nkind: Job\nmetadata: {name: web, annotations: {helm.sh/hook: test}}\n`;
  const monitor = `apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: web}\n`;
  const { fields } = await against(
    shop,
    file("more.yaml", [web("replicas: 1"), hook, hook, monitor].join("---\n")),
  );
  expect(fields).toHaveLength(1);
});

test("looks at nothing that the policy has nothing to do with", async () => {
  const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.org}
spec:
  group: example.org
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-validations: [{rule: "true"}]}}}]
`;
  const role = `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: web}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}]
`;
  const all = file("all.yaml", [web("replicas: 1"), definition, role].join("---\n"));
  const { fields, objects, otherConflicts } = await against(all, all);
  expect([fields.length, objects, otherConflicts]).toEqual([1, [], []]);
});

describe("what names no namespace", () => {
  const nameless = file("nameless.yaml", web("replicas: 1", "name: web"));

  test("is found where there is one such object", async () => {
    expect((await against(shop, nameless)).fields).toHaveLength(1);
  });

  test("and is there twice wants the release's namespace", async () => {
    const both = file(
      "both.yaml",
      `${web("replicas: 1")}---\n${web("replicas: 1", "name: web, namespace: mall")}`,
    );
    const { code, stderr } = await plan(both, nameless);
    expect(code).toBe(2);
    expect(stderr).toContain(
      "Deployment web names no namespace, and there is one in mall and shop; say with -n which namespace the release is in",
    );
    expect((await against(both, nameless, "-n", "mall")).fields).toMatchObject([
      { object: "Deployment mall/web" },
    ]);
  });
});

test.each([
  { name: "no YAML", text: "a: [", why: "is not valid YAML" },
  { name: "nothing", text: "", why: "no object found in it" },
  { name: "comments alone", text: "# Source: web/templates/web.yaml\n---\n", why: "no object found in it" },
  { name: "no object", text: "- a\n", why: "holds a list where a Kubernetes object" },
  {
    name: "custom kinds alone",
    text: "apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: a}\n",
    why: "holds no object of a kind that is built into Kubernetes; expected what `helm template RELEASE CHART` prints",
  },
  {
    name: "a kind that is served no more",
    text: "apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: a}\n",
    why: "line 2: apps/v1beta1 Deployment is no kind that Kubernetes serves; the nearest is apps/v1 Deployment",
  },
  {
    name: "a slip in a kind",
    text: "apiVersion: apps/v1\nkind: Deploymnt\nmetadata: {name: a}\n",
    why: "the nearest is apps/v1 Deployment",
  },
  {
    name: "an object twice",
    text: `${web("replicas: 1")}---\n${web("replicas: 2")}`,
    why: "Deployment shop/web stands here for the second time, first at",
  },
])("ends with 2 on $name", async ({ text, why }) => {
  const { code, stderr } = await plan(shop, file("bad.yaml", text));
  expect(code).toBe(2);
  expect(stderr).toContain(why);
});

test("ends with 2 on a file that is not there", async () => {
  const { code, stderr } = await plan(shop, join(folder, "nowhere.yaml"));
  expect(code).toBe(2);
  expect(stderr).toContain("cannot be read");
});
