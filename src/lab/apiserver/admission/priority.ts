import { priorityClasses } from "../../../kube/kinds.ts";
import type { Pod, PriorityClass } from "../../../kube/types/index.ts";
import type { LooseObject } from "../loose.ts";
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from "./chain.ts";
import { refusal } from "./refusal.ts";

const SYSTEM_PREFIX = "system-";

/** The number behind a pod's priority class, and the class behind a pod that names none. */
export function priority({ api }: AdmissionContext): AdmissionPlugin {
  /** Of several, which only a race could have left behind, the lowest. */
  function defaultClass(): PriorityClass | undefined {
    let lowest: PriorityClass | undefined;
    for (const each of api.list(priorityClasses)) {
      if (each.globalDefault === true && (lowest === undefined || each.value < lowest.value)) lowest = each;
    }
    return lowest;
  }

  function classOf(request: AdmissionRequest, pod: Pod): PriorityClass | undefined {
    const { priorityClassName } = pod.spec;
    if (!priorityClassName) return defaultClass();
    const found = api.get(priorityClasses, undefined, priorityClassName);
    if (found !== undefined) return found;
    throw refusal(request, `no PriorityClass with name ${priorityClassName} was found`);
  }

  return {
    name: "Priority",
    resources: ["pods", "priorityclasses.scheduling.k8s.io"],
    mutate(request, object) {
      if (request.subresource !== undefined || request.kind.plural !== "pods") return object;
      const pod = object as unknown as Pod;
      if (request.operation === "UPDATE") return keepPriority(pod, request.old as unknown as Pod);
      const found = classOf(request, pod);
      const value = found?.value ?? 0;
      const policy = found === undefined ? "PreemptLowerPriority" : found.preemptionPolicy;
      checkGiven(request, pod, value, policy);
      const spec: { -readonly [K in keyof Pod["spec"]]: Pod["spec"][K] } = { ...pod.spec };
      if (found !== undefined) spec.priorityClassName = found.metadata.name;
      spec.priority = value;
      if (policy !== undefined) spec.preemptionPolicy = policy;
      return { ...pod, spec } as unknown as LooseObject;
    },
    validate(request) {
      const { kind, operation, subresource, object } = request;
      if (kind.plural !== "priorityclasses" || subresource !== undefined) return;
      if (operation === "DELETE") {
        if (!request.name?.startsWith(SYSTEM_PREFIX)) return;
        throw refusal(request, "this is a system priority class and cannot be deleted");
      }
      const given = object as unknown as PriorityClass;
      if (given.globalDefault !== true) return;
      const present = defaultClass()?.metadata.name;
      if (present === undefined || present === given.metadata.name) return;
      const why = `PriorityClass ${present} is already marked as default. Only one default can exist`;
      throw refusal(request, why);
    },
  };
}

/** What a pod says itself must be what its class says. */
function checkGiven(request: AdmissionRequest, { spec }: Pod, value: number, policy: string | undefined) {
  if (spec.priority !== undefined && spec.priority !== value) {
    const why = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
    throw refusal(request, why);
  }
  if (policy !== undefined && spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
    const why = `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`;
    throw refusal(request, why);
  }
}

function keepPriority(pod: Pod, old: Pod): LooseObject {
  const { priority, preemptionPolicy } = old.spec;
  const lost =
    (pod.spec.priority === undefined && priority !== undefined) ||
    (pod.spec.preemptionPolicy === undefined && preemptionPolicy !== undefined);
  if (!lost) return pod as unknown as LooseObject;
  const kept = {
    ...(priority === undefined ? {} : { priority }),
    ...(preemptionPolicy === undefined ? {} : { preemptionPolicy }),
  };
  return { ...pod, spec: { ...kept, ...pod.spec } } as unknown as LooseObject;
}
