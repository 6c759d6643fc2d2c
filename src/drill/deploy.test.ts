import { describe, expect, test } from "vitest";
import { testApi } from "../../test/support/api.ts";
import { deployments, namespaces, storageClasses } from "../kube/kinds.ts";
import { createLocalClient } from "../lab/client.ts";
import { createLab } from "../lab/lab.ts";
import { drive } from "../time/drive.ts";
import { parseManifests } from "../view/manifests.ts";
import { deployManifests } from "./deploy.ts";
import { kindsOf } from "./kinds-of.ts";
import { findTrouble } from "./trouble.ts";

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: nginx
`;

const CLAIM = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {accessModes: [ReadWriteOnce], storageClassName: fast-local, resources: {requests: {storage: 1Gi}}}
`;

function deploy(...texts: string[]) {
  const { server, api } = testApi();
  const client = createLocalClient(server);
  const manifests = parseManifests(texts.join("---\n"), "app.yaml");
  const done = deployManifests(client, manifests, (apiVersion, kind) => server.kinds.find(apiVersion, kind));
  return { api, client, done };
}

const RULED = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: pools.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: pools, singular: pool, kind: Pool}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties: {size: {type: integer}, name: {type: string, pattern: "^[a-z]+$"}}
            x-kubernetes-validations: [{rule: self.size > 0}]
---
apiVersion: example.com/v1
kind: Pool
metadata: {name: small, namespace: shop}
spec: {size: 1, name: abc}
`;

test("definitions whose rules need code that is not loaded yet wait for it, not for virtual time", async () => {
  const lab = createLab({ seed: 1, nodes: 1 });
  await drive(lab.engine, lab.ready());
  const manifests = parseManifests(RULED, "pool.yaml");
  const before = lab.engine.now();
  const { findings } = await drive(
    lab.engine,
    deployManifests(lab.client("admin"), manifests, kindsOf(lab, manifests)),
  );
  expect(findings).toEqual([]);
  // Only until the definition is served.
  expect(lab.engine.now() - before).toBeLessThan(1_000);
});

describe("deployManifests", () => {
  test("supplies the namespace and the class that are presupposed, and says so", async () => {
    const { api, done } = deploy(WEB, CLAIM);
    expect((await done).assumed).toEqual([
      "namespace shop",
      "storage class fast-local, provisioned by rancher.io/local-path",
    ]);
    expect(api.get(namespaces, undefined, "shop")).toBeDefined();
    expect(api.get(storageClasses, undefined, "fast-local")?.volumeBindingMode).toBe("WaitForFirstConsumer");
  });

  test.each([
    { name: "names no class", field: "", supplied: true },
    { name: "wants no class", field: 'storageClassName: "", ', supplied: false },
    { name: "names its volume", field: "volumeName: disk-1, ", supplied: false },
  ])("supplies a default class for a claim that $name: $supplied", async ({ field, supplied }) => {
    const { api, done } = deploy(CLAIM.replace("storageClassName: fast-local, ", field));
    const { assumed } = await done;
    expect(assumed.some((text) => text.startsWith("a default storage class"))).toBe(supplied);
    expect(api.get(storageClasses, undefined, "default") !== undefined).toBe(supplied);
  });

  test("supplies no default class beside the user's own", async () => {
    const own = `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: disks, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
provisioner: disks.example.org
`;
    const { assumed } = await deploy(own, CLAIM.replace("storageClassName: fast-local, ", "")).done;
    expect(assumed).toEqual(["namespace shop"]);
  });

  test("applies the same object twice in order, and finds it", async () => {
    const { api, done } = deploy(WEB, WEB.replace("replicas: 2", "replicas: 3"));
    const { findings } = await done;
    expect(findings).toEqual([
      {
        where: "app.yaml, line 20",
        what: "Deployment web stands at app.yaml, line 1 too; the later one is applied over the earlier, as kubectl does",
      },
    ]);
    expect(api.get(deployments, "shop", "web")?.spec.replicas).toBe(3);
  });

  test("leaves out a kind that nobody defines, and goes on with the rest", async () => {
    const { api, done } = deploy("apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: w}\n", WEB);
    expect((await done).findings[0]?.what).toContain(
      'no matches for kind "Widget" in version "example.org/v1"',
    );
    expect(api.get(deployments, "shop", "web")).toBeDefined();
  });

  test.each([
    {
      name: "a field that does not exist",
      text: WEB.replace("replicas: 2", "replcas: 2"),
      error:
        /app\.yaml, line 7, spec\.replcas: the API server refuses it: .*\.spec\.replcas: field not declared in schema/,
    },
    {
      name: "a value of the wrong type",
      text: WEB.replace("replicas: 2", "replicas: two"),
      error: /app\.yaml, line \d+.*: the API server refuses it: /,
    },
    {
      name: "a value that makes no sense",
      text: WEB.replace("replicas: 2", "replicas: -1"),
      error: /app\.yaml, line 7, spec\.replicas: .*must be greater than or equal to 0/,
    },
    {
      name: "labels that its own selector does not select",
      text: WEB.replace("        app: web\n    spec", "        app: other\n    spec"),
      error: /spec\.template\.metadata\.labels.*`selector` does not match template `labels`/,
    },
  ])("refuses $name with file, line and field", async ({ text, error }) => {
    await expect(deploy(text).done).rejects.toThrow(error);
  });
});

describe("findTrouble", () => {
  test("names a Service that selects nothing", async () => {
    const service =
      "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {selector: {app: wbe}, ports: [{port: 80}]}\n";
    const { client, done } = deploy(WEB, service);
    await done;
    const trouble = await findTrouble(client);
    expect(trouble.find((finding) => finding.where === "Service shop/web")?.what).toContain(
      "its selector app=wbe matches no workload's pods",
    );
  });

  test("says nothing of a Service whose pods belong to nobody", async () => {
    const service =
      "apiVersion: v1\nkind: Service\nmetadata: {name: lone, namespace: shop}\nspec: {selector: {app: lone}, ports: [{port: 80}]}\n";
    const lone =
      "apiVersion: v1\nkind: Pod\nmetadata: {name: lone, namespace: shop, labels: {app: lone}}\nspec: {containers: [{name: x, image: nginx}]}\n";
    const { client, done } = deploy(WEB, service, lone);
    await done;
    const trouble = await findTrouble(client);
    expect(trouble.filter(({ where }) => where === "Service shop/lone")).toEqual([]);
  });
});
