import { addQuantities, compareQuantities, formatQuantity, parseQuantity } from "../../base/quantity.ts";
import { type Fields, fieldsOf, isFields, listOf, mapShared, setAbsent, setField } from "./absent.ts";

/**
 * Requests that follow from limits: of each container first, then of the pod as a whole where it has resources of its own
 * (KEP-2837). Amounts that are no quantities are left alone.
 */
export function completePodResources(spec: Fields): Fields {
  let whole = setField(spec, "containers", mapList(spec.containers, requestsFromLimits));
  if (spec.initContainers !== undefined) {
    whole = setField(whole, "initContainers", mapList(spec.initContainers, requestsFromLimits));
  }
  if (!isFields(whole.resources)) return whole;
  const resources = podRequests(whole, podHugePageLimits(whole, whole.resources));
  return setField(whole, "resources", resources);
}

function mapList(value: unknown, map: (item: unknown) => unknown): unknown {
  return Array.isArray(value) ? mapShared(value, map) : value;
}

function requestsFromLimits(container: unknown): unknown {
  if (!isFields(container) || !isFields(container.resources)) return container;
  const { limits, requests } = container.resources;
  if (!isFields(limits)) return container;
  const whole = setAbsent(fieldsOf(requests), limits);
  return whole === requests
    ? container
    : setField(container, "resources", setField(container.resources, "requests", whole));
}

/** A limit for huge pages that the containers have and the pod lacks becomes the sum of theirs. */
function podHugePageLimits(spec: Fields, resources: Fields): Fields {
  const given = fieldsOf(resources.limits);
  const requests = fieldsOf(resources.requests);
  if (isEmpty(given) && isEmpty(requests)) return resources;
  const missing: Record<string, unknown> = {};
  for (const [name, amount] of Object.entries(sumOfContainers(spec, "limits"))) {
    if (isHugePages(name) && requests[name] === undefined) missing[name] = amount;
  }
  const limits = setAbsent(given, missing);
  return limits === given ? resources : { ...resources, limits };
}

function podRequests(spec: Fields, resources: Fields): Fields {
  const limits = fieldsOf(resources.limits);
  if (isEmpty(limits)) return resources;
  const given = fieldsOf(resources.requests);
  const missing: Record<string, unknown> = {};
  for (const [name, amount] of Object.entries(sumOfContainers(spec, "requests"))) {
    if (name === "cpu" || name === "memory") missing[name] = amount;
  }
  for (const name in limits) {
    if (name === "cpu" || name === "memory" || isHugePages(name)) missing[name] ??= limits[name];
  }
  const requests = setAbsent(given, missing);
  return requests === given ? resources : { ...resources, requests };
}

function isHugePages(name: string): boolean {
  return name.startsWith("hugepages-");
}

function isEmpty(fields: Fields): boolean {
  for (const _ in fields) return false;
  return true;
}

type Amounts = Record<string, string>;

/** What a pod's containers need together; an init container runs beside the sidecars that were started before it. */
export function sumOfContainers(spec: Fields, side: "requests" | "limits"): Readonly<Amounts> {
  let total: Amounts = {};
  for (const container of listOf(spec.containers)) total = plus(total, amountsOf(container, side));
  let sidecars: Amounts = {};
  let initial: Amounts = {};
  for (const container of listOf(spec.initContainers)) {
    const own = amountsOf(container, side);
    if (fieldsOf(container).restartPolicy === "Always") {
      total = plus(total, own);
      sidecars = plus(sidecars, own);
      initial = larger(initial, sidecars);
    } else {
      initial = larger(initial, plus(own, sidecars));
    }
  }
  return larger(total, initial);
}

function amountsOf(container: unknown, side: "requests" | "limits"): Amounts {
  const amounts: Amounts = {};
  const list = fieldsOf(fieldsOf(fieldsOf(container).resources)[side]);
  for (const [name, amount] of Object.entries(list)) {
    if (typeof amount === "string" && parseQuantity(amount).ok) amounts[name] = amount;
  }
  return amounts;
}

function plus(a: Amounts, b: Amounts): Amounts {
  const sum = { ...a };
  for (const [name, amount] of Object.entries(b)) {
    const other = sum[name];
    sum[name] = other === undefined ? amount : formatQuantity(addQuantities(other, amount));
  }
  return sum;
}

function larger(a: Amounts, b: Amounts): Amounts {
  const most = { ...a };
  for (const [name, amount] of Object.entries(b)) {
    const other = most[name];
    if (other === undefined || compareQuantities(amount, other) > 0) most[name] = amount;
  }
  return most;
}
