import { expect } from "vitest";
import type { ListQuery } from "../../../src/client/client.ts";
import { configMaps, deployments, nodes, pods } from "../../../src/kube/kinds.ts";
import { bodyOf, configMap, inCase, names, pod, refusal } from "../bodies.ts";
import type { CaseWorld, ContractCase } from "../client-contract.ts";

/** Six ConfigMaps a … f of the case, with labels that tell them apart. */
async function shelf(world: CaseWorld): Promise<void> {
  const { client, namespace, name } = world;
  const labels: readonly Readonly<Record<string, string>>[] = [
    { tier: "web", size: "1" },
    { tier: "web", size: "5" },
    { tier: "db", size: "10" },
    { tier: "db" },
    { tier: "cache", debug: "" },
    {},
  ];
  // Not in order of name, so that order is the server's doing.
  for (const index of [3, 0, 5, 1, 4, 2]) {
    const own = { labels: { case: name, ...labels[index] } };
    await client.create(configMaps, namespace, configMap(`${name}-${"abcdef"[index]}`, {}, own));
  }
}

function letters(world: CaseWorld, objects: Parameters<typeof names>[0]): string {
  return names(objects)
    .map((name) => name.slice(world.name.length + 1))
    .join("");
}

const selections: readonly { readonly selector: string; readonly found: string }[] = [
  { selector: "tier=web", found: "ab" },
  { selector: "tier==db", found: "cd" },
  { selector: "tier!=web", found: "cdef" },
  { selector: "tier in (web, cache)", found: "abe" },
  { selector: "tier notin (web,db)", found: "ef" },
  { selector: "size", found: "abc" },
  { selector: "!tier", found: "f" },
  { selector: "size>4", found: "bc" },
  { selector: "size<5,tier=web", found: "a" },
  { selector: "debug=", found: "e" },
];

const refusedLists: readonly { readonly name: string; readonly query: ListQuery; readonly error: object }[] =
  [
    {
      name: "a label selector that is none",
      query: { labelSelector: "a b c" },
      error: {
        reason: "BadRequest",
        message: "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
      },
    },
    {
      name: "a field that cannot be selected by",
      query: { fieldSelector: "data.a=1" },
      error: {
        reason: "BadRequest",
        message: '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
      },
    },
    {
      name: "a continue token that is none",
      query: { limit: 1, continue: "abc" },
      error: {
        reason: "BadRequest",
        message:
          "invalid continue token: continue key is not valid: invalid character 'i' looking for beginning of value",
      },
    },
    {
      name: "a resourceVersion that is no number",
      query: { resourceVersion: "soon" },
      error: {
        reason: "BadRequest",
        message:
          'invalid resource version: resourceVersion: Invalid value: "soon": strconv.ParseUint: parsing "soon": invalid syntax',
      },
    },
    {
      name: "a match without a resourceVersion",
      query: { resourceVersionMatch: "Exact" },
      error: {
        reason: "Invalid",
        message:
          'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
        details: {
          group: "meta.k8s.io",
          kind: "ListOptions",
          causes: [{ reason: "FieldValueForbidden", field: "resourceVersionMatch" }],
        },
      },
    },
  ];

