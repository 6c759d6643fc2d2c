import { expect } from "vitest";
import type { Body } from "../../../src/client/client.ts";
import { configMaps, deployments, services, statefulSets } from "../../../src/kube/kinds.ts";
import { bodyOf, configMap, deployment, refusal } from "../bodies.ts";
import type { ContractCase } from "../client-contract.ts";

export const updateCases: readonly ContractCase[] = [
  {
    name: "an object is replaced as a whole and stays itself",
    async run({ client, namespace, name }) {
      const made = await client.create(
        configMaps,
        namespace,
        configMap(name, { a: "1" }, { labels: { x: "y" } }),
      );
      const next = await client.update(configMaps, namespace, name, configMap(name, { b: "2" }));
      expect(next.data).toEqual({ b: "2" });
      expect(next.metadata.labels).toBeUndefined();
      expect(next.metadata.uid).toBe(made.metadata.uid);
      expect(next.metadata.creationTimestamp).toBe(made.metadata.creationTimestamp);
      expect(Number(next.metadata.resourceVersion)).toBeGreaterThan(Number(made.metadata.resourceVersion));
    },
  },
  {
    name: "a copy that is out of date is refused",
    async run({ client, namespace, name }) {
      const made = await client.create(configMaps, namespace, configMap(name));
      await client.update(configMaps, namespace, name, configMap(name, { a: "1" }));
      const late = { ...made, data: { a: "2" } };
      expect(await refusal(client.update(configMaps, namespace, name, bodyOf(late)))).toMatchObject({
        reason: "Conflict",
        code: 409,
        message: `Operation cannot be fulfilled on configmaps "${name}": the object has been modified; please apply your changes to the latest version and try again`,
        details: { name, kind: "configmaps" },
      });
    },
  },
  {
    name: "a copy of another life is refused",
    async run({ client, namespace, name }) {
      await client.create(configMaps, namespace, configMap(name));
      const other = configMap(name, {}, { uid: "not-the-uid" });
      const error = await refusal(client.update(configMaps, namespace, name, other));
      expect(error.reason).toBe("Conflict");
      expect(error.message).toMatch(
        new RegExp(
          `^Operation cannot be fulfilled on configmaps "${name}": .*Precondition failed: UID in precondition: not-the-uid, UID in object meta: `,
        ),
      );
    },
  },
  {
    name: "a replacement that changes nothing leaves the resourceVersion",
    async run({ client, namespace, name }) {
      const made = await client.create(configMaps, namespace, configMap(name, { a: "1" }));
      const next = await client.update(configMaps, namespace, name, bodyOf(made));
      expect(next.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
    },
  },
  {
    name: "a body of another name is refused",
    async run({ client, namespace, name }) {
      await client.create(configMaps, namespace, configMap(name));
      expect(await refusal(client.update(configMaps, namespace, name, configMap("other")))).toMatchObject({
        reason: "BadRequest",
        message: `the name of the object (other) does not match the name on the URL (${name})`,
      });
    },
  },
  {
    name: "a body of another namespace is refused",
    async run({ client, namespace, name }) {
      await client.create(configMaps, namespace, configMap(name));
      const moved = configMap(name, {}, { namespace: "default" });
      expect(await refusal(client.update(configMaps, namespace, name, moved))).toMatchObject({
        reason: "BadRequest",
        message: "the namespace of the provided object does not match the namespace sent on the request",
      });
    },
  },
  {
    name: "what is not there cannot be replaced",
    async run({ client, namespace, name }) {
      expect(await refusal(client.update(configMaps, namespace, name, configMap(name)))).toMatchObject({
        reason: "NotFound",
        message: `configmaps "${name}" not found`,
      });
    },
  },
  {
    name: "a dry run stores nothing",
    async run({ client, namespace, name }) {
      const made = await client.create(configMaps, namespace, configMap(name, { a: "1" }));
      const next = await client.update(configMaps, namespace, name, configMap(name, { a: "2" }), {
        dryRun: true,
      });
      expect(next.data).toEqual({ a: "2" });
      expect(await client.get(configMaps, namespace, name)).toEqual(made);
    },
  },
  {
    name: "an immutable ConfigMap stays as it is",
    async run({ client, namespace, name }) {
      await client.create(configMaps, namespace, { ...configMap(name, { a: "1" }), immutable: true });
      const changed = { ...configMap(name, { a: "2" }), immutable: true };
      const message = "Forbidden: field is immutable when `immutable` is set";
      expect(await refusal(client.update(configMaps, namespace, name, changed))).toMatchObject({
        reason: "Invalid",
        message: `ConfigMap "${name}" is invalid: data: ${message}`,
        details: {
          name,
          kind: "ConfigMap",
          causes: [{ reason: "FieldValueForbidden", message, field: "data" }],
        },
      });
    },
  },
  {
    name: "a Deployment's selector stays as it is",
    async run({ client, namespace, name }) {
      const made = await client.create(deployments, namespace, deployment(name));
      const labels = { app: "other" };
      const spec = { ...made.spec, selector: { matchLabels: labels } };
      const template = { ...made.spec.template, metadata: { labels } };
      const changed = { ...made, spec: { ...spec, template } };
      // Against a controller's status writes.
      const { resourceVersion: _version, ...metadata } = changed.metadata;
      const error = await refusal(
        client.update(deployments, namespace, name, bodyOf({ ...changed, metadata })),
      );
      expect(error).toMatchObject({
        reason: "Invalid",
        details: {
          group: "apps",
          kind: "Deployment",
          causes: [{ reason: "FieldValueInvalid", field: "spec.selector" }],
        },
      });
      expect(error.message).toMatch(/: field is immutable$/);
    },
  },
  {
    name: "a Service keeps its address when the replacement names none",
    async run({ client, namespace, name }) {
      const spec = { selector: { app: name }, ports: [{ port: 80 }] };
      const made = await client.create(services, namespace, { metadata: { name }, spec });
      const next = await client.update(services, namespace, name, {
        metadata: { name, resourceVersion: made.metadata.resourceVersion },
        spec: { ...spec, ports: [{ port: 81 }] },
      });
      expect(next.spec.clusterIP).toBe(made.spec.clusterIP);
    },
  },
  {
    name: "the generation counts changes of what is wanted, and only those",
    async run({ client, namespace, name }) {
      // No controller annotates these, which would count for some kinds.
      const wanted: Body = { ...deployment(name, { serviceName: name }), kind: "StatefulSet" };
      await client.create(statefulSets, namespace, wanted);
      const labelled = { ...wanted, metadata: { name, labels: { x: "y" } } };
      expect((await client.update(statefulSets, namespace, name, labelled)).metadata.generation).toBe(1);
      const slower = { ...wanted, spec: { ...(wanted.spec as object), minReadySeconds: 5 } };
      expect((await client.update(statefulSets, namespace, name, slower)).metadata.generation).toBe(2);
    },
  },
  {
    name: "a status is not written through the object",
    async run({ client, namespace, name }) {
      await client.create(deployments, namespace, deployment(name));
      const body = { ...deployment(name), status: { readyReplicas: 3, replicas: 3 } };
      const next = await client.update(deployments, namespace, name, body);
      expect(next.status?.readyReplicas ?? 0).toBe(0);
    },
  },
];
