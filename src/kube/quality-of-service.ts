import { addQuantities, compareQuantities, isZero, type QuantityLike } from "../base/quantity.ts";
import type { PodSpec, PodStatus, ResourceList } from "./types/index.ts";

/** Only these decide; everything else a container asks for does not change who goes first when memory runs short. */
const COUNTED = ["cpu", "memory"] as const;

type Totals = Map<string, QuantityLike>;

/** How a pod's requests and limits rank it when a node runs short (pkg/apis/core/v1/helper/qos). */
export function qualityOfService(spec: PodSpec): NonNullable<PodStatus["qosClass"]> {
  const requests: Totals = new Map();
  const limits: Totals = new Map();
  let isGuaranteed = true;
  // A pod that has not been validated yet may have none.
  const containers = spec.containers ?? [];
  const parts =
    spec.resources === undefined
      ? [...containers, ...(spec.initContainers ?? [])]
      : [{ resources: spec.resources }];
  for (const { resources } of parts) {
    add(requests, resources?.requests);
    if (add(limits, resources?.limits) < COUNTED.length) isGuaranteed = false;
  }
  if (requests.size === 0 && limits.size === 0) return "BestEffort";
  for (const name of COUNTED) {
    const request = requests.get(name);
    const limit = limits.get(name);
    if (request === undefined || limit === undefined || compareQuantities(request, limit) !== 0)
      isGuaranteed = false;
  }
  return isGuaranteed ? "Guaranteed" : "Burstable";
}

/** How many of the counted resources the list names. */
function add(totals: Totals, list: ResourceList | undefined): number {
  let named = 0;
  for (const name of COUNTED) {
    const amount = list?.[name];
    if (amount === undefined || isZero(amount)) continue;
    const total = totals.get(name);
    totals.set(name, total === undefined ? amount : addQuantities(total, amount));
    named++;
  }
  return named;
}
