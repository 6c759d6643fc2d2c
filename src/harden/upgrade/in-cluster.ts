/** Which objects of a cluster, or of a plan, the objects of a rendered chart are. */
import type { KubeObject } from "../../kube/types/index.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { InputError } from "../../view/input-error.ts";
import { type Step, type StepTarget, targetOf } from "../step.ts";
import type { Rendered } from "./rendered.ts";

/** An object of a chart that is in the cluster, or will be once the plan is applied. */
export interface InCluster {
  readonly rendered: Rendered;
  readonly target: StepTarget;
  /** `undefined` for what the plan makes. */
  readonly live: KubeObject | undefined;
}

interface Input {
  readonly rendered: readonly Rendered[];
  readonly steps: readonly Step[];
  readonly view: ClusterView;
  /** Of objects that name none; where it is not known, the one namespace that has such an object. */
  readonly namespace: string | undefined;
}

/** @throws {InputError} where it cannot be told which of several objects is meant */
export function chartObjects({ rendered, steps, view, namespace }: Input): InCluster[] {
  return rendered.flatMap((each): InCluster[] => {
    const { kind, name } = each;
    const wanted = each.namespace === "" ? namespace : each.namespace;
    const isMeant = (target: StepTarget) =>
      target.kind === kind &&
      target.name === name &&
      (!kind.namespaced || wanted === undefined || target.namespace === wanted);
    const inView = view.list(kind).map((live) => ({ rendered: each, target: targetOf(kind, live), live }));
    const made = steps
      .filter(({ action }) => action === "create")
      .map(({ target }) => ({ rendered: each, target, live: undefined }));
    const found = [...inView, ...made].filter(({ target }) => isMeant(target));
    if (found.length <= 1) return found;
    const namespaces = found.map(({ target }) => target.namespace).sort();
    throw new InputError(
      { file: "--against" },
      `${kind.kind} ${name} names no namespace, and there is one in ${namespaces.join(" and ")}; say with -n which namespace the release is in`,
    );
  });
}
