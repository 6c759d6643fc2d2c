import { type Kind, resourceName } from "../../kube/kind.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { invalid, invalidValue } from "./errors.ts";
import type { Caller, DeleteParameters } from "./server.ts";

const DELETE_OPTIONS = { group: "meta.k8s.io", kind: "DeleteOptions" } as Kind;
const POLICIES = ["Foreground", "Background", "Orphan"];

/** Refuses options that mean nothing or contradict each other. @throws {StatusError} Invalid */
export function checkDeleteParameters({ propagationPolicy, orphanDependents }: DeleteParameters): void {
  if (propagationPolicy === undefined) return;
  const field = "propagationPolicy";
  if (orphanDependents !== undefined) {
    const why = "orphanDependents and deletionPropagation cannot be both set";
    throw invalid(DELETE_OPTIONS, "", [invalidValue(field, propagationPolicy, why)]);
  }
  if (POLICIES.includes(propagationPolicy)) return;
  const supported = [...POLICIES, "nil"].map((policy) => JSON.stringify(policy)).join(", ");
  const message = `Unsupported value: ${JSON.stringify(propagationPolicy)}: supported values: ${supported}`;
  throw invalid(DELETE_OPTIONS, "", [{ reason: "FieldValueNotSupported", message, field }]);
}

/** Warns of a Job's deletion that does not say what becomes of its Pods: nobody expects that they stay. */
export function warnOfOrphans(
  { warn }: Caller,
  kind: Kind,
  { propagationPolicy, orphanDependents }: DeleteParameters,
): void {
  if (warn === undefined || resourceName(kind) !== "jobs.batch") return;
  if (propagationPolicy !== undefined || orphanDependents !== undefined) return;
  warn(
    "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning",
  );
}

/** The answer to the deletion of an object that is not shown once more. */
export function deletedStatus(kind: Kind, { metadata }: KubeObject): Readonly<Record<string, unknown>> {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    details: {
      name: metadata.name,
      ...(kind.group === "" ? {} : { group: kind.group }),
      kind: kind.plural,
      uid: metadata.uid,
    },
  };
}
