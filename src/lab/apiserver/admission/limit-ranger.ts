import { compareQuantities, formatQuantity, milliValue, type QuantityLike } from "../../../base/quantity.ts";
import { limitRanges } from "../../../kube/kinds.ts";
import { podTotals } from "../../../kube/quota/pod-totals.ts";
import { toResourceList } from "../../../kube/quota/resource-lists.ts";
import type {
  Container,
  LimitRange,
  PersistentVolumeClaim,
  Pod,
  ResourceList,
  ResourceRequirements,
} from "../../../kube/types/index.ts";
import { type LooseObject, withMeta } from "../loose.ts";
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from "./chain.ts";
import { refusal } from "./refusal.ts";

const ANNOTATION = "kubernetes.io/limit-ranger";

type Limit = NonNullable<LimitRange["spec"]["limits"]>[number];

/** Containers that ask for nothing get a namespace's defaults, and nobody asks for less or more than its limits. */
export function limitRanger({ api }: AdmissionContext): AdmissionPlugin {
  function rangesFor({
    namespace,
    subresource,
    operation,
    kind,
    old,
  }: AdmissionRequest): readonly LimitRange[] {
    const applies =
      subresource === "resize" ||
      (subresource === undefined && (kind.plural !== "pods" || operation === "CREATE"));
    if (!applies || operation === "DELETE" || old?.metadata.deletionTimestamp !== undefined) return [];
    return api.list(limitRanges, { namespace: namespace as string });
  }

  return {
    name: "LimitRanger",
    resources: ["pods", "persistentvolumeclaims"],
    mutate(request, object) {
      if (request.kind.plural !== "pods") return object;
      return rangesFor(request).reduce(
        (pod, range) => withLimitDefaults(pod as unknown as Pod, range) as unknown as LooseObject,
        object,
      );
    },
    validate(request) {
      for (const range of rangesFor(request)) {
        const problems =
          request.kind.plural === "pods"
            ? limitProblems(request.object as unknown as Pod, range)
            : claimProblems(request.object as unknown as PersistentVolumeClaim, range);
        const [first] = problems;
        if (first === undefined) continue;
        throw refusal(request, problems.length === 1 ? first : `[${problems.join(", ")}]`);
      }
    },
  };
}

/** The pod with a range's defaults where containers say nothing; an annotation tells which were set. */
export function withLimitDefaults(pod: Pod, range: LimitRange): Pod {
  const limits = (range.spec.limits ?? []).filter(({ type }) => type === "Container");
  const defaults: ResourceRequirements = {
    requests: Object.assign({}, ...limits.map((limit) => limit.defaultRequest)) as ResourceList,
    limits: Object.assign({}, ...limits.map((limit) => limit.default)) as ResourceList,
  };
  const notes: string[] = [];
  const complete = (what: string) => (container: Container) =>
    withResources(container, defaults, what, notes);
  // Nobody has looked yet whether there are any: a pod without is refused after this.
  const containers = (pod.spec.containers ?? []).map(complete("container"));
  const initContainers = pod.spec.initContainers?.map(complete("init container"));
  if (notes.length === 0) return pod;
  const spec = { ...pod.spec, containers, ...(initContainers === undefined ? {} : { initContainers }) };
  const annotations = {
    ...pod.metadata.annotations,
    [ANNOTATION]: `LimitRanger plugin set: ${notes.join("; ")}`,
  };
  return withMeta({ ...pod, spec }, { annotations });
}

function withResources(
  container: Container,
  defaults: ResourceRequirements,
  what: string,
  notes: string[],
): Container {
  const resources: { -readonly [K in keyof ResourceRequirements]: ResourceRequirements[K] } = {
    ...container.resources,
  };
  for (const [field, word] of [
    ["requests", "request"],
    ["limits", "limit"],
  ] as const) {
    const given = resources[field] ?? {};
    const missing = Object.keys(defaults[field] ?? {}).filter((name) => given[name] === undefined);
    if (missing.length === 0) continue;
    resources[field] = { ...defaults[field], ...given };
    notes.push(`${missing.sort().join(", ")} ${word} for ${what} ${container.name}`);
  }
  return { ...container, resources };
}

