import { type Kind, resourceName } from "../../kube/kind.ts";
import { type LooseObject, withMeta } from "./loose.ts";

/** Where apps/v1 keeps a counter that the group's first versions had in the spec. */
export const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

/** An object as it comes back from the form that real servers work with: who writes it owns what that adds and not what it leaves out. */
export function converted(kind: Kind, object: LooseObject): LooseObject {
  if (kind.kind === "Scale") return withoutZero(object);
  if (resourceName(kind) !== "daemonsets.apps") return object;
  const { annotations } = object.metadata;
  if (annotations?.[TEMPLATE_GENERATION] !== undefined) return object;
  return withMeta(object, { annotations: { ...annotations, [TEMPLATE_GENERATION]: "0" } });
}

/** A Scale does not write a count of nothing. */
function withoutZero(scale: LooseObject): LooseObject {
  if (scale.spec?.replicas !== 0) return scale;
  const { replicas: _, ...spec } = scale.spec;
  return { ...scale, spec };
}
