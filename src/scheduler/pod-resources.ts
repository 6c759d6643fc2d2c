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

const NO_SCALARS: ReadonlyMap<string, number> = new Map();

/** No amounts at all. */
export const NO_RESOURCES: Resources = Object.freeze({
  milliCpu: 0,
  memoryBytes: 0,
  ephemeralStorageBytes: 0,
  scalars: NO_SCALARS,
});

/** Amounts while they are being added up; what nobody has named is absent, which is not the same as nought. */
interface Amounts {
  milliCpu: number | undefined;
  memoryBytes: number | undefined;
  ephemeralStorageBytes: number | undefined;
  scalars: Map<string, number> | undefined;
}

/** What counts for a container that names no request when nodes are rated. */
type Defaults = Pick<Amounts, "milliCpu" | "memoryBytes">;

const NO_DEFAULTS: Defaults = { milliCpu: undefined, memoryBytes: undefined };
const DEFAULT_REQUESTS: Defaults = { milliCpu: 100, memoryBytes: 200 * 1024 * 1024 };

/** A list as it stands in an object. */
export function resourcesOf(list: ResourceList | undefined): Resources {
  return list === undefined ? NO_RESOURCES : resourcesFrom(amountsOf(list));
}

/** Adds up what a pod asks for. */
export function podRequests(pod: Pod): PodRequests {
  const { resources, overhead } = pod.spec;
  const podLevel = podLevelRequests(resources?.requests);
  const requests = totalRequests(pod, NO_DEFAULTS, podLevel, overhead);
  const scored = totalRequests(pod, DEFAULT_REQUESTS, undefined, overhead);
  const nonZero = podLevel === undefined ? scored : nonZeroBesidePodLevel(pod, requests, podLevel);
  return {
    requests: resourcesFrom(requests),
    nonZeroMilliCpu: nonZero.milliCpu ?? 0,
    nonZeroMemoryBytes: nonZero.memoryBytes ?? 0,
    scoredMilliCpu: scored.milliCpu ?? 0,
    scoredMemoryBytes: scored.memoryBytes ?? 0,
  };
}

/** With pod-level requests only what neither level names is defaulted. */
function nonZeroBesidePodLevel(pod: Pod, requests: Amounts, podLevel: Amounts): Amounts {
  const defaults = {
    milliCpu: requests.milliCpu === undefined ? DEFAULT_REQUESTS.milliCpu : undefined,
    memoryBytes: requests.memoryBytes === undefined ? DEFAULT_REQUESTS.memoryBytes : undefined,
  };
  return totalRequests(pod, defaults, podLevel, pod.spec.overhead);
}

function podLevelRequests(requests: ResourceList | undefined): Amounts | undefined {
  if (requests === undefined) return undefined;
  const supported = Object.entries(requests).filter(
    ([name]) => name === "cpu" || name === "memory" || name.startsWith("hugepages-"),
  );
  return supported.length === 0 ? undefined : amountsOf(Object.fromEntries(supported));
}

/** Containers run together and add up; init containers run one after the other beside the sidecars started before them. */
function totalRequests(
  pod: Pod,
  defaults: Defaults,
  podLevel: Amounts | undefined,
  overhead: ResourceList | undefined,
): Amounts {
  const total = nothing();
  for (const container of pod.spec.containers) combine(total, requestsOf(pod, container, defaults), sum);
  if (pod.spec.initContainers !== undefined) addInitContainers(total, pod, pod.spec.initContainers, defaults);
  if (podLevel !== undefined) combine(total, podLevel, latter);
  if (overhead !== undefined) combine(total, amountsOf(overhead), sum);
  return total;
}

function addInitContainers(
  total: Amounts,
  pod: Pod,
  initContainers: readonly Container[],
  defaults: Defaults,
): void {
  const sidecars = nothing();
  const most = nothing();
  for (const container of initContainers) {
    const starting = requestsOf(pod, container, defaults);
    combine(starting, sidecars, sum);
    combine(most, starting, larger);
    if (container.restartPolicy === "Always") combine(sidecars, requestsOf(pod, container, defaults), sum);
  }
  combine(total, sidecars, sum);
  combine(total, most, larger);
}

function requestsOf(pod: Pod, container: Container, defaults: Defaults): Amounts {
  const amounts = inForce(pod, container) ?? amountsOf(container.resources.requests);
  amounts.milliCpu ??= defaults.milliCpu;
  amounts.memoryBytes ??= defaults.memoryBytes;
  return amounts;
}

/** While a container is resized in place, the largest of wished, granted and running counts (KEP-1287). */
function inForce(pod: Pod, container: Container): Amounts | undefined {
  const status = statusOf(pod, container);
  if (status?.resources === undefined) return undefined;
  const pending = pod.status.conditions?.find(({ type }) => type === "PodResizePending");
  const amounts = pending?.reason === "Infeasible" ? nothing() : amountsOf(container.resources.requests);
  combine(amounts, amountsOf(status.resources.requests), larger);
  combine(amounts, amountsOf(status.allocatedResources), larger);
  return amounts;
}

function statusOf(pod: Pod, { name, restartPolicy }: Container): ContainerStatus | undefined {
  const { containerStatuses, initContainerStatuses } = pod.status;
  const statuses = restartPolicy === "Always" ? initContainerStatuses : containerStatuses;
  return statuses?.find((status) => status.name === name);
}

function nothing(): Amounts {
  return {
    milliCpu: undefined,
    memoryBytes: undefined,
    ephemeralStorageBytes: undefined,
    scalars: undefined,
  };
}

function amountsOf(list: ResourceList | undefined): Amounts {
  const amounts = nothing();
  for (const name in list) {
    const text = list[name] as string;
    if (name === "cpu") amounts.milliCpu = milliValue(text);
    else if (name === "memory") amounts.memoryBytes = wholeValue(text);
    else if (name === "ephemeral-storage") amounts.ephemeralStorageBytes = wholeValue(text);
    else if (isScalarName(name)) {
      amounts.scalars ??= new Map();
      amounts.scalars.set(name, wholeValue(text));
    }
  }
  return amounts;
}

const sum = (a: number, b: number) => a + b;
const larger = (a: number, b: number) => Math.max(a, b);
const latter = (_a: number, b: number) => b;

/** Brings what `more` names into `amounts`; what only one side names is taken as it is. */
function combine(amounts: Amounts, more: Amounts, how: (a: number, b: number) => number): void {
  const both = (a: number | undefined, b: number | undefined) =>
    a === undefined ? b : b === undefined ? a : how(a, b);
  amounts.milliCpu = both(amounts.milliCpu, more.milliCpu);
  amounts.memoryBytes = both(amounts.memoryBytes, more.memoryBytes);
  amounts.ephemeralStorageBytes = both(amounts.ephemeralStorageBytes, more.ephemeralStorageBytes);
  if (more.scalars === undefined) return;
  amounts.scalars ??= new Map();
  for (const [name, amount] of more.scalars) {
    amounts.scalars.set(name, both(amounts.scalars.get(name), amount) as number);
  }
}

function resourcesFrom({ milliCpu, memoryBytes, ephemeralStorageBytes, scalars }: Amounts): Resources {
  return {
    milliCpu: milliCpu ?? 0,
    memoryBytes: memoryBytes ?? 0,
    ephemeralStorageBytes: ephemeralStorageBytes ?? 0,
    scalars: scalars ?? NO_SCALARS,
  };
}

/** The resources that are counted by name: extended ones, huge pages, attachable volumes. */
function isScalarName(name: string): boolean {
  return name.includes("/") || name.startsWith("hugepages-") || name.startsWith("attachable-volumes-");
}
