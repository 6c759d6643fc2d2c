import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Body } from "../../../src/client/client.ts";
import type { Kind } from "../../../src/kube/kind.ts";
import {
  horizontalPodAutoscalers as autoscalers,
  configMaps,
  KINDS,
  secrets,
} from "../../../src/kube/kinds.ts";
import { isStatus, StatusError } from "../../../src/kube/status-error.ts";
import type { KubeObject } from "../../../src/kube/types/index.ts";
import type { CaseWorld, ContractCase } from "../client-contract.ts";
import { ordered } from "./custom-definitions.ts";

/** Policies and bindings, and what kube-apiserver 1.34.4 has against them: nothing when `causes` is absent. */
interface RecordedPolicy {
  readonly name: string;
  readonly object: Body;
  readonly causes?: readonly never[];
}

/** One request while policies are in force, and how kube-apiserver 1.34.4 refuses it, if it does. */
interface Request {
  readonly do: "create" | "update" | "patch" | "delete";
  readonly name?: string;
  readonly body?: Body;
  readonly dryRun?: boolean;
  readonly refusal?: {
    readonly reason: string;
    readonly message: string;
    readonly causes?: readonly unknown[];
  };
}

interface Story {
  readonly name: string;
  readonly objects: readonly Body[];
  readonly requests: readonly Request[];
}

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}

const policies: readonly RecordedPolicy[] = JSON.parse(read("./policies.data.json"));
const told = read("./policy-stories.data.json");
const names = (JSON.parse(told) as readonly Story[]).map(({ name }) => name);

/** The namespace that the stories were recorded in. */
const RECORDED_NAMESPACE = /vap-x/g;

export const policyCases: readonly ContractCase[] = [
  ...policies.map(({ name, object, causes }) => ({
    name: `policy ${name}: ${causes === undefined ? "is taken" : "is refused"}`,
    async run({ client }: CaseWorld) {
      const found = await refusalOf(() => client.create(kindOf(object), undefined, object, { dryRun: true }));
      const said = found && ordered((found.details.causes ?? []) as readonly never[]);
      expect(said).toEqual(causes && ordered(causes));
    },
  })),
  ...names.map((name, i) => ({
    name: `policies: ${name}`,
    run: (world: CaseWorld) =>
      play(world, JSON.parse(told.replaceAll(RECORDED_NAMESPACE, world.namespace))[i]),
  })),
];

let probes = 0;

async function play(world: CaseWorld, { objects, requests }: Story): Promise<void> {
  const probeName = `probe-${probes++}`;
  const made = [...objects, ...probe(world.namespace, probeName)];
  try {
    for (const object of made) await world.client.create(kindOf(object), undefined, object);
    await inForce(world, probeName);
    for (const [i, request] of requests.entries()) {
      const refusal = await refusalOf(() => ask(world, request));
      expect(refusal && summary(refusal), `request ${i}`).toEqual(request.refusal);
    }
  } finally {
    for (const object of made) await removed(world, object);
    const { client, namespace } = world;
    for (const kind of [configMaps as Kind, autoscalers as Kind])
      await client.deleteCollection(kind, { namespace });
  }
}

async function ask({ client, namespace }: CaseWorld, request: Request): Promise<unknown> {
  const { name = "", body = {}, dryRun = false } = request;
  const kind = "kind" in body ? kindOf(body) : (configMaps as Kind);
  switch (request.do) {
    case "create":
      return client.create(kind, namespace, body, { dryRun });
    case "update":
      return client.update(kind, namespace, name, body);
    case "patch":
      return client.patch(kind, namespace, name, "merge", body);
    default:
      return client.delete(kind, namespace, name);
  }
}

function kindOf({ apiVersion, kind }: Body): Kind {
  const [version = "", group = ""] = String(apiVersion).split("/").reverse();
  return KINDS.find((each) => each.group === group && each.version === version && each.kind === kind) as Kind;
}

async function refusalOf(act: () => Promise<unknown>): Promise<StatusError | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
}

function summary({ reason, message, details }: StatusError): Request["refusal"] {
  const causes = details.causes?.map((cause) =>
    Object.fromEntries(Object.entries(cause).filter(([, text]) => text !== "")),
  );
  return { reason, message, ...(causes === undefined ? {} : { causes }) };
}

/** A policy that tells when those made before it are in force. */
function probe(namespace: string, name: string): readonly Body[] {
  const apiVersion = "admissionregistration.k8s.io/v1";
  const resourceRules = [
    { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["secrets"] },
  ];
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": namespace } };
  return [
    {
      apiVersion,
      kind: "ValidatingAdmissionPolicy",
      metadata: { name },
      spec: {
        matchConstraints: { resourceRules, namespaceSelector },
        matchConditions: [{ name: "probe", expression: `object.metadata.name == '${name}'` }],
        validations: [{ expression: "false", reason: "RequestEntityTooLarge" }],
      },
    },
    {
      apiVersion,
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name },
      spec: { policyName: name, validationActions: ["Deny"] },
    },
  ];
}

const TRIES = 5_000;

async function inForce({ client, namespace, elapse }: CaseWorld, name: string): Promise<void> {
  const body = { apiVersion: "v1", kind: "Secret", metadata: { name } };
  for (let i = 0; i < TRIES; i++) {
    const refusal = await refusalOf(() =>
      client.create(secrets as Kind<KubeObject>, namespace, body, { dryRun: true }),
    );
    if (refusal !== undefined) return;
    elapse(100);
  }
  throw new Error("It did not come into force");
}

async function removed({ client }: CaseWorld, object: Body): Promise<void> {
  try {
    await client.delete(kindOf(object), undefined, (object.metadata as { name: string }).name);
  } catch (error) {
    if (!isStatus(error, "NotFound")) throw error;
  }
}
