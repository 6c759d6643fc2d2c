import { type Kind, resourceName } from "../../kube/kind.ts";
import { type LooseObject, withMeta } from "./loose.ts";

/** Where apps/v1 keeps a counter that the group's first versions had in the spec. */
export const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

/** An object as it comes back from the form that real servers work with: who writes it owns what that adds. */
export function converted(kind: Kind, object: LooseObject): LooseObject {
  if (resourceName(kind) !== "daemonsets.apps") return object;
  const { annotations } = object.metadata;
  if (annotations?.[TEMPLATE_GENERATION] !== undefined) return object;
  return withMeta(object, { annotations: { ...annotations, [TEMPLATE_GENERATION]: "0" } });
}
