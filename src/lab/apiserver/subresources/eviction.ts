import { isConditionTrue, setCondition } from "../../../kube/conditions.ts";
import { podDisruptionBudgets, pods } from "../../../kube/kinds.ts";
import { compileSelector } from "../../../kube/selectors.ts";
import { StatusError } from "../../../kube/status-error.ts";
import { formatTime } from "../../../kube/time.ts";
import type { Pod, PodDisruptionBudget } from "../../../kube/types/index.ts";
import { badRequest, conflict, forbidden, notFound } from "../errors.ts";
import { type LooseObject, loose } from "../loose.ts";
import { commitChanged, type NamedRequest } from "../registry/update.ts";
import type { DeleteParameters } from "../server.ts";
import { ownObject, type Subresource, type SubresourceContext, success } from "./subresource.ts";

/** Evictions that a budget's controller has not seen yet; more of them mean that it does not look. */
const DISRUPTED_PODS_MAX = 2_000;
const NOT_NOW = "Cannot evict pod as it would violate the pod's disruption budget.";
const TOO_MANY_BUDGETS =
  "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";

interface Eviction {
  readonly metadata?: { readonly name?: string };
  readonly deleteOptions?: DeleteParameters & { readonly dryRun?: boolean | readonly string[] };
}

/** pods/eviction: deletes a pod if its disruption budget can spare it. */
export const eviction: Subresource = {
  create(context, request, body) {
    const sent = ownObject(request, body);
    const admitted = context.admission.mutate(request, { operation: "CREATE", object: sent, old: undefined });
    const { metadata, deleteOptions = {} } = admitted as Eviction;
    if (metadata?.name !== request.name)
      throw badRequest("name in URL does not match name in Eviction object");
    const dryRun = request.dryRun || isDryRun(deleteOptions.dryRun);
    const parameters: DeleteParameters = { ...deleteOptions, dryRun };
    const pod = request.collection.get(request.namespace, request.name) as Pod | undefined;
    if (pod === undefined) throw notFound(request.kind, request.name);
    context.admission.validate(request, { operation: "CREATE", object: admitted, old: undefined });
    if (!needsNoBudget(pod)) askBudget(context, pod, dryRun);
    evict(context, { ...request, dryRun }, pod, parameters);
    return success(201);
  },
};

function isDryRun(given: boolean | readonly string[] | undefined): boolean {
  return Array.isArray(given) ? given.includes("All") : given === true;
}

/** What has ended, not begun, or is going already is no loss. */
function needsNoBudget({ status, metadata }: Pod): boolean {
  return status.phase !== "Running" && status.phase !== "Unknown"
    ? true
    : metadata.deletionTimestamp !== undefined;
}

function askBudget(context: SubresourceContext, pod: Pod, dryRun: boolean): void {
  const budgets = context.api
    .list(podDisruptionBudgets, { namespace: pod.metadata.namespace as string })
    .filter((budget) => compileSelector(budget.spec.selector).matches(pod.metadata.labels));
  if (budgets.length > 1) throw new StatusError("Unknown", TOO_MANY_BUDGETS);
  const [budget] = budgets;
  if (budget === undefined || spares(budget, pod)) return;
  const spent = decrement(budget, pod.metadata.name, context.engine.now());
  if (!dryRun) context.api.updateStatus(podDisruptionBudgets, spent);
}

/** A pod that is not ready does not count towards the budget, so losing it costs nothing while the rest is well. */
function spares({ spec, status }: PodDisruptionBudget, pod: Pod): boolean {
  if (isConditionTrue(pod.status.conditions, "Ready")) return false;
  if (spec.unhealthyPodEvictionPolicy === "AlwaysAllow") return true;
  return status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0;
}

/** The budget with one disruption less and the pod noted, so that its controller does not count it as healthy. */
function decrement(budget: PodDisruptionBudget, podName: string, nowMs: number): PodDisruptionBudget {
  const { metadata, status } = budget;
  const { name, generation = 0 } = metadata;
  if ((status.observedGeneration ?? 0) < generation) {
    throw tooManyRequests(`The disruption budget ${name} is still being processed by the server.`, 10);
  }
  if (status.disruptionsAllowed < 0) throw refuseBudget(name, "pdb disruptions allowed is negative");
  if (Object.keys(status.disruptedPods ?? {}).length > DISRUPTED_PODS_MAX) {
    const why = "DisruptedPods map too big - too many evictions not confirmed by PDB controller";
    throw refuseBudget(name, why);
  }
  if (status.disruptionsAllowed === 0) {
    const { desiredHealthy, currentHealthy } = status;
    const why = `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
    throw tooManyRequests(why);
  }
  const disruptionsAllowed = status.disruptionsAllowed - 1;
  const spent = {
    type: "DisruptionAllowed",
    reason: "InsufficientPods",
    status: "False",
    message: "",
    observedGeneration: status.observedGeneration ?? 0,
  } as const;
  return {
    ...budget,
    status: {
      ...status,
      disruptionsAllowed,
      ...(disruptionsAllowed === 0 ? { conditions: setCondition(status.conditions, spent, nowMs) } : {}),
      disruptedPods: { ...status.disruptedPods, [podName]: formatTime(nowMs) },
    },
  };
}

/** Real servers name this resource in the singular. */
function refuseBudget(name: string, why: string): StatusError {
  return forbidden({ ...podDisruptionBudgets, plural: "poddisruptionbudget" }, name, why);
}

function tooManyRequests(message: string, retryAfterSeconds?: number): StatusError {
  return new StatusError("TooManyRequests", NOT_NOW, {
    causes: [{ reason: "DisruptionBudget", message, field: "" }],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

function evict(
  context: SubresourceContext,
  request: NamedRequest,
  pod: Pod,
  parameters: DeleteParameters,
): void {
  const { uid, resourceVersion } = parameters.preconditions ?? {};
  // Checked here, because noting the reason gives the pod another resourceVersion.
  checkPrecondition("UID", uid, pod.metadata.uid, pod.metadata.name);
  checkPrecondition("ResourceVersion", resourceVersion, pod.metadata.resourceVersion, pod.metadata.name);
  const target = {
    type: "DisruptionTarget",
    status: "True",
    lastProbeTime: null,
    reason: "EvictionByEvictionAPI",
    message: "Eviction API: evicting",
  } as const;
  const conditions = setCondition(pod.status.conditions, target, context.engine.now());
  const noted = { ...pod, status: { ...pod.status, conditions } } as unknown as LooseObject;
  if (!request.dryRun) commitChanged(context, request, noted, loose(pod));
  const { preconditions: _, ...rest } = parameters;
  context.delete(request, uid === undefined ? rest : { ...rest, preconditions: { uid } });
}

function checkPrecondition(what: string, wanted: string | undefined, stored: string, name: string): void {
  if (!wanted || wanted === stored) return;
  const then = what === "UID" ? "deleted and then recreated" : "modified";
  const why = `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${stored}). The object might have been ${then}`;
  // As everywhere with preconditions, real servers name the kind where the resource belongs.
  throw conflict({ ...pods, plural: pods.kind }, name, why);
}
