import { expect } from "vitest";
import { configMaps, deployments } from "../../../src/kube/kinds.ts";
import { configMap, deployment, refusal } from "../bodies.ts";
import type { ContractCase } from "../client-contract.ts";

const apply = (name: string, data: object) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data,
});

export const patchCases: readonly ContractCase[] = [
  {
    name: "a merge patch sets, deepens and removes",
    async run({ client, namespace, name }) {
      await client.create(configMaps, namespace, configMap(name, { a: "1", b: "2" }));
      const patch = { metadata: { labels: { x: "y" } }, data: { a: null, c: "3" } };
      const next = await client.patch(configMaps, namespace, name, "merge", patch);
      expect(next.data).toEqual({ b: "2", c: "3" });
      expect(next.metadata.labels).toEqual({ x: "y" });
    },
  },
  {
    name: "a patch that changes nothing leaves the resourceVersion",
    async run({ client, namespace, name }) {
      const made = await client.create(configMaps, namespace, configMap(name, { a: "1" }));
      const next = await client.patch(configMaps, namespace, name, "merge", { data: { a: "1" } });
      expect(next.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
    },
  },
  {
    name: "a JSON patch is carried out in order",
    async run({ client, namespace, name }) {
      await client.create(
        configMaps,
        namespace,
        configMap(name, { a: "1" }, { annotations: { "b/c": "2" } }),
      );
      const next = await client.patch(configMaps, namespace, name, "json", [
        { op: "test", path: "/data/a", value: "1" },
        { op: "replace", path: "/data/a", value: "9" },
        { op: "copy", from: "/data/a", path: "/data/d" },
        { op: "remove", path: "/metadata/annotations/b~1c" },
        { op: "add", path: "/metadata/labels", value: { x: "y" } },
      ]);
      expect(next.data).toEqual({ a: "9", d: "9" });
      expect(next.metadata.labels).toEqual({ x: "y" });
    },
  },
  ...[
    { name: "a JSON patch whose test fails is refused", op: { op: "test", path: "/data/a", value: "2" } },
    { name: "a JSON patch of what is not there is refused", op: { op: "remove", path: "/data/z" } },
  ].map(({ name: title, op }) => ({
    name: title,
    async run({ client, namespace, name }: Parameters<ContractCase["run"]>[0]) {
      const made = await client.create(configMaps, namespace, configMap(name, { a: "1" }));
      const change = { op: "add", path: "/data/b", value: "2" };
      const error = await refusal(client.patch(configMaps, namespace, name, "json", [change, op]));
      expect(error).toMatchObject({ reason: "Invalid", code: 422 });
      expect(await client.get(configMaps, namespace, name)).toEqual(made);
    },
  })),
  {
    name: "a JSON patch that is no list is refused",
    async run({ client, namespace, name }) {
      await client.create(configMaps, namespace, configMap(name));
      expect(await refusal(client.patch(configMaps, namespace, name, "json", {}))).toMatchObject({
        reason: "BadRequest",
        message:
          "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
      });
    },
  },
  {
    name: "a strategic patch merges containers by name",
    async run({ client, namespace, name }) {
      await client.create(deployments, namespace, deployment(name));
      const containers = [
        { name: "main", image: "registry.k8s.io/pause:3.9" },
        { name: "side", image: "registry.k8s.io/pause:3.9" },
      ];
      const next = await client.patch(deployments, namespace, name, "strategic", {
        spec: { template: { spec: { containers } } },
      });
      const images = next.spec.template.spec.containers.map((container) => [container.name, container.image]);
      expect(Object.fromEntries(images)).toEqual({
        main: "registry.k8s.io/pause:3.9",
        side: "registry.k8s.io/pause:3.9",
      });
    },
  },
  {
    name: "a strategic patch removes one container by name",
    async run({ client, namespace, name }) {
      const body = deployment(name);
      const two = [
        { name: "main", image: "a:1" },
        { name: "side", image: "b:1" },
      ];
      const spec = {
        ...(body.spec as object),
        template: { metadata: { labels: { app: name } }, spec: { containers: two } },
      };
      await client.create(deployments, namespace, { ...body, spec });
      const next = await client.patch(deployments, namespace, name, "strategic", {
        spec: { template: { spec: { containers: [{ name: "side", $patch: "delete" }] } } },
      });
      expect(next.spec.template.spec.containers.map((container) => container.name)).toEqual(["main"]);
    },
  },
  {
    name: "a merge patch replaces a list as a whole",
    async run({ client, namespace, name }) {
      await client.create(deployments, namespace, deployment(name));
      const next = await client.patch(deployments, namespace, name, "merge", {
        spec: { template: { spec: { containers: [{ name: "other", image: "a:1" }] } } },
      });
      expect(next.spec.template.spec.containers.map((container) => container.name)).toEqual(["other"]);
    },
  },
  {
    name: "what is not there cannot be patched",
    async run({ client, namespace, name }) {
      expect(await refusal(client.patch(configMaps, namespace, name, "merge", {}))).toMatchObject({
        reason: "NotFound",
        message: `configmaps "${name}" not found`,
      });
    },
  },
  {
    name: "a patch of a copy that is out of date is refused",
    async run({ client, namespace, name }) {
      const { metadata } = await client.create(configMaps, namespace, configMap(name));
      await client.update(configMaps, namespace, name, configMap(name, { a: "1" }));
      const patch = { metadata: { resourceVersion: metadata.resourceVersion }, data: { a: "2" } };
      expect(await refusal(client.patch(configMaps, namespace, name, "merge", patch))).toMatchObject({
        reason: "Conflict",
        details: { name, kind: "configmaps" },
      });
    },
  },
  {
    name: "a patch cannot rename",
    async run({ client, namespace, name }) {
      await client.create(configMaps, namespace, configMap(name));
      const patch = { metadata: { name: "other" } };
      expect(await refusal(client.patch(configMaps, namespace, name, "merge", patch))).toMatchObject({
        reason: "BadRequest",
        message: `the name of the object (other) does not match the name on the URL (${name})`,
      });
    },
  },
  {
    name: "a patch is judged like any other change",
    async run({ client, namespace, name }) {
      await client.create(deployments, namespace, deployment(name));
      const patch = { spec: { replicas: -1 } };
      expect(await refusal(client.patch(deployments, namespace, name, "merge", patch))).toMatchObject({
        reason: "Invalid",
        message: `Deployment.apps "${name}" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0`,
      });
    },
  },
  {
    name: "a patch of the status changes nothing else",
    async run({ client, namespace, name }) {
      await client.create(deployments, namespace, deployment(name));
      const condition = { type: "Tried", status: "True", reason: "Contract", message: "" };
      const patch = { spec: { paused: true }, status: { conditions: [condition] } };
      const next = await client.patch(deployments, namespace, name, "strategic", patch, {
        subresource: "status",
      });
      expect(next.spec).not.toHaveProperty("paused");
      expect(next.status?.conditions).toContainEqual(expect.objectContaining({ type: "Tried" }));
    },
  },
  {
    name: "a dry run stores nothing",
    async run({ client, namespace, name }) {
      const made = await client.create(configMaps, namespace, configMap(name, { a: "1" }));
      const patch = { data: { a: "2" } };
      const next = await client.patch(configMaps, namespace, name, "merge", patch, { dryRun: true });
      expect(next.data).toEqual({ a: "2" });
      expect(await client.get(configMaps, namespace, name)).toEqual(made);
    },
  },
  {
    name: "an unknown field is refused when asked to be strict",
    async run({ client, namespace, name }) {
      await client.create(configMaps, namespace, configMap(name));
      const request = client.patch(
        configMaps,
        namespace,
        name,
        "merge",
        { colour: "red" },
        { fieldValidation: "Strict" },
      );
      const error = await refusal(request);
      expect(error.code).toBe(422);
      expect(error.message).toContain('unknown field "colour"');
    },
  },
  {
    name: "applying makes what is not there",
    async run({ client, namespace, name }) {
      const query = { fieldManager: "one" };
      const made = await client.patch(configMaps, namespace, name, "apply", apply(name, { a: "1" }), query);
      expect(made.data).toEqual({ a: "1" });
      expect(made.metadata.managedFields).toEqual([
        expect.objectContaining({
          manager: "one",
          operation: "Apply",
          fieldsV1: { "f:data": { "f:a": {} } },
        }),
      ]);
    },
  },
  {
    name: "applying less removes what the manager had",
    async run({ client, namespace, name }) {
      const one = { fieldManager: "one" };
      await client.patch(configMaps, namespace, name, "apply", apply(name, { a: "1", b: "2" }), one);
      const next = await client.patch(configMaps, namespace, name, "apply", apply(name, { b: "2" }), one);
      expect(next.data).toEqual({ b: "2" });
    },
  },
  {
    name: "two managers may own different fields",
    async run({ client, namespace, name }) {
      await client.patch(configMaps, namespace, name, "apply", apply(name, { a: "1" }), {
        fieldManager: "one",
      });
      const next = await client.patch(configMaps, namespace, name, "apply", apply(name, { b: "2" }), {
        fieldManager: "two",
      });
      expect(next.data).toEqual({ a: "1", b: "2" });
      expect(next.metadata.managedFields?.map(({ manager }) => manager).sort()).toEqual(["one", "two"]);
    },
  },
  {
    name: "applying what another owns is refused",
    async run({ client, namespace, name }) {
      await client.patch(configMaps, namespace, name, "apply", apply(name, { a: "1" }), {
        fieldManager: "one",
      });
      const request = client.patch(configMaps, namespace, name, "apply", apply(name, { a: "2" }), {
        fieldManager: "two",
      });
      expect(await refusal(request)).toMatchObject({
        reason: "Conflict",
        code: 409,
        message: 'Apply failed with 1 conflict: conflict with "one": .data.a',
        details: {
          causes: [{ reason: "FieldManagerConflict", message: 'conflict with "one"', field: ".data.a" }],
        },
      });
    },
  },
  {
    name: "applying by force takes what another owns",
    async run({ client, namespace, name }) {
      await client.patch(configMaps, namespace, name, "apply", apply(name, { a: "1" }), {
        fieldManager: "one",
      });
      const query = { fieldManager: "two", force: true };
      const next = await client.patch(configMaps, namespace, name, "apply", apply(name, { a: "2" }), query);
      expect(next.data).toEqual({ a: "2" });
      expect(next.metadata.managedFields?.map(({ manager }) => manager)).toEqual(["two"]);
    },
  },
  {
    name: "applying the same twice changes nothing",
    async run({ client, namespace, name }) {
      const one = { fieldManager: "one" };
      const made = await client.patch(configMaps, namespace, name, "apply", apply(name, { a: "1" }), one);
      const next = await client.patch(configMaps, namespace, name, "apply", apply(name, { a: "1" }), one);
      expect(next.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
    },
  },
  {
    name: "applying needs a manager",
    async run({ client, namespace, name }) {
      expect(
        await refusal(client.patch(configMaps, namespace, name, "apply", apply(name, {}))),
      ).toMatchObject({
        reason: "Invalid",
        message:
          'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      });
    },
  },
  {
    name: "only applying can be forced",
    async run({ client, namespace, name }) {
      await client.create(configMaps, namespace, configMap(name));
      expect(
        await refusal(client.patch(configMaps, namespace, name, "merge", {}, { force: true })),
      ).toMatchObject({
        reason: "Invalid",
        message:
          'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
      });
    },
  },
];
