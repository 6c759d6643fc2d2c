import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Body, Client, PatchKind } from "../../../src/client/client.ts";
import type { Kind } from "../../../src/kube/kind.ts";
import { customResourceDefinitions } from "../../../src/kube/kinds.ts";
import { isStatus, StatusError } from "../../../src/kube/status-error.ts";
import type { KubeObject } from "../../../src/kube/types/index.ts";
import type { CaseWorld, ContractCase } from "../client-contract.ts";
import { ordered } from "./custom-definitions.ts";

/** One request for a custom object, and what kube-apiserver 1.34.4 answers. */
interface Step {
  readonly do: "define" | "redefine" | "create" | "update" | "patch" | "get" | "list" | "delete";
  readonly version?: string;
  readonly name?: string;
  readonly subresource?: string;
  readonly query?: Readonly<Record<string, never>>;
  readonly patch?: PatchKind;
  readonly body?: Body;
  readonly object?: Readonly<Record<string, unknown>>;
  readonly objects?: readonly Readonly<Record<string, unknown>>[];
  readonly refusal?: {
    readonly reason: string;
    readonly message?: string;
    readonly causes?: readonly never[];
  };
}

const recorded: readonly { readonly name: string; readonly steps: readonly Step[] }[] = JSON.parse(
  readFileSync(new URL("./custom-objects.data.json", import.meta.url), "utf8"),
);

/** Stories of a definition and its objects: rules, ratcheting, pruning and defaults, subresources, versions. */
export const customObjectCases: readonly ContractCase[] = recorded.map(({ name, steps }) => ({
  name: `custom objects: ${name}`,
  async run(world) {
    try {
      for (const [i, step] of steps.entries())
        await take(world, step, `step ${i}: ${step.do} ${step.name ?? ""}`);
    } finally {
      await remove(world);
    }
  },
}));

const NAME = "things.example.com";
const TRIES = 5_000;

/** Asks until it is so; a cluster takes a moment to serve what was defined. */
async function until({ elapse }: CaseWorld, holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < TRIES; i++) {
    if (await holds()) return;
    elapse(100);
  }
  throw new Error("It did not come about");
}

async function take(world: CaseWorld, step: Step, title: string): Promise<void> {
  const { client } = world;
  if (step.do === "define") {
    await client.create(customResourceDefinitions, undefined, step.body as Body);
    await until(world, () => isServed(world, step.body as Body));
    return;
  }
  const answer = await answerOf(world, step);
  if (step.refusal !== undefined) {
    const { causes, ...refusal } = step.refusal;
    expect(answer, title).toEqual(causes === undefined ? refusal : { ...refusal, causes: ordered(causes) });
  } else if (step.objects !== undefined) expect(answer, title).toEqual(step.objects.map(comparable));
  else if (step.object !== undefined) expect(answer, title).toEqual(comparable(step.object));
  if (step.do === "redefine" && step.refusal === undefined) await settle(world, step.body as Body);
}

async function answerOf(world: CaseWorld, step: Step): Promise<unknown> {
  try {
    const found = await ask(world, step);
    return Array.isArray(found) ? found.map(comparable) : comparable(found as object);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const causes = (error.details.causes ?? []) as readonly never[];
    return causes.length > 0
      ? { reason: error.reason, causes: ordered(causes) }
      : { reason: error.reason, message: error.message };
  }
}

async function ask({ client, namespace }: CaseWorld, step: Step): Promise<unknown> {
  const { name = "", subresource, body = {} } = step;
  const query = step.do === "list" ? step.query : { fieldManager: "maker", ...step.query };
  const kind = await thingsOf(client, step.version ?? "v1");
  switch (step.do) {
    case "redefine": {
      const { metadata } = await client.get(customResourceDefinitions, undefined, NAME);
      return client.update(customResourceDefinitions, undefined, NAME, { ...body, metadata });
    }
    case "create":
      return client.create(kind, namespace, body, query);
    case "update": {
      const { metadata } = await client.get(kind, namespace, name);
      const { resourceVersion } = metadata;
      const whole = { ...body, metadata: { ...(body.metadata as object), resourceVersion } };
      return subresource === undefined
        ? client.update(kind, namespace, name, whole, query)
        : client.subresource("update", kind, namespace, name, subresource, whole, query);
    }
    case "patch": {
      const options = { ...query, ...(subresource === undefined ? {} : { subresource }) };
      return client.patch(kind, namespace, name, step.patch as PatchKind, body, options);
    }
    case "get":
      return subresource === undefined
        ? client.get(kind, namespace, name)
        : client.subresource("get", kind, namespace, name, subresource);
    case "list":
      return (await client.list(kind, { namespace, ...query })).items;
    default:
      return client.delete(kind, namespace, name);
  }
}

/** The row of the kind as it is defined now. */
async function thingsOf(client: Client, version: string): Promise<Kind> {
  const definition = await client.get(customResourceDefinitions, undefined, NAME);
  const own = { group: "example.com", version, kind: "Thing", verbs: ["get", "patch", "update"] as const };
  const { subresources = {} } = definition.spec.versions.find(({ name }) => name === version) ?? {};
  return {
    group: "example.com",
    version,
    kind: "Thing",
    plural: "things",
    singular: "thing",
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
    subresources: {
      ...(subresources.status === undefined ? {} : { status: own }),
      ...(subresources.scale === undefined
        ? {}
        : { scale: { ...own, group: "autoscaling", version: "v1", kind: "Scale" } }),
    },
  };
}

/** What two clusters can agree on: not the moment, the manager or the namespace. */
function comparable(object: object): unknown {
  const { metadata, ...content } = object as KubeObject & Readonly<Record<string, unknown>>;
  const {
    uid: _u,
    resourceVersion: _r,
    creationTimestamp: _c,
    namespace: _n,
    managedFields,
    ...rest
  } = metadata;
  const owners = (managedFields ?? []).map(({ manager: _m, time: _t, ...entry }) =>
    JSON.stringify(sorted(entry)),
  );
  return {
    ...content,
    metadata: { ...rest, managedFields: owners.sort() },
  };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  );
}

async function isServed({ client, namespace }: CaseWorld, definition: Body): Promise<boolean> {
  for (const version of servedVersions(definition)) {
    try {
      await client.list(await thingsOf(client, version), { namespace });
    } catch (error) {
      const early = ["NotFound", "ServiceUnavailable", "TooManyRequests"] as const;
      if (early.some((reason) => isStatus(error, reason))) return false;
      throw error;
    }
  }
  return true;
}

/** Another schema takes effect a moment after it was taken, and for a moment nothing is served. */
async function settle(world: CaseWorld, definition: Body): Promise<void> {
  for (let i = 0; i < SETTLING_REQUESTS; i++) await until(world, () => isServed(world, definition));
}

/** So many requests take longer than a server does to take up a new definition. */
const SETTLING_REQUESTS = 300;

function servedVersions(definition: Body): readonly string[] {
  const { versions } = definition.spec as { versions: readonly { name: string; served: boolean }[] };
  return versions.filter(({ served }) => served).map(({ name }) => name);
}

async function remove(world: CaseWorld): Promise<void> {
  const isGone = async () => {
    try {
      await world.client.get(customResourceDefinitions, undefined, NAME);
      return false;
    } catch (error) {
      if (isStatus(error, "NotFound")) return true;
      throw error;
    }
  };
  if (await isGone()) return;
  await world.client.delete(customResourceDefinitions, undefined, NAME);
  await until(world, isGone);
}
