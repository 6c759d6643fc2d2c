/** Fills ClusterRoles that gather the rules of others: how custom kinds get into the roles admin, edit and view. */
import { deepEqual } from "../../../base/deep.ts";
import { apiVersionOf } from "../../../kube/kind.ts";
import { clusterRoles } from "../../../kube/kinds.ts";
import { compileSelector } from "../../../kube/selectors.ts";
import type { ClusterRole, PolicyRule } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { ControllerFactory } from "../../context.ts";

const NAME = "clusterrole-aggregation-controller";

/** Keeps aggregated roles as the sum of those that they select. */
export const clusterRoleAggregation: ControllerFactory = ({ api, engine }) => {
  const reconcile = (name: string): void => {
    const role = api.get(clusterRoles, undefined, name);
    if (role?.aggregationRule === undefined) return;
    const rules = gatheredRules(role, api.list(clusterRoles));
    if (deepEqual(rules, role.rules ?? [])) return;
    const apply = { apiVersion: apiVersionOf(clusterRoles), kind: "ClusterRole", metadata: { name }, rules };
    const options = { fieldManager: NAME, force: true };
    api.patch(clusterRoles, undefined, name, "apply", apply, options);
  };
  const queue = new WorkQueue(engine, { name: NAME, reconcile });
  return {
    name: NAME,
    start() {
      // What the server starts with is filled already.
      api.onChange(clusterRoles, () => {
        for (const { aggregationRule, metadata } of api.list(clusterRoles))
          if (aggregationRule !== undefined) queue.add(metadata.name);
      });
    },
  };
};

/** The rules of all roles that an aggregated one selects, each once: selector by selector, then by name. */
export function gatheredRules(
  { aggregationRule, metadata }: ClusterRole,
  all: readonly ClusterRole[],
): readonly PolicyRule[] {
  const rules: PolicyRule[] = [];
  for (const selector of aggregationRule?.clusterRoleSelectors ?? []) {
    const selected = compileSelector(selector);
    for (const role of all) {
      if (role.metadata.name === metadata.name || !selected.matches(role.metadata.labels)) continue;
      for (const rule of role.rules ?? [])
        if (!rules.some((known) => deepEqual(known, rule))) rules.push(rule);
    }
  }
  return rules;
}
