import { type Kind, resourceName } from "../../../kube/kind.ts";
import type { Fields, LooseObject } from "../loose.ts";

/** Lists that are written even when there is nothing in them. */
const LISTS: Readonly<Record<string, readonly string[]>> = {
  limitranges: ["spec.limits"],
  "jobs.batch": ["spec.podFailurePolicy.rules"],
  "horizontalpodautoscalers.autoscaling": ["status.currentMetrics"],
  "roles.rbac.authorization.k8s.io": ["rules"],
  "clusterroles.rbac.authorization.k8s.io": ["rules"],
  "csinodes.storage.k8s.io": ["spec.drivers"],
  "endpointslices.discovery.k8s.io": ["endpoints", "ports"],
};

/** An object as it comes back from the store: protocol buffers, which real servers store, do not tell an empty list from none. */
export function storedForm(kind: Kind, object: LooseObject): LooseObject {
  const lists = LISTS[resourceName(kind)];
  if (lists === undefined) return object;
  return lists.reduce((form, path) => withoutEmpty(form, path.split(".")), object as Fields) as LooseObject;
}

function withoutEmpty(fields: Fields, [name = "", ...rest]: readonly string[]): Fields {
  const value = fields[name];
  if (rest.length === 0)
    return Array.isArray(value) && value.length === 0 ? { ...fields, [name]: null } : fields;
  if (typeof value !== "object" || value === null) return fields;
  const inner = withoutEmpty(value as Fields, rest);
  return inner === value ? fields : { ...fields, [name]: inner };
}
