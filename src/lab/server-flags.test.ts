import { expect, test } from "vitest";
import { deployments, findKind, pods } from "../kube/kinds.ts";
import { drive } from "../time/drive.ts";
import { createLab } from "./lab.ts";

const BETA = "admissionregistration.k8s.io/v1beta1";
const POLICIES = findKind(BETA, "MutatingAdmissionPolicy");

test("a stock lab knows no mutating policies", () => {
  expect(createLab().findKind(BETA, "MutatingAdmissionPolicy")).toBeUndefined();
});

test("they are stored and nothing more where their version is served without their gate", () => {
  const lab = createLab({ runtimeConfig: { [BETA]: true } });
  expect(lab.findKind(BETA, "MutatingAdmissionPolicy")).toBe(POLICIES);
  expect(lab.findKind(BETA, "MutatingAdmissionPolicyBinding")).toBeDefined();
});

test.each([
  {
    name: "a gate whose version is not served",
    flags: { featureGates: { MutatingAdmissionPolicy: true } },
    why: "set the runtime config admissionregistration.k8s.io/v1beta1=true as well",
  },
  {
    name: "an unknown gate",
    flags: { featureGates: { Odd: true } },
    why: 'There is no feature gate "Odd" in a lab; there is MutatingAdmissionPolicy',
  },
  {
    name: "an unknown version",
    flags: { runtimeConfig: { "odd/v1": false } },
    why: 'There is no runtime config "odd/v1" in a lab',
  },
])("$name is refused", ({ flags, why }) => {
  expect(() => createLab(flags)).toThrow(why);
});

test("with both flags the pods of a Deployment become what a policy makes of them", async () => {
  const lab = createLab({
    nodes: 2,
    featureGates: { MutatingAdmissionPolicy: true },
    runtimeConfig: { [BETA]: true },
  });
  const run = async () => {
    await lab.ready();
    const client = lab.client("kubernetes-admin");
    const kind = (name: string) => lab.findKind(BETA, name) as NonNullable<typeof POLICIES>;
    const expression =
      'Object{spec: Object.spec{initContainers: [Object.spec.initContainers{name: "mesh", image: "mesh:1", restartPolicy: "Always"}]}}';
    await client.create(kind("MutatingAdmissionPolicy"), undefined, {
      metadata: { name: "mesh" },
      spec: {
        matchConstraints: {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "default" } },
          resourceRules: [
            { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
          ],
        },
        mutations: [{ patchType: "ApplyConfiguration", applyConfiguration: { expression } }],
        reinvocationPolicy: "Never",
      },
    });
    await client.create(kind("MutatingAdmissionPolicyBinding"), undefined, {
      metadata: { name: "mesh" },
      spec: { policyName: "mesh" },
    });
    const labels = { app: "web" };
    await client.create(deployments, "default", {
      metadata: { name: "web" },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "web", image: "nginx" }] } },
      },
    });
    const all = () => lab.api.list(pods, { namespace: "default" });
    while (all().filter(({ status }) => status.phase === "Running").length < 3) await lab.engine.sleep(100);
    return all();
  };
  const running = await drive(lab.engine, run());
  expect(running.map(({ spec }) => spec.initContainers?.map(({ name }) => name))).toEqual(
    Array(3).fill(["mesh"]),
  );
});
