/** Which workloads a policy is for. Each workload belongs to one policy: the one that had it first. */
import { deployments, statefulSets } from "../../kube/kinds.ts";
import { formatLabelSelector, selectorMatches } from "../../kube/selectors.ts";
import type { HighAvailabilityPolicy, PolicyTarget } from "../../kube/types/index.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { nearestName } from "../nearest.ts";
import type { Refusal } from "../step.ts";
import type { Hardenable } from "../traits.ts";
import { policyName, policyText } from "./read-policy.ts";

export interface PolicyTargets {
  readonly policy: HighAvailabilityPolicy;
  readonly workloads: readonly Hardenable[];
  /** Targets that match nothing, or what another policy has. */
  readonly refusals: readonly Refusal[];
}

/** @param policies those that were there before first */
export function resolveTargets(
  policies: readonly HighAvailabilityPolicy[],
  view: ClusterView,
): PolicyTargets[] {
  const all = [...view.list(deployments), ...view.list(statefulSets)];
  const owners = new Map<Hardenable, HighAvailabilityPolicy>();
  return policies.map((policy) => {
    const refusals: Refusal[] = [];
    const target = { namespace: "", ...policyName(policy) };
    const workloads: Hardenable[] = [];
    for (const wanted of policy.spec.targets) {
      const found = all.filter((workload) => meets(workload, wanted, policy));
      if (found.length === 0) {
        refusals.push({ rule: "target", target, ...nothingFound(wanted, policy, all) });
      }
      for (const workload of found) {
        const owner = owners.get(workload);
        if (owner === policy) continue;
        if (owner !== undefined) {
          refusals.push({
            rule: "target",
            target,
            why: `${nameOf(workload)} is a target of ${policyText(policyName(owner))} already`,
            wouldHelp: "take it out of one of the two, by naming targets or by a label that only one selects",
          });
          continue;
        }
        owners.set(workload, policy);
        workloads.push(workload);
      }
    }
    return { policy, workloads, refusals };
  });
}

function meets(workload: Hardenable, target: PolicyTarget, policy: HighAvailabilityPolicy): boolean {
  const { namespace = "", name, labels = {} } = workload.metadata;
  const within = namespaceOf(target, policy);
  return (
    (target.kind === undefined || target.kind === workload.kind) &&
    (within === undefined || within === namespace) &&
    (target.name === undefined || target.name === name) &&
    (target.selector === undefined || selectorMatches(target.selector, labels))
  );
}

function namespaceOf({ namespace }: PolicyTarget, policy: HighAvailabilityPolicy): string | undefined {
  return policy.metadata.namespace ?? namespace;
}

function nothingFound(target: PolicyTarget, policy: HighAvailabilityPolicy, all: readonly Hardenable[]) {
  const { kind = "Deployment or StatefulSet", name, selector } = target;
  const namespace = namespaceOf(target, policy);
  const where = namespace === undefined ? "" : ` in namespace ${namespace}`;
  const which =
    name !== undefined
      ? ` named ${name}`
      : selector === undefined
        ? ""
        : ` with ${formatLabelSelector(selector)}`;
  const nearest = nearestTo(target, policy, all);
  return {
    why: `there is no ${kind}${which}${where}`,
    wouldHelp: nearest ?? "make the workload first, or take the target out",
  };
}

/** The workload that the target would mean with one word of it changed. */
function nearestTo(
  target: PolicyTarget,
  policy: HighAvailabilityPolicy,
  all: readonly Hardenable[],
): string | undefined {
  const looser: readonly PolicyTarget[] = [
    without(target, "kind"),
    without(target, "namespace"),
    without(target, "name"),
  ];
  for (const loose of looser) {
    // Without a name or labels it would be any workload, which is like none.
    if (target.name === undefined && target.selector === undefined) break;
    const found = all.filter((workload) => meets(workload, loose, policy));
    if (target.name === undefined || loose.name !== undefined) {
      const [first] = found;
      if (first !== undefined) return `the nearest is ${nameOf(first)}`;
      continue;
    }
    const nearest = nearestName(
      target.name,
      found.map(({ metadata }) => metadata.name),
    );
    const workload = found.find(({ metadata }) => metadata.name === nearest);
    if (workload !== undefined) return `the nearest is ${nameOf(workload)}`;
  }
  const namespaces = [...new Set(all.map(({ metadata }) => metadata.namespace ?? ""))];
  const nearest = target.namespace === undefined ? undefined : nearestName(target.namespace, namespaces);
  return nearest === undefined || nearest === target.namespace
    ? undefined
    : `the nearest namespace is ${nearest}`;
}

function without(target: PolicyTarget, field: keyof PolicyTarget): PolicyTarget {
  const { [field]: _, ...rest } = target;
  return rest;
}

/** "Deployment shop/web" */
export function nameOf({ kind, metadata: { namespace = "", name } }: Hardenable): string {
  return `${kind} ${namespace}/${name}`;
}
