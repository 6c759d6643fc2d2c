/**
 * What pods ask for and nodes have, in whole numbers: CPU in thousandths, everything else in its unit. The rules of
 * adding containers up are the Kubernetes API's own (KEP-753 for sidecars, KEP-2837 for pod-level resources).
 */
import { milliValue, wholeValue } from "../base/quantity.ts";
import type { Container, ContainerStatus, Pod, ResourceList } from "../kube/types/index.ts";

/** Amounts as filters and scores compare them. */
export interface Resources {
  readonly milliCpu: number;
  readonly memoryBytes: number;
  readonly ephemeralStorageBytes: number;
  /** Extended resources, huge pages and the like, by name. */
  readonly scalars: ReadonlyMap<string, number>;
}

/** What a pod asks for, in the three ways in which the scheduler counts it. */
export interface PodRequests {
  /** What has to fit. */
  readonly requests: Resources;
  /** CPU and memory with a share for containers that name none, so that such pods do not all end on one node. */
  readonly nonZeroMilliCpu: number;
  readonly nonZeroMemoryBytes: number;
  /** The same for the pod that is being scheduled: kube-scheduler leaves pod-level resources out here. */
  readonly scoredMilliCpu: number;
  readonly scoredMemoryBytes: number;
}

/** What a container that names no request counts for when nodes are rated. */
const DEFAULT_REQUESTS: ReadonlyMap<string, number> = new Map([
  ["cpu", 100],
  ["memory", 200 * 1024 * 1024],
]);

const NO_SCALARS: ReadonlyMap<string, number> = new Map();

/** No amounts at all. */
export const NO_RESOURCES: Resources = Object.freeze({
  milliCpu: 0,
  memoryBytes: 0,
  ephemeralStorageBytes: 0,
  scalars: NO_SCALARS,
});

/** Amounts by resource name while they are being added up. */
type Amounts = Map<string, number>;

/** A list as it stands in an object. */
export function resourcesOf(list: ResourceList | undefined): Resources {
  return list === undefined ? NO_RESOURCES : resourcesFrom(amountsOf(list));
}

/** Adds up what a pod asks for. */
export function podRequests(pod: Pod): PodRequests {
  const { resources: podLevel } = pod.spec;
  const levels = podLevelRequests(podLevel?.requests);
  const plain = withOverhead(overlay(containerRequests(pod, NO_DEFAULTS), levels), pod.spec.overhead);
  const defaulted = withOverhead(containerRequests(pod, DEFAULT_REQUESTS), pod.spec.overhead);
  const nonZero = levels === undefined ? defaulted : nonZeroBesidePodLevel(pod, plain, levels);
  return {
    requests: resourcesFrom(plain),
    nonZeroMilliCpu: nonZero.get("cpu") ?? 0,
    nonZeroMemoryBytes: nonZero.get("memory") ?? 0,
    scoredMilliCpu: defaulted.get("cpu") ?? 0,
    scoredMemoryBytes: defaulted.get("memory") ?? 0,
  };
}

const NO_DEFAULTS: ReadonlyMap<string, number> = new Map();

/** With pod-level requests only what neither level names is defaulted. */
function nonZeroBesidePodLevel(pod: Pod, plain: Amounts, levels: Amounts): Amounts {
  const missing = new Map([...DEFAULT_REQUESTS].filter(([name]) => !plain.has(name)));
  return withOverhead(overlay(containerRequests(pod, missing), levels), pod.spec.overhead);
}

function podLevelRequests(requests: ResourceList | undefined): Amounts | undefined {
  if (requests === undefined) return undefined;
  const supported = Object.entries(requests).filter(
    ([name]) => name === "cpu" || name === "memory" || name.startsWith("hugepages-"),
  );
  return supported.length === 0 ? undefined : amountsOf(Object.fromEntries(supported));
}

