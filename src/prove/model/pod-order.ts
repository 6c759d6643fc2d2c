import { TWICE } from "./builder-notes.ts";
import type { ClassDraft } from "./class-drafts.ts";
import type { Notes } from "./notes.ts";
import { compareTexts } from "./order.ts";
import { GENERATED, type PodTable } from "./pod-table.ts";
import { describeObject } from "./unknown.ts";

/** The pod's name as it stands in the cluster. */
export function fullName(pods: PodTable, drafts: readonly ClassDraft[], pod: number): string {
  const kept = pods.nameOf(pod);
  if (((pods.flags[pod] as number) & GENERATED) === 0) return kept;
  return `${drafts[pods.classOf[pod] as number]?.prototype.metadata.generateName}${kept}`;
}

/** Places in the table in order of namespace and name. Of several pods of one name the last to come stays. */
export function orderPods(pods: PodTable, drafts: readonly ClassDraft[], notes: Notes): Uint32Array {
  const places = Uint32Array.from({ length: pods.count }, (_, i) => i);
  // API servers list in this order already: then there is nothing to do, and no name to be held.
  if (isOrdered(pods, drafts)) return places;
  const names = Array.from(places, (pod) => fullName(pods, drafts, pod));
  const compare = (a: number, b: number) =>
    compareTexts(namespaceOf(pods, drafts, a), namespaceOf(pods, drafts, b)) ||
    compareTexts(names[a] as string, names[b] as string);
  const order = places.sort((a, b) => compare(a, b) || a - b);
  return order.filter((pod, i) => {
    const next = order[i + 1];
    if (next === undefined || compare(pod, next) !== 0) return true;
    notes.add(TWICE, describeObject("Pod", namespaceOf(pods, drafts, pod), names[pod] as string));
    return false;
  });
}

function namespaceOf(pods: PodTable, drafts: readonly ClassDraft[], pod: number): string {
  return drafts[pods.classOf[pod] as number]?.prototype.metadata.namespace ?? "";
}

/** Whether each pod comes after the one before, and none twice. */
function isOrdered(pods: PodTable, drafts: readonly ClassDraft[]): boolean {
  let namespace = "";
  let name = "";
  for (let pod = 0; pod < pods.count; pod++) {
    const ownNamespace = namespaceOf(pods, drafts, pod);
    const ownName = fullName(pods, drafts, pod);
    if (compareTexts(namespace, ownNamespace) > 0) return false;
    if (namespace === ownNamespace && compareTexts(name, ownName) >= 0) return false;
    namespace = ownNamespace;
    name = ownName;
  }
  return true;
}
