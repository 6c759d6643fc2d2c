/** Disruption budgets as numbers that a loss can change: the same sums as the disruption controller's, by class. */
import { controllerOf } from "../../kube/owners.ts";
import { compileSelector } from "../../kube/selectors.ts";
import type {
  Deployment,
  OwnerReference,
  PodDisruptionBudget,
  ReplicaSet,
  StatefulSet,
} from "../../kube/types/index.ts";
import { expectationOf } from "../../lab/controllers/disruption/budget-status.ts";
import type { ScaleAnswer } from "../../lab/controllers/disruption/scale-of.ts";
import type { ClusterObjects } from "../../scheduler/cluster-objects.ts";
import { compareTexts } from "./order.ts";
import { groupKindOf } from "./owners.ts";
import type { PodClass } from "./pod-class.ts";

export interface Budget {
  readonly object: PodDisruptionBudget;
  /** Indexes of the classes whose pods it selects, ascending. */
  readonly classes: readonly number[];
  /** How many pods have to be healthy. */
  readonly desiredHealthy: number;
  /** How many of its pods are healthy now: ready, and not being deleted. */
  readonly healthy: number;
  /** Whether there is anything that it counts on: shares of pods that nobody controls are shares of nothing. */
  readonly expectsPods: boolean;
  /** Why the sum cannot be done; then nothing is allowed. */
  readonly error?: string;
}

/** How many disruptions a budget allows while so many of its pods are healthy. */
export function allowedDisruptions(
  { desiredHealthy, error, expectsPods }: Omit<Budget, "object">,
  healthy: number,
): number {
  if (error !== undefined || !expectsPods) return 0;
  return Math.max(0, healthy - desiredHealthy);
}

/** The budget as the disruption controller leaves it while so many of its pods are healthy. */
export function withHealthy(budget: Budget, healthy: number): PodDisruptionBudget {
  const { object, desiredHealthy } = budget;
  return {
    ...object,
    status: {
      disruptionsAllowed: allowedDisruptions(budget, healthy),
      currentHealthy: healthy,
      desiredHealthy,
      expectedPods: object.status?.expectedPods ?? 0,
    },
  };
}

export interface BudgetInput {
  readonly objects: ClusterObjects;
  readonly classes: readonly PodClass[];
  /** By "namespace/name". */
  readonly deployments: ReadonlyMap<string, Deployment>;
  /** How many pods of a class are healthy. */
  readonly healthyOf: (podClass: number) => number;
}

/** Every budget, in order of namespace and name. Their objects, also those in the table, say what the sums come to now. */
export function budgetsOf(input: BudgetInput): readonly Budget[] {
  const byNamespace = new Map<string, PodClass[]>();
  for (const one of input.classes) {
    const namespace = one.prototype.metadata.namespace ?? "";
    const others = byNamespace.get(namespace);
    if (others === undefined) byNamespace.set(namespace, [one]);
    else others.push(one);
  }
  const ordered = [...input.objects.budgets.all()].sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
  return ordered.map((object) =>
    budgetOf(object, { ...input, classes: byNamespace.get(object.metadata.namespace ?? "") ?? [] }),
  );
}

/** One budget. @param input with the classes of its namespace that have pods */
export function budgetOf(
  object: PodDisruptionBudget,
  { objects, classes, deployments, healthyOf }: BudgetInput,
): Budget {
  const selector = compileSelector(object.spec?.selector);
  const selected = classes.filter(({ prototype }) => selector.matches(prototype.metadata.labels));
  const expectation = expectationOf(
    object,
    selected.map(({ prototype }) => prototype),
    (reference) => scaleOf(reference, object.metadata.namespace, objects, deployments),
  );
  const isKnown = !("error" in expectation);
  const healthy = selected.reduce((sum, { index }) => sum + healthyOf(index), 0);
  const budget: Budget = {
    object,
    classes: selected.map(({ index }) => index),
    desiredHealthy: isKnown ? expectation.desiredHealthy : 0,
    expectsPods: isKnown && expectation.expectedPods > 0,
    healthy,
    ...(!isKnown && { error: expectation.error }),
  };
  const settled = withHealthy(budget, healthy);
  objects.budgets.set(settled);
  return { ...budget, object: settled };
}

/** The size of the controller at the top, as far as built-in kinds go. */
function scaleOf(
  reference: OwnerReference,
  namespace: string | undefined,
  { replicaSets, replicationControllers, statefulSets }: ClusterObjects,
  deployments: ReadonlyMap<string, Deployment>,
): ScaleAnswer {
  const { name } = reference;
  const kind = groupKindOf(reference);
  if (kind === "apps/ReplicaSet") {
    const set = replicaSets.get(namespace, name);
    const owner = set && controllerOf(set);
    if (owner === undefined || groupKindOf(owner) !== "apps/Deployment") return sizeOf(set);
    return sizeOf(deployments.get(`${namespace}/${owner.name}`));
  }
  if (kind === "apps/StatefulSet") return sizeOf(statefulSets.get(namespace, name));
  if (kind === "/ReplicationController") return sizeOf(replicationControllers.get(namespace, name));
  return { error: `${reference.kind} does not implement the scale subresource` };
}

function sizeOf(
  owner: Pick<ReplicaSet | StatefulSet | Deployment, "metadata" | "kind"> | undefined,
): ScaleAnswer {
  const replicas = (owner as ReplicaSet | undefined)?.spec?.replicas;
  if (owner === undefined) return undefined;
  return { uid: `${owner.kind}/${owner.metadata.name}`, replicas: replicas ?? 1 };
}

function keyOf({ metadata }: PodDisruptionBudget): readonly [string, string] {
  return [metadata.namespace ?? "", metadata.name];
}

function compareKeys(a: readonly [string, string], b: readonly [string, string]): number {
  return compareTexts(a[0], b[0]) || compareTexts(a[1], b[1]);
}
