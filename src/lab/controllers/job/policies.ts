/** What a Job's own rules say: what the failure of a pod means, and when enough has succeeded. Only looks and answers. */
import type { ContainerStatus, Job, Pod, PodFailurePolicyRule } from "../../../kube/types/index.ts";
import { IndexSet } from "./index-set.ts";

/** What the failure of a pod means. */
export interface FailureVerdict {
  /** Whether it counts against the Job's limits. */
  readonly counts: boolean;
  readonly action?: PodFailurePolicyRule["action"];
  /** Why the whole Job fails, when that follows. */
  readonly failsJob?: string;
}

const COUNTED: FailureVerdict = { counts: true };

/** The verdict of the first rule that the pod matches; without one, the failure counts. */
export function judgeFailure({ spec }: Job, pod: Pod): FailureVerdict {
  for (const [index, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    const cause = causeOf(rule, pod);
    if (cause === undefined) continue;
    const { action } = rule;
    if (action === "Ignore") return { counts: false, action };
    if (action !== "FailJob") return { counts: true, action };
    return { counts: true, action, failsJob: `${cause} matching FailJob rule at index ${index}` };
  }
  return COUNTED;
}

/** Why the Job is a success already, by its success policy. */
export function successOf({ spec }: Job, succeeded: IndexSet): string | undefined {
  if (spec.successPolicy === undefined || succeeded.size === 0) return undefined;
  for (const [i, { succeededIndexes, succeededCount }] of spec.successPolicy.rules.entries()) {
    const wanted =
      succeededIndexes === undefined ? undefined : IndexSet.parse(succeededIndexes, spec.completions ?? 0);
    if (wanted !== undefined && wanted.size === 0) continue;
    const done =
      wanted === undefined ? succeeded.size : [...wanted].filter((index) => succeeded.has(index)).length;
    const isMet = done === wanted?.size || (succeededCount !== undefined && done >= succeededCount);
    if (isMet) return `Matched rules at index ${i}`;
  }
  return undefined;
}

/** The start of the sentence that says how the pod matches the rule. */
function causeOf(rule: PodFailurePolicyRule, { metadata, status }: Pod): string | undefined {
  const name = `${metadata.namespace}/${metadata.name}`;
  if (rule.onExitCodes !== undefined) {
    const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
    const failed = statuses.find((container) => matchesExitCode(rule.onExitCodes, container));
    return (
      failed &&
      `Container ${failed.name} for pod ${name} failed with exit code ${failed.state.terminated?.exitCode}`
    );
  }
  const wanted = rule.onPodConditions ?? [];
  const condition = status.conditions?.find((found) =>
    wanted.some((pattern) => pattern.type === found.type && pattern.status === found.status),
  );
  return condition && `Pod ${name} has condition ${condition.type}`;
}

function matchesExitCode(
  requirement: PodFailurePolicyRule["onExitCodes"],
  { name, state }: ContainerStatus,
): boolean {
  const exitCode = state.terminated?.exitCode;
  if (requirement === undefined || exitCode === undefined || exitCode === 0) return false;
  if (requirement.containerName !== undefined && requirement.containerName !== name) return false;
  return requirement.values.includes(exitCode) === (requirement.operator === "In");
}
