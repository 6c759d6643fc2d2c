/** From a cluster's objects to what is wrong in it: proves first what losses do, so that findings can say how long it would hurt. */
import type { KubeObject } from "../../kube/types/index.ts";
import type { ProfileFile } from "../../lab/node/profile.ts";
import type { LossChoice } from "../../prove/losses/losses.ts";
import type { Model } from "../../prove/model/model.ts";
import { modelOf } from "../../prove/model-of.ts";
import { LARGE_NODES, placingFor } from "../../prove/placing.ts";
import { prove, type Scope } from "../../prove/prove.ts";
import type { ProveResult } from "../../prove/result.ts";
import type { AssumedNodes } from "../../prove/stage/assumed-nodes.ts";
import { BOTH_SETTLED } from "../../prove/stage/with-changes.ts";
import { ClusterView } from "../../view/cluster-view.ts";
import type { Hardenable, Traits } from "../traits.ts";
import { checkedCluster } from "./checked-cluster.ts";
import { proveFixes } from "./prove-fixes.ts";
import { CHECKS } from "./registry.ts";
import { type CheckResult, runChecks } from "./run-checks.ts";

export interface CheckInput {
  readonly objects: readonly KubeObject[];
  /** Of the same objects. */
  readonly model: Model;
  readonly profiles?: ProfileFile;
  /** What is known of a workload beyond its manifest. */
  readonly traitsOf: (workload: Hardenable) => Partial<Traits>;
  readonly scope: Scope;
  /** Proves each patch too; on these nodes where the objects bring none. */
  readonly provesFixesOn?: AssumedNodes;
}

export function checkCluster(input: CheckInput): CheckResult {
  const { objects, model, profiles, traitsOf, scope, provesFixesOn } = input;
  const proved = proverLike(model, profiles);
  const proof = proved(model);
  const result = runChecks(CHECKS, checkedCluster(new ClusterView(objects), proof, traitsOf), scope);
  if (provesFixesOn === undefined) return result;
  const findings = proveFixes(result.findings, {
    objects,
    nodes: provesFixesOn,
    prove: (changed) => proved(modelOf(changed, { kubernetesMinor: model.kubernetesMinor })),
  });
  return { ...result, findings, assumed: [...result.assumed, BOTH_SETTLED] };
}

/** Proves any model with the losses that this one is proved with, so that the two can be compared. */
export function proverLike(model: Model, profiles: ProfileFile | undefined): (whole: Model) => ProveResult {
  const losses = lossesFor(model);
  return (whole) => prove(whole, placingFor(whole), { losses, ...(profiles !== undefined && { profiles }) });
}

/** Drains and updates are worked through pod by pod, which a large cluster would wait for. */
function lossesFor({ nodes }: Model): LossChoice[] {
  const always: LossChoice[] = [{ kind: "nodes" }, { kind: "zones" }];
  return nodes.length > LARGE_NODES ? always : [...always, { kind: "drains" }, { kind: "rollouts" }];
}
