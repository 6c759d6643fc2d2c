/** The objects of a plan before and after it. */
import type { KubeObject } from "../../kube/types/index.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { placeOfKind, withValueAt } from "../fields/field-path.ts";
import { type Step, type StepTarget, targetText } from "../step.ts";

export interface PlannedObject {
  readonly target: StepTarget;
  /** `undefined` where it is made. */
  readonly before: KubeObject | undefined;
  readonly after: KubeObject;
}

/** Each object once, however many steps change it, in the order of the steps. */
export function plannedObjects(steps: readonly Step[], view: ClusterView): PlannedObject[] {
  const found = new Map<string, PlannedObject>();
  for (const step of steps) {
    const { target } = step;
    const key = targetText(target);
    if (step.action === "create") {
      found.set(key, { target, before: undefined, after: step.object as unknown as KubeObject });
      continue;
    }
    const before = found.get(key)?.before ?? view.get(target.kind, namespaceIn(target), target.name);
    if (before === undefined) continue;
    const place = placeOfKind(target.kind);
    const after = step.fields.reduce(
      (object, field) => withValueAt(object, field.path, field.after, place),
      found.get(key)?.after ?? before,
    );
    found.set(key, { target, before, after });
  }
  return [...found.values()];
}

function namespaceIn({ namespace }: StepTarget): string | undefined {
  return namespace === "" ? undefined : namespace;
}
