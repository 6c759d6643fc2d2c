/**
 * What the API server's admission makes of a new pod, as far as it decides where the pod may go: LimitRanges give it requests or
 * refuse it, a RuntimeClass adds what it costs and where it runs.
 */
import type { KubeObject, LimitRange, Pod, RuntimeClass } from "../../kube/types/index.ts";
import { limitProblems, withLimitDefaults } from "../../lab/apiserver/admission/limit-ranger.ts";

export class PodAdmission {
  readonly #ranges = new Map<string, LimitRange[]>();
  readonly #classes = new Map<string, RuntimeClass>();

  constructor(objects: readonly KubeObject[]) {
    for (const object of objects) {
      const { namespace = "", name } = object.metadata;
      if (isOf(object, "v1", "LimitRange"))
        this.#ranges.set(namespace, [...(this.#ranges.get(namespace) ?? []), object as LimitRange]);
      if (isOf(object, "node.k8s.io/v1", "RuntimeClass")) this.#classes.set(name, object as RuntimeClass);
    }
  }

  /** The pod as it is stored. */
  admit(pod: Pod): Pod {
    return this.#rangesOf(pod).reduce(withLimitDefaults, this.#withRuntime(pod));
  }

  /** Why it is refused, in the API server's words; nothing when it is not. */
  refusal(pod: Pod): string | undefined {
    const problems = this.#rangesOf(pod).flatMap((range) => limitProblems(pod, range));
    return problems.length === 0
      ? undefined
      : `pods "${pod.metadata.name}" is forbidden: ${problems.length === 1 ? problems[0] : `[${problems.join(", ")}]`}`;
  }

  #rangesOf({ metadata: { namespace = "" } }: Pod): readonly LimitRange[] {
    return this.#ranges.get(namespace) ?? [];
  }

  #withRuntime(pod: Pod): Pod {
    const { runtimeClassName } = pod.spec;
    const found = runtimeClassName === undefined ? undefined : this.#classes.get(runtimeClassName);
    if (found === undefined) return pod;
    const { overhead, scheduling } = found;
    const { nodeSelector, tolerations } = scheduling ?? {};
    return {
      ...pod,
      spec: {
        ...pod.spec,
        ...(overhead?.podFixed && { overhead: overhead.podFixed }),
        ...(nodeSelector && { nodeSelector: { ...pod.spec.nodeSelector, ...nodeSelector } }),
        ...(tolerations && { tolerations: [...(pod.spec.tolerations ?? []), ...tolerations] }),
      },
    };
  }
}

function isOf(object: KubeObject, apiVersion: string, kind: string): boolean {
  return object.apiVersion === apiVersion && object.kind === kind;
}
