/** What it takes to break each workload: exact over every set of nodes, zones or racks, by counting. */
import { fewestToBreak } from "../certificates/fewest-to-break.ts";
import type { Breaking } from "../result.ts";
import { countsAsReady, type Facts, type Requirement, type WorkloadFacts } from "./facts.ts";

/** Parts of the cluster that may be lost as one, by node: -1 for a node that is in none. */
export interface Places {
  readonly of: Int32Array;
  readonly names: readonly string[];
}

/** Each node as a place of its own. */
export function nodesAsPlaces({ model }: Facts): Places {
  return { of: Int32Array.from(model.nodes.keys()), names: model.nodes.map(({ metadata }) => metadata.name) };
}

/** Nodes by a label's value. */
export function placesByLabel({ model }: Facts, label: string): Places {
  const names = [...new Set(model.nodes.flatMap(({ metadata }) => metadata.labels?.[label] ?? []))].sort();
  const numbers = new Map(names.map((name, index) => [name, index]));
  const of = Int32Array.from(
    model.nodes,
    ({ metadata }) => numbers.get(metadata.labels?.[label] ?? "") ?? -1,
  );
  return { of, names };
}

/** The fewest places whose loss leaves less ready of a workload than is enough; `null` when no choice of them does. */
export function breakingOf(workload: WorkloadFacts, { of, names }: Places, facts: Facts): Breaking | null {
  if (workload.purpose === "task" || workload.workload.isStatic) return null;
  let worst: readonly number[] | undefined;
  for (const index of facts.requirementsOf[workload.workload.index] ?? []) {
    const { classes, enough } = facts.requirements[index] as Requirement;
    const lost = fewestToBreak(placesOfReady(classes, of, facts), enough);
    if (lost !== undefined && (worst === undefined || lost.length < worst.length)) worst = lost;
  }
  return worst === undefined
    ? null
    : { count: worst.length, which: worst.map((place) => names[place] as string).sort() };
}

function placesOfReady(classes: readonly number[], of: Int32Array, { model }: Facts): number[] {
  const places: number[] = [];
  for (const index of classes) {
    for (const pod of model.podsOfClass(index)) {
      if (countsAsReady(model, pod)) places.push(of[model.nodeOf[pod] as number] ?? -1);
    }
  }
  return places;
}