/** Why a range refuses the pod, each a sentence. */
export function limitProblems(pod: Pod, range: LimitRange): string[] {
  return (range.spec.limits ?? []).flatMap((limit) => {
    if (limit.type === "Pod") {
      const { requests, limits } = podTotals(pod.spec);
      return resourceProblems(limit, toResourceList(requests), toResourceList(limits));
    }
    if (limit.type !== "Container") return [];
    return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap(({ resources }) =>
      resourceProblems(limit, resources.requests ?? {}, resources.limits ?? {}),
    );
  });
}

function claimProblems(claim: PersistentVolumeClaim, range: LimitRange): string[] {
  const requests = claim.spec.resources?.requests ?? {};
  return (range.spec.limits ?? []).flatMap((limit) => {
    if (limit.type !== "PersistentVolumeClaim") return [];
    return [
      ...each(limit.min, (name, least) => belowMinimum(limit.type, name, least, requests, {})),
      ...each(limit.max, (name, most) => {
        const request = requests[name];
        const rule = `maximum ${name} usage per ${limit.type} is ${formatQuantity(most)}`;
        if (request === undefined) return `${rule}.  No request is specified`;
        return over(request, most) ? `${rule}, but request is ${formatQuantity(request)}` : undefined;
      }),
    ];
  });
}

function resourceProblems(limit: Limit, requests: ResourceList, limits: ResourceList): string[] {
  return [
    ...each(limit.min, (name, least) => belowMinimum(limit.type, name, least, requests, limits)),
    ...each(limit.max, (name, most) => aboveMaximum(limit.type, name, most, requests, limits)),
    ...each(limit.maxLimitRequestRatio, (name, ratio) =>
      aboveRatio(limit.type, name, ratio, requests, limits),
    ),
  ];
}

function belowMinimum(
  type: string,
  name: string,
  least: string,
  requests: ResourceList,
  limits: ResourceList,
): string | undefined {
  const rule = `minimum ${name} usage per ${type} is ${formatQuantity(least)}`;
  const request = requests[name];
  const limit = limits[name];
  if (request === undefined) return `${rule}.  No request is specified`;
  if (over(least, request)) return `${rule}, but request is ${formatQuantity(request)}`;
  return limit !== undefined && over(least, limit)
    ? `${rule}, but limit is ${formatQuantity(limit)}`
    : undefined;
}

function aboveMaximum(
  type: string,
  name: string,
  most: string,
  requests: ResourceList,
  limits: ResourceList,
): string | undefined {
  const rule = `maximum ${name} usage per ${type} is ${formatQuantity(most)}`;
  const request = requests[name];
  const limit = limits[name];
  if (limit === undefined) return `${rule}.  No limit is specified`;
  if (over(limit, most)) return `${rule}, but limit is ${formatQuantity(limit)}`;
  return request !== undefined && over(request, most)
    ? `${rule}, but request is ${formatQuantity(request)}`
    : undefined;
}

function aboveRatio(
  type: string,
  name: string,
  most: string,
  requests: ResourceList,
  limits: ResourceList,
): string | undefined {
  const rule = `${name} max limit to request ratio per ${type} is ${formatQuantity(most)}`;
  const request = milliValue(requests[name] ?? "0");
  const limit = milliValue(limits[name] ?? "0");
  if (request === 0) return `${rule}, but no request is specified or request is 0`;
  if (limit === 0) return `${rule}, but no limit is specified or limit is 0`;
  const ratio = limit / request;
  return ratio * 1000 > milliValue(most) ? `${rule}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
}

function over(amount: QuantityLike, most: QuantityLike): boolean {
  return compareQuantities(amount, most) > 0;
}

function each(
  list: ResourceList | undefined,
  problem: (name: string, amount: string) => string | undefined,
): string[] {
  return Object.entries(list ?? {}).flatMap(([name, amount]) => problem(name, amount) ?? []);
}
