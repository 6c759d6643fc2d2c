import { compareQuantities } from "../../../base/quantity.ts";
import { runtimeClasses } from "../../../kube/kinds.ts";
import type { Pod, PodSpec, ResourceList, RuntimeClass, Toleration } from "../../../kube/types/index.ts";
import type { LooseObject } from "../loose.ts";
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from "./chain.ts";
import { refusal } from "./refusal.ts";

/** What a pod's runtime class adds to it: what it costs besides its containers, and where it may run. */
export function runtimeClass({ api }: AdmissionContext): AdmissionPlugin {
  const isNewPod = ({ operation, subresource }: AdmissionRequest) =>
    operation === "CREATE" && subresource === undefined;

  function classOf(request: AdmissionRequest, { spec }: Pod): RuntimeClass | undefined {
    const { runtimeClassName: name } = spec;
    if (name === undefined) return undefined;
    const found = api.get(runtimeClasses, undefined, name);
    if (found === undefined)
      throw refusal(request, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
    return found;
  }

  return {
    name: "RuntimeClass",
    resources: ["pods"],
    mutate(request, object) {
      const pod = object as unknown as Pod;
      if (!isNewPod(request) || pod.spec.runtimeClassName === undefined) return object;
      const { overhead, scheduling } = classOf(request, pod) ?? {};
      const spec: { -readonly [K in keyof PodSpec]: PodSpec[K] } = { ...pod.spec };
      if (overhead?.podFixed !== undefined) {
        checkOverhead(request, spec.overhead, overhead.podFixed);
        spec.overhead = overhead.podFixed;
      }
      if (scheduling?.nodeSelector !== undefined) {
        spec.nodeSelector = mergeSelectors(request, spec.nodeSelector ?? {}, scheduling.nodeSelector);
      }
      if (scheduling?.tolerations !== undefined) {
        spec.tolerations = mergeTolerations([...(spec.tolerations ?? []), ...scheduling.tolerations]);
      }
      return { ...pod, spec } as unknown as LooseObject;
    },
    validate(request) {
      const pod = request.object as unknown as Pod;
      if (!isNewPod(request) || pod.spec.overhead === undefined) return;
      const known = classOf(request, pod)?.overhead?.podFixed;
      if (known !== undefined) {
        checkOverhead(request, pod.spec.overhead, known);
        return;
      }
      const why = "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead";
      throw refusal(request, why);
    },
  };
}

function checkOverhead(
  request: AdmissionRequest,
  given: ResourceList | undefined,
  known: ResourceList,
): void {
  if (given === undefined || Object.keys(given).length === 0) return;
  const names = new Set([...Object.keys(given), ...Object.keys(known)]);
  const isSame = [...names].every((name) => {
    const [asked, set] = [given[name], known[name]];
    return asked !== undefined && set !== undefined && compareQuantities(asked, set) === 0;
  });
  if (isSame) return;
  throw refusal(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
}

type Selector = Readonly<Record<string, string>>;

function mergeSelectors(request: AdmissionRequest, own: Selector, added: Selector): Selector {
  for (const [key, value] of Object.entries(added)) {
    const present = own[key];
    if (present === undefined || present === value) continue;
    const [wanted, given] = ["runtimeClass.scheduling", "pod.spec"].map((of) => `${of}.nodeSelector[${key}]`);
    throw refusal(request, `conflict: ${wanted} = ${value}; ${given} = ${present}`);
  }
  return { ...own, ...added };
}

/** Each as it is, but for those that another one covers; of equal ones the first. */
function mergeTolerations(all: readonly Toleration[]): readonly Toleration[] {
  return all.filter(
    (each, i) => !all.some((other, j) => i !== j && covers(other, each) && !(covers(each, other) && i < j)),
  );
}

/** Whether everything that the one tolerates, and for as long, the other does too. */
function covers(a: Toleration, b: Toleration): boolean {
  const exists = a.operator === "Exists";
  if (a.key !== b.key && (a.key || !exists)) return false;
  if (a.effect !== b.effect && a.effect) return false;
  if (a.effect === "NoExecute" && a.tolerationSeconds !== undefined) {
    if (b.tolerationSeconds === undefined || b.tolerationSeconds > a.tolerationSeconds) return false;
  }
  return exists || (b.operator !== "Exists" && (a.value ?? "") === (b.value ?? ""));
}