export const readCases: readonly ContractCase[] = [
  {
    name: "what is not there is not found",
    async run({ client, namespace, name }) {
      expect(await refusal(client.get(configMaps, namespace, name))).toMatchObject({
        reason: "NotFound",
        code: 404,
        message: `configmaps "${name}" not found`,
        details: { name, kind: "configmaps" },
      });
    },
  },
  {
    name: "what is not there is named with its group",
    async run({ client, namespace, name }) {
      expect(await refusal(client.get(deployments, namespace, name))).toMatchObject({
        message: `deployments.apps "${name}" not found`,
        details: { name, group: "apps", kind: "deployments" },
      });
    },
  },
  {
    name: "an object may be read from memory",
    async run({ client, namespace, name }) {
      const made = await client.create(configMaps, namespace, configMap(name));
      expect(await client.get(configMaps, namespace, name, { resourceVersion: "0" })).toEqual(made);
    },
  },
  {
    name: "a list is in order of name and tells how new it is",
    async run(world) {
      await shelf(world);
      const list = await world.client.list(configMaps, inCase(world));
      expect(letters(world, list.items)).toBe("abcdef");
      expect(list.items[0]).toMatchObject({ apiVersion: "v1", kind: "ConfigMap" });
      const newest = Math.max(...list.items.map((item) => Number(item.metadata.resourceVersion)));
      expect(Number(list.metadata.resourceVersion)).toBeGreaterThanOrEqual(newest);
      expect(list.metadata.continue ?? "").toBe("");
    },
  },
  {
    name: "a list of nothing is empty",
    async run(world) {
      const list = await world.client.list(configMaps, inCase(world));
      expect(list.items).toEqual([]);
      expect(list.metadata.resourceVersion).toMatch(/^\d+$/);
    },
  },
  {
    name: "a list of a namespace that does not exist is empty",
    async run({ client }) {
      expect((await client.list(configMaps, { namespace: "nowhere" })).items).toEqual([]);
    },
  },
  {
    name: "a list without a namespace spans all of them",
    async run(world) {
      await shelf(world);
      const { labelSelector = "" } = inCase(world);
      const list = await world.client.list(configMaps, { labelSelector });
      expect(list.items).toHaveLength(6);
    },
  },
  ...selections.map(({ selector, found }) => ({
    name: `labels select: ${selector}`,
    async run(world: CaseWorld) {
      await shelf(world);
      const list = await world.client.list(configMaps, inCase(world, { labelSelector: selector }));
      expect(letters(world, list.items)).toBe(found);
    },
  })),
  {
    name: "fields select by name",
    async run(world) {
      await shelf(world);
      const one = await world.client.list(
        configMaps,
        inCase(world, { fieldSelector: `metadata.name=${world.name}-c` }),
      );
      expect(letters(world, one.items)).toBe("c");
      const rest = await world.client.list(
        configMaps,
        inCase(world, { fieldSelector: `metadata.name!=${world.name}-c` }),
      );
      expect(letters(world, rest.items)).toBe("abdef");
    },
  },
  {
    name: "fields select pods by phase and node",
    async run({ client, namespace, name }) {
      await client.create(pods, namespace, pod(name));
      const found = async (fieldSelector: string) =>
        names((await client.list(pods, { namespace, labelSelector: `app=${name}`, fieldSelector })).items);
      expect(await found("status.phase=Pending,spec.nodeName=")).toEqual([name]);
      expect(await found("status.phase=Running")).toEqual([]);
      expect(await found("spec.schedulerName=nobody,spec.restartPolicy=Always")).toEqual([name]);
    },
  },
  ...refusedLists.map(({ name, query, error }) => ({
    name: `a list is refused for ${name}`,
    async run({ client, namespace }: CaseWorld) {
      expect(await refusal(client.list(configMaps, { namespace, ...query }))).toMatchObject(error);
    },
  })),
  {
    name: "a list comes in pages of the size asked for",
    async run(world) {
      await shelf(world);
      // Counted only without a selector, so the field selector's page tells no rest.
      const first = await world.client.list(configMaps, inCase(world, { limit: 4 }));
      expect(letters(world, first.items)).toBe("abcd");
      expect(first.metadata.remainingItemCount).toBeUndefined();
      const token = first.metadata.continue ?? "";
      expect(token).not.toBe("");
      const second = await world.client.list(configMaps, inCase(world, { limit: 4, continue: token }));
      expect(letters(world, second.items)).toBe("ef");
      expect(second.metadata.continue ?? "").toBe("");
      expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    },
  },
  {
    name: "a page without a selector tells how many remain",
    async run(world) {
      await shelf(world);
      const { client, namespace } = world;
      const all = await client.list(configMaps, { namespace });
      const page = await client.list(configMaps, { namespace, limit: 2 });
      expect(page.metadata.remainingItemCount).toBe(all.items.length - 2);
    },
  },
  {
    name: "later pages show the state of the first",
    async run(world) {
      await shelf(world);
      const { client, namespace, name } = world;
      const first = await client.list(configMaps, inCase(world, { limit: 2 }));
      await client.delete(configMaps, namespace, `${name}-d`);
      await client.create(configMaps, namespace, configMap(`${name}-bb`, {}, { labels: { case: name } }));
      const token = first.metadata.continue ?? "";
      const rest = await client.list(configMaps, inCase(world, { continue: token }));
      expect(letters(world, rest.items)).toBe("cdef");
    },
  },
  {
    name: "a list may be of an exact moment in the past",
    async run(world) {
      await shelf(world);
      const { client, namespace, name } = world;
      const { metadata } = await client.list(configMaps, inCase(world));
      await client.delete(configMaps, namespace, `${name}-a`);
      const resourceVersion = metadata.resourceVersion ?? "";
      const past = await client.list(
        configMaps,
        inCase(world, { resourceVersion, resourceVersionMatch: "Exact" }),
      );
      expect(letters(world, past.items)).toBe("abcdef");
      expect(past.metadata.resourceVersion).toBe(resourceVersion);
    },
  },
  {
    name: "a list not older than a moment may be newer",
    async run(world) {
      await shelf(world);
      const { client, namespace, name } = world;
      const { metadata } = await client.list(configMaps, inCase(world));
      const gone = await client.delete(configMaps, namespace, `${name}-a`);
      expect(gone).toBeDefined();
      const resourceVersion = metadata.resourceVersion ?? "";
      const query = inCase(world, { resourceVersion, resourceVersionMatch: "NotOlderThan" });
      const { metadata: later } = await client.list(configMaps, query);
      expect(Number(later.resourceVersion)).toBeGreaterThanOrEqual(Number(resourceVersion));
    },
  },
  {
    name: "a list of the future times out",
    async run({ client, namespace }) {
      expect(
        await refusal(client.list(configMaps, { namespace, resourceVersion: "999999999" })),
      ).toMatchObject({
        reason: "Timeout",
        code: 504,
        message: expect.stringMatching(/^Timeout: Too large resource version: 999999999, current: \d+$/),
        details: {
          causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
          retryAfterSeconds: 1,
        },
      });
    },
  },
  {
    name: "objects of the whole cluster have no namespace",
    async run({ client, name }) {
      const body = { metadata: { name, labels: { case: name } }, spec: { unschedulable: true } };
      await client.create(nodes, undefined, bodyOf(body));
      const list = await client.list(nodes, { labelSelector: `case=${name}` });
      expect(list.items[0]?.metadata).not.toHaveProperty("namespace");
      await client.delete(nodes, undefined, name);
    },
  },
];
