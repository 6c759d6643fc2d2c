/** Checks the expressions of validating admission policies against the types of what they match, and warns in their status. */
import { cel } from "../../../kube/cel/loader.ts";
import { apiVersionOf } from "../../../kube/kind.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import { validatingPolicies } from "../../apiserver/admission/policies/policy-objects.ts";
import type { KindRegistry } from "../../apiserver/kind-registry.ts";
import type { ControllerFactory } from "../../context.ts";
import { watchAll } from "../shared/watch.ts";
import { kindsNamed, typeOf } from "./matched-types.ts";

const NAME = "validatingadmissionpolicy-status";

/** Looks at each generation of a policy once, by the kinds that `kinds` serves then. */
export function validatingAdmissionPolicyStatus(kinds: KindRegistry): ControllerFactory {
  return ({ api, engine }) => {
    const reconcile = (name: string): void => {
      const policy = api.get(validatingPolicies, undefined, name);
      if (policy === undefined) return;
      const { generation: observedGeneration = 0 } = policy.metadata;
      if (observedGeneration <= (policy.status?.observedGeneration ?? 0)) return;
      const { matchConstraints, paramKind } = policy.spec;
      const types = kindsNamed(matchConstraints.resourceRules ?? [], kinds.all());
      const params = paramKind && kinds.find(paramKind.apiVersion, paramKind.kind);
      // It is there: the policy's expressions were compiled when it was written.
      const warnings = cel().expressionWarnings(
        policy.spec,
        types.flatMap((kind) => typeOf(api, kind) ?? []),
        params && typeOf(api, params),
      );
      const typeChecking = warnings.length === 0 ? {} : { expressionWarnings: warnings };
      const apply = {
        apiVersion: apiVersionOf(validatingPolicies),
        kind: validatingPolicies.kind,
        metadata: { name },
        status: { observedGeneration, typeChecking },
      };
      const options = { fieldManager: NAME, force: true, subresource: "status" };
      api.patch(validatingPolicies, undefined, name, "apply", apply, options);
    };
    const queue = new WorkQueue(engine, { name: NAME, reconcile });
    return {
      name: NAME,
      start() {
        watchAll(api, validatingPolicies, ({ type, object }) => {
          if (type !== "DELETED") queue.add(object.metadata.name);
        });
      },
    };
  };
}
