import { expect } from "vitest";
import { configMaps, deployments, nodes, podDisruptionBudgets, pods } from "../../../src/kube/kinds.ts";
import { bodyOf, configMap, deployment, pod, refusal } from "../bodies.ts";
import type { ContractCase } from "../client-contract.ts";

export const subresourceCases: readonly ContractCase[] = [
  {
    name: "a scale tells how many are wanted",
    async run({ client, namespace, name }) {
      await client.create(deployments, namespace, deployment(name));
      expect(await client.subresource("get", deployments, namespace, name, "scale")).toMatchObject({
        apiVersion: "autoscaling/v1",
        kind: "Scale",
        metadata: { name, namespace },
        spec: {},
        status: { replicas: 0, selector: `app=${name}` },
      });
    },
  },
  {
    name: "a scale sets how many are wanted, and nothing else",
    async run({ client, namespace, name }) {
      const made = await client.create(deployments, namespace, deployment(name, { paused: true }));
      const scale = { metadata: { name, namespace }, spec: { replicas: 2 } };
      const next = await client.subresource("update", deployments, namespace, name, "scale", scale);
      expect(next).toMatchObject({ kind: "Scale", spec: { replicas: 2 } });
      const after = await client.get(deployments, namespace, name);
      expect(after.spec).toEqual({ ...made.spec, replicas: 2 });
      expect(after.metadata.generation).toBe(2);
    },
  },
  {
    name: "a scale can be patched",
    async run({ client, namespace, name }) {
      await client.create(deployments, namespace, deployment(name, { paused: true }));
      const patch = { spec: { replicas: 3 } };
      const scale = await client.patch(deployments, namespace, name, "merge", patch, {
        subresource: "scale",
      });
      expect(scale).toMatchObject({ kind: "Scale", spec: { replicas: 3 } });
      expect((await client.get(deployments, namespace, name)).spec.replicas).toBe(3);
    },
  },
  {
    name: "a scale below nothing is refused",
    async run({ client, namespace, name }) {
      await client.create(deployments, namespace, deployment(name));
      const scale = { metadata: { name, namespace }, spec: { replicas: -1 } };
      const request = client.subresource("update", deployments, namespace, name, "scale", scale);
      expect(await refusal(request)).toMatchObject({ reason: "Invalid" });
    },
  },
  {
    name: "the scale of what is not there is not found",
    async run({ client, namespace, name }) {
      expect(await refusal(client.subresource("get", deployments, namespace, name, "scale"))).toMatchObject({
        reason: "NotFound",
        message: `deployments.apps "${name}" not found`,
      });
    },
  },
  {
    name: "a status is replaced through its subresource, and nothing else is",
    async run({ client, namespace, name }) {
      const made = await client.create(pods, namespace, pod(name));
      const status = { ...made.status, phase: "Running", message: "so it says" };
      const body = {
        ...made,
        metadata: { name, namespace, labels: { app: name } },
        spec: { ...made.spec, hostname: "x" },
        status,
      };
      const next = await client.subresource("update", pods, namespace, name, "status", bodyOf(body));
      expect(next).toMatchObject({ status: { phase: "Running", message: "so it says" } });
      const after = await client.get(pods, namespace, name);
      expect(after.spec).toEqual(made.spec);
      expect(after.status.phase).toBe("Running");
    },
  },
  {
    name: "a status can be read alone",
    async run({ client, namespace, name }) {
      const made = await client.create(pods, namespace, pod(name));
      expect(await client.subresource("get", pods, namespace, name, "status")).toMatchObject({
        kind: "Pod",
        metadata: { uid: made.metadata.uid },
      });
    },
  },
  {
    name: "a subresource that a kind lacks is not found",
    async run({ client, namespace, name }) {
      await client.create(configMaps, namespace, configMap(name));
      expect(await refusal(client.subresource("get", configMaps, namespace, name, "scale"))).toMatchObject({
        reason: "NotFound",
        code: 404,
      });
    },
  },
  {
    name: "a binding puts a Pod on a node, once",
    async run({ client, namespace, name }) {
      await client.create(nodes, undefined, { metadata: { name }, spec: { unschedulable: true } });
      await client.create(pods, namespace, pod(name));
      const target = { kind: "Node", name };
      const binding = { apiVersion: "v1", kind: "Binding", metadata: { name }, target };
      expect(await client.subresource("create", pods, namespace, name, "binding", binding)).toMatchObject({
        kind: "Status",
        status: "Success",
      });
      const bound = await client.get(pods, namespace, name);
      expect(bound.spec.nodeName).toBe(name);
      expect(bound.status.conditions).toContainEqual(
        expect.objectContaining({ type: "PodScheduled", status: "True" }),
      );
      expect(
        await refusal(client.subresource("create", pods, namespace, name, "binding", binding)),
      ).toMatchObject({
        reason: "Conflict",
        message: `Operation cannot be fulfilled on pods/binding "${name}": pod ${name} is already assigned to node "${name}"`,
      });
      await client.delete(pods, namespace, name, { gracePeriodSeconds: 0 });
      await client.delete(nodes, undefined, name);
    },
  },
  {
    name: "an eviction deletes a Pod that no budget protects",
    async run({ client, namespace, name }) {
      await client.create(pods, namespace, pod(name));
      const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
      expect(await client.subresource("create", pods, namespace, name, "eviction", eviction)).toMatchObject({
        kind: "Status",
        status: "Success",
      });
      expect(await refusal(client.get(pods, namespace, name))).toMatchObject({ reason: "NotFound" });
    },
  },
  {
    name: "an eviction that a budget forbids is refused for now",
    async run({ client, namespace, name }) {
      const budget = {
        metadata: { name },
        spec: { minAvailable: 1, selector: { matchLabels: { app: name } } },
      };
      await client.create(podDisruptionBudgets, namespace, budget);
      await client.create(pods, namespace, pod(name));
      const running = { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } };
      await client.patch(pods, namespace, name, "strategic", running, { subresource: "status" });
      const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
      const error = await refusal(client.subresource("create", pods, namespace, name, "eviction", eviction));
      expect(error).toMatchObject({
        reason: "TooManyRequests",
        code: 429,
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        details: { causes: [{ reason: "DisruptionBudget" }] },
      });
      await client.delete(pods, namespace, name, { gracePeriodSeconds: 0 });
    },
  },
  {
    name: "the eviction of what is not there is not found",
    async run({ client, namespace, name }) {
      const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
      expect(
        await refusal(client.subresource("create", pods, namespace, name, "eviction", eviction)),
      ).toMatchObject({
        reason: "NotFound",
        message: `pods "${name}" not found`,
      });
    },
  },
];
