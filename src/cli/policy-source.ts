/** Reads a cluster and the policies for it, and plans. */
import type { Command } from "commander";
import { knownTraits } from "../drill/known-traits.ts";
import { proverLike } from "../harden/checks/check-cluster.ts";
import { nearestName } from "../harden/nearest.ts";
import type { PlanResult } from "../harden/policy/forms/plan-json.ts";
import { planPolicies } from "../harden/policy/plan-policies.ts";
import { provePlans } from "../harden/policy/plan-proof.ts";
import {
  listPolicies,
  policiesAmong,
  policyName,
  policyText,
  readPolicy,
} from "../harden/policy/read-policy.ts";
import { nameOf } from "../harden/policy/targets.ts";
import type { Hardenable, Traits } from "../harden/traits.ts";
import { deployments, statefulSets } from "../kube/kinds.ts";
import type { HighAvailabilityPolicy, KubeObject } from "../kube/types/index.ts";
import { modelOf } from "../prove/model-of.ts";
import { DEFAULT_NODES } from "../prove/stage/assumed-nodes.ts";
import { ClusterView } from "../view/cluster-view.ts";
import { InputError } from "../view/input-error.ts";
import { readManifests } from "../view/manifests.ts";
import { openCluster } from "./live-cluster.ts";
import type { PolicyFlags } from "./policy-options.ts";
import { readSource } from "./prove-source.ts";
import { scopeOf } from "./scope.ts";
import { isLive } from "./source-options.ts";

export interface PlannedCluster extends PlanResult {
  readonly view: ClusterView;
}

export interface PlanHow {
  /** Without proof nothing is refused for being worse. */
  readonly proves: boolean;
}

/** Plans for the policies that the flags name, or those in the cluster. @throws {InputError} where there is none */
export async function planFor(
  flags: PolicyFlags,
  command: Command,
  { proves }: PlanHow = { proves: true },
): Promise<PlannedCluster> {
  const given =
    flags.policy === undefined
      ? undefined
      : readManifests(flags.policy).map((each) => readPolicy(each, flags.namespace));
  const {
    model,
    profiles,
    objects = [],
    nodes,
    assumed,
  } = await readSource(flags, command, { keepsObjects: true });
  const inCluster = await policiesOf(flags, objects);
  const policies = given ?? inCluster;
  if (policies.length === 0)
    throw new InputError(
      { file: "the cluster" },
      "has no policy; name a file with --policy, or install the definitions in deploy/crds and make one",
    );
  const view = new ClusterView(objects);
  const names = new Set(policies.map((policy) => policyText(policyName(policy))));
  const plans = planPolicies({
    view,
    policies,
    others: inCluster.filter((policy) => !names.has(policyText(policyName(policy)))),
    traitsOf: (workload) => ({ ...UNKNOWN, ...knownTraits(profiles ?? {}, workload) }),
    forceConflicts: flags.forceConflicts ?? false,
    phase: flags.phase,
    includes: await chosen(flags, view),
  });
  if (!proves) return { plans, proof: { better: [], worse: [] }, assumed, view };
  const proved = proverLike(model, profiles);
  const result = provePlans(plans, {
    objects,
    view,
    nodes: nodes ?? DEFAULT_NODES,
    prove: (changed) => proved(modelOf(changed, { kubernetesMinor: model.kubernetesMinor })),
  });
  return { ...result, assumed, view };
}

/** What is taken of a workload that nobody knows: a policy for it says that it may run more than once. */
const UNKNOWN: Traits = { role: "web", sessions: undefined, sticky: false };

async function policiesOf(
  flags: PolicyFlags,
  objects: readonly KubeObject[],
): Promise<HighAvailabilityPolicy[]> {
  if (!isLive(flags)) return policiesAmong(objects);
  const { client } = openCluster(flags);
  try {
    return await listPolicies(client);
  } finally {
    client.close();
  }
}

/** Which workloads `--only`, -n and -l leave. @throws {InputError} for a name that none has */
async function chosen(flags: PolicyFlags, view: ClusterView): Promise<(workload: Hardenable) => boolean> {
  const { namespace, selector } = await scopeOf(flags);
  const all = [...view.list(deployments), ...view.list(statefulSets)];
  for (const wanted of flags.only ?? []) {
    if (all.some((workload) => isNamed(workload, wanted))) continue;
    const nearest = nearestName(wanted, all.flatMap(spellings));
    throw new InputError(
      { file: "--only" },
      `no workload is named ${wanted}${nearest === undefined ? "" : `; the nearest is ${nearest}`}`,
    );
  }
  return (workload) =>
    (namespace === undefined || workload.metadata.namespace === namespace) &&
    (selector?.matches(workload.metadata.labels) ?? true) &&
    (flags.only?.some((wanted) => isNamed(workload, wanted)) ?? true);
}

function isNamed(workload: Hardenable, wanted: string): boolean {
  return spellings(workload).some((name) => name.toLowerCase() === wanted.toLowerCase());
}

function spellings(workload: Hardenable): string[] {
  const { name, namespace } = workload.metadata;
  return [name, `${namespace}/${name}`, nameOf(workload).replace(" ", "/")];
}