function overlay(amounts: Amounts, over: Amounts | undefined): Amounts {
  if (over !== undefined) for (const [name, amount] of over) amounts.set(name, amount);
  return amounts;
}

function withOverhead(amounts: Amounts, overhead: ResourceList | undefined): Amounts {
  if (overhead !== undefined) add(amounts, amountsOf(overhead));
  return amounts;
}

/** Containers run together and add up; init containers run one after the other beside the sidecars started before them. */
function containerRequests(pod: Pod, defaults: ReadonlyMap<string, number>): Amounts {
  const total: Amounts = new Map();
  for (const container of pod.spec.containers) add(total, requestsOf(pod, container, defaults));
  const { initContainers } = pod.spec;
  if (initContainers === undefined || initContainers.length === 0) return total;
  const sidecars: Amounts = new Map();
  const starting: Amounts = new Map();
  for (const container of initContainers) {
    const requests = requestsOf(pod, container, defaults);
    if (container.restartPolicy === "Always") {
      add(total, requests);
      add(sidecars, requests);
      raise(starting, sidecars);
    } else {
      const beside = new Map(requests);
      add(beside, sidecars);
      raise(starting, beside);
    }
  }
  raise(total, starting);
  return total;
}

function requestsOf(pod: Pod, container: Container, defaults: ReadonlyMap<string, number>): Amounts {
  const amounts = inForce(pod, container) ?? amountsOf(container.resources.requests);
  for (const [name, amount] of defaults) if (!amounts.has(name)) amounts.set(name, amount);
  return amounts;
}

/** While a container is resized in place, the largest of wished, granted and running counts (KEP-1287). */
function inForce(pod: Pod, container: Container): Amounts | undefined {
  const status = statusOf(pod, container);
  if (status?.resources === undefined) return undefined;
  const pending = pod.status.conditions?.find(({ type }) => type === "PodResizePending");
  const amounts: Amounts =
    pending?.reason === "Infeasible" ? new Map() : amountsOf(container.resources.requests);
  raise(amounts, amountsOf(status.resources.requests));
  raise(amounts, amountsOf(status.allocatedResources));
  return amounts;
}

function statusOf(pod: Pod, { name, restartPolicy }: Container): ContainerStatus | undefined {
  const { containerStatuses, initContainerStatuses } = pod.status;
  const statuses = restartPolicy === "Always" ? initContainerStatuses : containerStatuses;
  return statuses?.find((status) => status.name === name);
}

function amountsOf(list: ResourceList | undefined): Amounts {
  const amounts: Amounts = new Map();
  for (const name in list) {
    const text = list[name] as string;
    amounts.set(name, name === "cpu" ? milliValue(text) : wholeValue(text));
  }
  return amounts;
}

function add(amounts: Amounts, more: ReadonlyMap<string, number>): void {
  for (const [name, amount] of more) amounts.set(name, (amounts.get(name) ?? 0) + amount);
}

function raise(amounts: Amounts, floor: ReadonlyMap<string, number>): void {
  for (const [name, amount] of floor) {
    if (amount > (amounts.get(name) ?? Number.NEGATIVE_INFINITY)) amounts.set(name, amount);
  }
}

function resourcesFrom(amounts: ReadonlyMap<string, number>): Resources {
  let scalars: Map<string, number> | undefined;
  for (const [name, amount] of amounts) {
    if (isScalarName(name)) {
      scalars ??= new Map();
      scalars.set(name, amount);
    }
  }
  return {
    milliCpu: amounts.get("cpu") ?? 0,
    memoryBytes: amounts.get("memory") ?? 0,
    ephemeralStorageBytes: amounts.get("ephemeral-storage") ?? 0,
    scalars: scalars ?? NO_SCALARS,
  };
}

/** The resources that are counted by name: extended ones, huge pages, attachable volumes. */
function isScalarName(name: string): boolean {
  return name.includes("/") || name.startsWith("hugepages-") || name.startsWith("attachable-volumes-");
}
