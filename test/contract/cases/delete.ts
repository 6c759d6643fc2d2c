import { expect } from "vitest";
import { configMaps, deployments, pods } from "../../../src/kube/kinds.ts";
import { configMap, deployment, inCase, names, pod, refusal } from "../bodies.ts";
import type { ContractCase } from "../client-contract.ts";

export const deleteCases: readonly ContractCase[] = [
  {
    name: "a deletion tells what was deleted",
    async run({ client, namespace, name }) {
      const made = await client.create(configMaps, namespace, configMap(name));
      expect(await client.delete(configMaps, namespace, name)).toMatchObject({
        kind: "Status",
        status: "Success",
        details: { name, kind: "configmaps", uid: made.metadata.uid },
      });
      expect(await refusal(client.get(configMaps, namespace, name))).toMatchObject({ reason: "NotFound" });
    },
  },
  {
    name: "a Pod that no node has goes at once and is told as it was",
    async run({ client, namespace, name }) {
      await client.create(pods, namespace, pod(name));
      const gone = await client.delete(pods, namespace, name);
      expect(gone).toMatchObject({ kind: "Pod", metadata: { name } });
      expect(await refusal(client.get(pods, namespace, name))).toMatchObject({ reason: "NotFound" });
    },
  },
  {
    name: "what is not there cannot be deleted",
    async run({ client, namespace, name }) {
      expect(await refusal(client.delete(configMaps, namespace, name))).toMatchObject({
        reason: "NotFound",
        message: `configmaps "${name}" not found`,
      });
    },
  },
  {
    name: "another life's uid keeps it",
    async run({ client, namespace, name }) {
      const { metadata } = await client.create(configMaps, namespace, configMap(name));
      const preconditions = { uid: "other" };
      expect(await refusal(client.delete(configMaps, namespace, name, { preconditions }))).toMatchObject({
        reason: "Conflict",
        message: `Operation cannot be fulfilled on ConfigMap "${name}": the UID in the precondition (other) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
      });
      await client.delete(configMaps, namespace, name, { preconditions: { uid: metadata.uid } });
    },
  },
  {
    name: "an older resourceVersion keeps it",
    async run({ client, namespace, name }) {
      const { metadata } = await client.create(configMaps, namespace, configMap(name));
      const next = await client.update(configMaps, namespace, name, configMap(name, { a: "1" }));
      const preconditions = { resourceVersion: metadata.resourceVersion };
      expect(await refusal(client.delete(configMaps, namespace, name, { preconditions }))).toMatchObject({
        reason: "Conflict",
        message: `Operation cannot be fulfilled on ConfigMap "${name}": the ResourceVersion in the precondition (${metadata.resourceVersion}) does not match the ResourceVersion in record (${next.metadata.resourceVersion}). The object might have been modified`,
      });
    },
  },
  {
    name: "a dry run deletes nothing",
    async run({ client, namespace, name }) {
      const made = await client.create(configMaps, namespace, configMap(name));
      await client.delete(configMaps, namespace, name, { dryRun: true });
      expect(await client.get(configMaps, namespace, name)).toEqual(made);
    },
  },
  {
    name: "a finalizer keeps an object until it is taken away",
    async run({ client, namespace, name }) {
      const finalizers = ["example.com/hold"];
      await client.create(configMaps, namespace, configMap(name, { a: "1" }, { finalizers }));
      const going = await client.delete(configMaps, namespace, name);
      expect(going.metadata).toMatchObject({
        deletionTimestamp: expect.any(String),
        deletionGracePeriodSeconds: 0,
        finalizers,
      });
      expect((await client.get(configMaps, namespace, name)).metadata.deletionTimestamp).toBeTypeOf("string");
      await client.patch(configMaps, namespace, name, "merge", { metadata: { finalizers: null } });
      expect(await refusal(client.get(configMaps, namespace, name))).toMatchObject({ reason: "NotFound" });
    },
  },
  {
    name: "an object on its way out takes no new finalizer",
    async run({ client, namespace, name }) {
      const finalizers = ["example.com/hold"];
      await client.create(configMaps, namespace, configMap(name, {}, { finalizers }));
      await client.delete(configMaps, namespace, name);
      const more = { metadata: { finalizers: [...finalizers, "example.com/more"] } };
      const error = await refusal(client.patch(configMaps, namespace, name, "merge", more));
      expect(error.reason).toBe("Invalid");
      expect(error.details.causes?.[0]).toMatchObject({
        reason: "FieldValueForbidden",
        field: "metadata.finalizers",
      });
      expect(error.message).toContain("no new finalizers can be added if the object is being deleted");
      await client.patch(configMaps, namespace, name, "merge", { metadata: { finalizers: null } });
    },
  },
  {
    name: "a deletion in the foreground waits for the dependents",
    async run({ client, namespace, name }) {
      await client.create(deployments, namespace, deployment(name));
      const going = await client.delete(deployments, namespace, name, { propagationPolicy: "Foreground" });
      expect(going.metadata?.finalizers).toEqual(["foregroundDeletion"]);
      expect(going.metadata?.deletionTimestamp).toBeTypeOf("string");
    },
  },
  {
    name: "a deletion that orphans waits for the orphaning",
    async run({ client, namespace, name }) {
      await client.create(deployments, namespace, deployment(name));
      const going = await client.delete(deployments, namespace, name, { propagationPolicy: "Orphan" });
      expect(going.metadata?.finalizers).toEqual(["orphan"]);
    },
  },
  {
    name: "a collection is deleted by its labels",
    async run(world) {
      const { client, namespace, name } = world;
      for (const tier of ["web", "db", "web"]) {
        const body = { metadata: { generateName: `${name}-`, labels: { case: name, tier } } };
        await client.create(configMaps, namespace, body);
      }
      await client.deleteCollection(configMaps, inCase(world, { labelSelector: "tier=web" }));
      const { items } = await client.list(configMaps, inCase(world));
      expect(items.map((item) => item.metadata.labels?.tier)).toEqual(["db"]);
    },
  },
  {
    name: "a collection's dry run deletes nothing",
    async run(world) {
      const { client, namespace, name } = world;
      await client.create(configMaps, namespace, configMap(name, {}, { labels: { case: name } }));
      await client.deleteCollection(configMaps, inCase(world), { dryRun: true });
      expect(names((await client.list(configMaps, inCase(world))).items)).toEqual([name]);
    },
  },
  {
    name: "a name that was deleted is free again, for another object",
    async run({ client, namespace, name }) {
      const first = await client.create(configMaps, namespace, configMap(name));
      await client.delete(configMaps, namespace, name);
      const second = await client.create(configMaps, namespace, configMap(name));
      expect(second.metadata.uid).not.toBe(first.metadata.uid);
    },
  },
];
