/** Policies from files and from clusters, judged as an API server that has their definitions judges them. */
import type { Reader } from "../../client/client.ts";
import { validateRules } from "../../kube/cel/validate-rules.ts";
import { completeCustom } from "../../kube/custom/complete.ts";
import { validateListTypes } from "../../kube/custom/list-types.ts";
import type { StructuralSchema } from "../../kube/custom/structural-schema.ts";
import { validateCustom } from "../../kube/custom/validate.ts";
import { POLICY_KINDS } from "../../kube/holdfast-kinds.ts";
import { apiVersionOf } from "../../kube/kind.ts";
import { isStatus } from "../../kube/status-error.ts";
import type { HighAvailabilityPolicy, KubeObject } from "../../kube/types/index.ts";
import { InputError } from "../../view/input-error.ts";
import type { Manifest } from "../../view/manifests.ts";
import type { PolicyName } from "../apply/journal.ts";
import { policySchema } from "./policy-schema.ts";

const schemas: Readonly<Record<string, StructuralSchema>> = Object.fromEntries(
  POLICY_KINDS.map(({ kind, namespaced }) => [kind, policySchema(namespaced)]),
);
const API_VERSION = apiVersionOf(POLICY_KINDS[0]);

/**
 * The policy that a manifest says, its defaults filled in.
 * @param namespace of a policy of a namespace that names none
 * @throws {InputError} with line and field for what an API server would refuse
 */
export function readPolicy(
  { object, place, lineOf }: Manifest,
  namespace = "default",
): HighAvailabilityPolicy {
  const schema = object.apiVersion === API_VERSION ? schemas[object.kind] : undefined;
  const refuse = (why: string, field?: string): never => {
    const line = (field === undefined ? undefined : lineOf(field)) ?? place.line;
    throw new InputError({ ...place, ...(line !== undefined && { line }), ...(field && { field }) }, why);
  };
  if (schema === undefined) {
    const names = POLICY_KINDS.map(({ kind }) => kind).join(" or ");
    return refuse(`is a ${object.apiVersion} ${object.kind}; expected a ${API_VERSION} ${names}`);
  }
  const { object: whole, issues } = completeCustom(schema, object);
  const [unknown] = issues;
  if (unknown !== undefined) refuse(`has an ${unknown}`, /"(.*)"/.exec(unknown)?.[1]);
  const causes = [...validateCustom(schema, whole), ...validateListTypes(schema, whole)];
  // Rules may trust the types only where those are right.
  const [cause] = causes.length > 0 ? causes : validateRules(schema, whole, undefined).causes;
  if (cause !== undefined) refuse(`is refused: ${cause.message}`, cause.field);
  const policy = whole as unknown as HighAvailabilityPolicy;
  if (object.kind !== POLICY_KINDS[1].kind) return policy;
  return { ...policy, metadata: { namespace, ...policy.metadata } };
}

/** The policies of a cluster that answers, the oldest first; none where their definitions are missing. */
export async function listPolicies(client: Reader): Promise<HighAvailabilityPolicy[]> {
  const lists = await Promise.all(
    POLICY_KINDS.map(async (kind) => {
      try {
        const { items } = await client.list(kind);
        return items.map((item) => ({ ...item, apiVersion: API_VERSION, kind: kind.kind }));
      } catch (error) {
        if (isStatus(error, "NotFound")) return [];
        throw error;
      }
    }),
  );
  return oldestFirst(lists.flat());
}

/** Those among a cluster's objects, the oldest first. */
export function policiesAmong(objects: readonly KubeObject[]): HighAvailabilityPolicy[] {
  const found = objects.filter(({ apiVersion, kind }) => apiVersion === API_VERSION && kind in schemas);
  return oldestFirst(
    found.map((object) =>
      readPolicy({ object, place: { file: "the cluster" }, lineOf: () => undefined } as never),
    ),
  );
}

function oldestFirst(policies: readonly HighAvailabilityPolicy[]): HighAvailabilityPolicy[] {
  const age = ({ metadata: { creationTimestamp = "", namespace = "", name } }: HighAvailabilityPolicy) =>
    `${creationTimestamp} ${namespace}/${name}`;
  return policies.toSorted((a, b) => (age(a) < age(b) ? -1 : 1));
}

export function policyName({ kind, metadata: { namespace, name } }: HighAvailabilityPolicy): PolicyName {
  return { kind, ...(namespace !== undefined && { namespace }), name };
}

/** "HighAvailabilityPolicy critical", "NamespacedHighAvailabilityPolicy shop/critical" */
export function policyText({ kind, namespace, name }: PolicyName): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}
