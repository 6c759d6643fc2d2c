/** What is configured beside what a policy intends, in one row a workload. */
import { podDisruptionBudgets } from "../../kube/kinds.ts";
import { selectorMatches } from "../../kube/selectors.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { isInForce, type JournalEntry, type PolicyName } from "../apply/journal.ts";
import { placeOfKind, valueAt } from "../fields/field-path.ts";
import { selects } from "../placement.ts";
import { targetText } from "../step.ts";
import type { Hardenable } from "../traits.ts";
import { kindOf } from "../workload-room.ts";
import type { PolicyPlan } from "./plan-policies.ts";
import { nameOf } from "./targets.ts";

export interface StatusRow {
  readonly workload: string;
  readonly replicas: { readonly configured: number; readonly intended: number; readonly ready: number };
  /** What binds its pods to different places: topology keys. */
  readonly spread: readonly string[];
  /** Name of a budget that covers its pods. */
  readonly budget?: string;
  /** Fields and objects that are not as intended. */
  readonly differs: readonly string[];
  /** What is not possible here, and so not intended. */
  readonly refused: readonly string[];
  /** The last that was applied and not taken back. */
  readonly revision?: number;
  readonly state?: JournalEntry["state"];
}

export interface PolicyStatusRows {
  readonly policy: PolicyName;
  readonly tier: number;
  readonly rows: readonly StatusRow[];
}

export function statusRows(
  { policy, settings, workloads, plan }: PolicyPlan,
  view: ClusterView,
  journal: readonly JournalEntry[],
): PolicyStatusRows {
  const rows = workloads.map((workload): StatusRow => {
    const name = nameOf(workload);
    const steps = plan.steps.filter(({ component }) => targetText(component) === name);
    const fields = steps.flatMap((step) =>
      step.action === "create"
        ? []
        : step.fields
            .filter(({ path }) => path.join() === "f:spec,f:replicas")
            .map(({ after }) => Number(after)),
    );
    const last = journal.findLast((entry) => entry.component === name && isInForce(entry));
    const budget = budgetOf(workload, view);
    return {
      workload: name,
      replicas: {
        configured: workload.spec.replicas,
        intended: fields.at(-1) ?? workload.spec.replicas,
        ready: Number(valueAt(workload, ["f:status", "f:readyReplicas"], placeOfKind(kindOf(workload))) ?? 0),
      },
      spread: spreadOf(workload),
      ...(budget !== undefined && { budget }),
      differs: steps.flatMap((step) =>
        step.action === "create"
          ? [targetText(step.target)]
          : [...new Set(step.fields.map(({ rule }) => rule))],
      ),
      refused: plan.refusals
        .filter(({ target }) => targetText(target) === name)
        .map(({ rule, why }) => `${rule}: ${why}`),
      ...(last !== undefined && { revision: last.revision, state: last.state }),
    };
  });
  return { policy, tier: settings.tier, rows };
}

function spreadOf({ spec: { template } }: Hardenable): string[] {
  const labels = template.metadata?.labels ?? {};
  const { topologySpreadConstraints = [], affinity } = template.spec;
  const terms = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const binding = topologySpreadConstraints.filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === "DoNotSchedule",
  );
  const keys = [...binding, ...terms].filter((rule) => selects(rule, labels)).map((rule) => rule.topologyKey);
  return [...new Set(keys)].map((key) => key.slice(key.indexOf("/") + 1));
}

function budgetOf({ metadata, spec }: Hardenable, view: ClusterView): string | undefined {
  return view
    .list(podDisruptionBudgets, metadata.namespace)
    .find(({ spec: { selector } }) => selectorMatches(selector, spec.template.metadata?.labels))?.metadata
    .name;
}
