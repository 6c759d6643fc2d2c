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
  const names = new Array<string>(pods.count);
  const namespaces = new Array<string>(pods.count);
  for (let i = 0; i < pods.count; i++) {
    names[i] = fullName(pods, drafts, i);
    namespaces[i] = drafts[pods.classOf[i] as number]?.prototype.metadata.namespace ?? "";
  }
  const compare = (a: number, b: number) =>
    compareTexts(namespaces[a] as string, namespaces[b] as string) ||
    compareTexts(names[a] as string, names[b] as string);
  const order = Uint32Array.from({ length: pods.count }, (_, i) => i);
  // API servers list in this order already.
  if (!isOrdered(order, compare)) order.sort((a, b) => compare(a, b) || a - b);
  return order.filter((pod, i) => {
    const next = order[i + 1];
    if (next === undefined || compare(pod, next) !== 0) return true;
    notes.add(TWICE, describeObject("Pod", namespaces[pod], names[pod] as string));
    return false;
  });
}

function isOrdered(order: Uint32Array, compare: (a: number, b: number) => number): boolean {
  for (let i = 1; i < order.length; i++) if (compare(i - 1, i) > 0) return false;
  return true;
}
