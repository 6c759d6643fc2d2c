import { controllerOf } from "../../kube/owners.ts";
import type { Job, KubeObject, Pod } from "../../kube/types/index.ts";
import type { ClassDraft } from "./class-drafts.ts";
import { groupKindOf } from "./owners.ts";
import { leavesLostNode, type PodClass, replacementOf } from "./pod-class.ts";
import { fullName } from "./pod-order.ts";
import type { PodTable } from "./pod-table.ts";
import { describeObject, type Unknown } from "./unknown.ts";

const DEFAULT_SCHEDULER = "default-scheduler";

/** Classes with everything known of them, and what about them is not modelled. */
export function finishClasses(
  drafts: readonly ClassDraft[],
  pods: PodTable,
  workloadOf: Int32Array,
  { workloads }: { readonly workloads: ReadonlyMap<string, KubeObject> },
): { readonly classes: readonly PodClass[]; readonly unknowns: readonly Unknown[] } {
  const unknowns: Unknown[] = [];
  const firstPod = new Int32Array(drafts.length).fill(-1);
  for (let i = pods.count - 1; i >= 0; i--) firstPod[pods.classOf[i] as number] = i;
  const classes = drafts.map(({ prototype, isPinned, problems }, index): PodClass => {
    const workload = workloadOf[index] as number;
    const replacement = replacementOf(prototype, jobOf(prototype, workloads));
    const reasons = [...problems, ...unmodelled(prototype, replacement)];
    if (reasons.length > 0) {
      const name = fullName(pods, drafts, firstPod[index] as number);
      const object = describeObject("Pod", prototype.metadata.namespace, name);
      unknowns.push(...reasons.map((why) => ({ object, why, workload })));
    }
    return finishedClass({ index, prototype, isPinned, workload, replacement });
  });
  return { classes, unknowns };
}

/** The class with what follows from its prototype. */
export function finishedClass(known: Omit<PodClass, "leavesLostNode" | "isScheduled">): PodClass {
  const { prototype, index, workload, replacement, isPinned } = known;
  const isGated = (prototype.spec.schedulingGates?.length ?? 0) > 0;
  return {
    index,
    prototype,
    workload,
    replacement,
    leavesLostNode: leavesLostNode(prototype),
    isPinned,
    isScheduled: prototype.spec.schedulerName === DEFAULT_SCHEDULER && !isGated,
  };
}

function jobOf(pod: Pod, workloads: ReadonlyMap<string, KubeObject>): Job | undefined {
  const owner = controllerOf(pod);
  if (owner === undefined || groupKindOf(owner) !== "batch/Job") return undefined;
  return workloads.get(`batch/Job ${pod.metadata.namespace}/${owner.name}`) as Job | undefined;
}

/** What a pod relies on that is not modelled. */
export function unmodelled(pod: Pod, replacement: PodClass["replacement"]): readonly string[] {
  const { schedulerName } = pod.spec;
  const { resourceClaims } = pod.spec as { readonly resourceClaims?: readonly unknown[] };
  const owner = controllerOf(pod);
  const reasons: string[] = [];
  if (replacement === "unknown") {
    reasons.push(
      `is owned by ${owner?.kind} ${owner?.name}: what that does about a lost pod is not modelled`,
    );
  }
  if (schedulerName !== DEFAULT_SCHEDULER) {
    reasons.push(`is placed by the scheduler ${schedulerName}, which is not modelled`);
  }
  if (resourceClaims?.length) reasons.push("asks for devices by resource claims, which are not modelled");
  return reasons;
}
