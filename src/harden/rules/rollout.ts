import { invariant } from "../../base/invariant.ts";
import { persistentVolumeClaims } from "../../kube/kinds.ts";
import type { Deployment } from "../../kube/types/index.ts";
import { isAloneOnNode } from "../placement.ts";
import { NEW_POD_FIRST, OLD_POD_FIRST } from "../rolling-update.ts";
import type { Hardenable } from "../traits.ts";
import type { Rule, RuleInput } from "./rule.ts";

/**
 * How a Deployment replaces its pods without an outage, and in a way that can always finish:
 * a single writer must stop before the next starts; otherwise a new pod comes first, where a node is free for it.
 */
export const rollout: Rule = {
  id: "rollout",
  phase: 1,
  reason(workload, input) {
    if (isSingleWriter(workload, input)) {
      return "one pod stops before the next starts: two of them would fight over the same volume, and a rollout that starts the second first hangs";
    }
    if (Object.keys(input.settings.rollout).length > 0) return "as the policy says";
    return surgeFits(workload, input)
      ? "a new pod is ready before an old one goes: never fewer than wanted"
      : "no two of its pods may share a node and none is free for an extra one, so an old pod goes first: a rollout that waits for room would never end";
  },
  edit(workload, input) {
    // A broker or a cache that is replaced loses what it held either way; how its pods follow each other does not matter.
    // What is made to run alone is shipped with the update that it stands.
    if (input.component?.capability === "singleton" && !isSingleWriter(workload, input)) return workload;
    if (!isDeployment(workload) || (input.traits.role !== "web" && !isSingleWriter(workload, input)))
      return workload;
    const strategy = wantedStrategy(workload, input);
    const current = workload.spec.strategy;
    const same =
      current.type === strategy.type &&
      current.rollingUpdate?.maxSurge === strategy.rollingUpdate?.maxSurge &&
      current.rollingUpdate?.maxUnavailable === strategy.rollingUpdate?.maxUnavailable;
    if (same) return workload;
    const edited: Hardenable = { ...workload, spec: { ...workload.spec, strategy } };
    return edited as typeof workload;
  },
};

function wantedStrategy(workload: Deployment, input: RuleInput): Deployment["spec"]["strategy"] {
  if (isSingleWriter(workload, input)) return { type: "Recreate" };
  const { maxSurge = 0, maxUnavailable = 0 } = input.settings.rollout;
  if (maxSurge + maxUnavailable > 0)
    return { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } };
  return surgeFits(workload, input) ? NEW_POD_FIRST : OLD_POD_FIRST;
}

/** A spread counts each revision by itself, so an extra pod finds a node beside an old one; a rule that binds all pods does not let it. */
function surgeFits(workload: Hardenable, { replicas, eligibleNodes }: RuleInput): boolean {
  const { metadata, spec } = workload.spec.template;
  return !isAloneOnNode({ spec, labels: metadata?.labels ?? {} }) || replicas + 1 <= eligibleNodes.length;
}

/** Whether two pods of it at once could write the same volume, or get stuck waiting for it. */
export function isSingleWriter(workload: Hardenable, { view, traits, replicas }: RuleInput): boolean {
  if (replicas > 1) return false;
  if (traits.role === "database") return true;
  return (workload.spec.template.spec.volumes ?? []).some((volume) => {
    if (volume.persistentVolumeClaim === undefined) return false;
    const claim = view.get(
      persistentVolumeClaims,
      workload.metadata.namespace,
      volume.persistentVolumeClaim.claimName,
    );
    return !(claim?.spec.accessModes ?? []).includes("ReadWriteMany");
  });
}

function isDeployment(workload: Hardenable): workload is Deployment {
  invariant(
    workload.kind === "Deployment" || workload.kind === "StatefulSet",
    `No rule for a ${workload.kind}`,
  );
  return workload.kind === "Deployment";
}
