import { podInfo } from "../../scheduler/pod-info.ts";
import type { Resources } from "../../scheduler/pod-resources.ts";
import type { Model } from "../model/model.ts";
import type { Ports } from "./ports.ts";

/** Dimensions that every cluster has; those of extended resources follow. */
export const CPU = 0;
export const MEMORY = 1;
const EPHEMERAL_STORAGE = 2;
export const PODS = 3;
const FIRST_SCALAR = 4;

/** How many dimensions there are with these extended resources. */
export function dimensionsWith(scalars: readonly string[]): number {
  return FIRST_SCALAR + scalars.length;
}

/** What a pod takes of its node, in the engine's dimensions. */
export interface Footprint {
  /** By dimension; a pod is one pod. */
  readonly requests: Float64Array;
  readonly nonZeroMilliCpu: number;
  readonly nonZeroMemoryBytes: number;
  /** Indexes of the ports that it takes for itself. */
  readonly ports: readonly number[];
}

/** What pods of each class take; `scalars` are the resources that have dimensions of their own. */
export function footprintsOf(
  { classes }: Model,
  scalars: readonly string[],
  ports: Ports,
): readonly Footprint[] {
  return classes.map(({ prototype, index }) => {
    const info = podInfo(prototype);
    const requests = amountsOf(info.requests, scalars);
    requests[PODS] = 1;
    const { nonZeroMilliCpu, nonZeroMemoryBytes } = info;
    return { requests, nonZeroMilliCpu, nonZeroMemoryBytes, ports: ports.takenBy(index) };
  });
}

/** An amount for each dimension; pods are not among the resources. */
export function amountsOf(resources: Resources, scalars: readonly string[]): Float64Array {
  const amounts = new Float64Array(FIRST_SCALAR + scalars.length);
  amounts[CPU] = resources.milliCpu;
  amounts[MEMORY] = resources.memoryBytes;
  amounts[EPHEMERAL_STORAGE] = resources.ephemeralStorageBytes;
  for (const [i, name] of scalars.entries()) amounts[FIRST_SCALAR + i] = resources.scalars.get(name) ?? 0;
  return amounts;
}

/** The resources beyond the usual ones that some pod asks for; what nobody asks for closes no node. */
export function scalarsOf({ classes }: Model): readonly string[] {
  const names = new Set<string>();
  for (const { prototype } of classes)
    for (const name of podInfo(prototype).requests.scalars.keys()) names.add(name);
  return [...names].sort();
}
