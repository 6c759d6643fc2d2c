/** What a namespace that is being deleted says about its contents, worded as the real controller words it. */
import { findCondition } from "../../../kube/conditions.ts";
import { formatTime } from "../../../kube/time.ts";
import type { Condition } from "../../../kube/types/index.ts";

/** What a look through a namespace found. */
export interface Remains {
  /** "<plural>.<group>" of each resource of which something is left, with how many. */
  readonly resources: ReadonlyMap<string, number>;
  /** Finalizers that hold objects, with how many. */
  readonly finalizers: ReadonlyMap<string, number>;
  /** Why contents could not be deleted. */
  readonly errors: readonly string[];
}

interface Finding {
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

/** The conditions for these remains. Those that say the same as before stay as they are. */
export function deletionConditions(
  before: readonly Condition[] | undefined,
  remains: Remains,
  nowMs: number,
): readonly Condition[] {
  let conditions = before ?? [];
  for (const [type, finding] of findings(remains)) {
    const current = findCondition(conditions, type);
    if (
      current?.status === finding.status &&
      current.reason === finding.reason &&
      current.message === finding.message
    ) {
      continue;
    }
    const now = formatTime(nowMs);
    const since = current?.status === finding.status ? (current.lastTransitionTime ?? now) : now;
    const next: Condition = { type, ...finding, lastTransitionTime: since };
    conditions =
      current === undefined ? [...conditions, next] : conditions.map((old) => (old === current ? next : old));
  }
  return conditions;
}

function findings({
  resources,
  finalizers,
  errors,
}: Remains): readonly (readonly [type: string, finding: Finding])[] {
  return [
    [
      "NamespaceDeletionDiscoveryFailure",
      { status: "False", reason: "ResourcesDiscovered", message: "All resources successfully discovered" },
    ],
    [
      "NamespaceDeletionGroupVersionParsingFailure",
      {
        status: "False",
        reason: "ParsedGroupVersions",
        message: "All legacy kube types successfully parsed",
      },
    ],
    ["NamespaceDeletionContentFailure", contentFailure(errors)],
    ["NamespaceContentRemaining", contentRemaining(resources)],
    ["NamespaceFinalizersRemaining", finalizersRemaining(finalizers)],
  ];
}

function contentFailure(errors: readonly string[]): Finding {
  if (errors.length === 0) {
    const message = "All content successfully deleted, may be waiting on finalization";
    return { status: "False", reason: "ContentDeleted", message };
  }
  const message = `Failed to delete all resource types, ${errors.length} remaining: ${errors.toSorted().join(", ")}`;
  return { status: "True", reason: "ContentDeletionFailed", message };
}

function contentRemaining(resources: ReadonlyMap<string, number>): Finding {
  if (resources.size === 0) {
    return { status: "False", reason: "ContentRemoved", message: "All content successfully removed" };
  }
  const list = [...resources]
    .map(([resource, count]) => `${resource} has ${count} resource instances`)
    .toSorted();
  return {
    status: "True",
    reason: "SomeResourcesRemain",
    message: `Some resources are remaining: ${list.join(", ")}`,
  };
}

function finalizersRemaining(finalizers: ReadonlyMap<string, number>): Finding {
  if (finalizers.size === 0) {
    const message = "All content-preserving finalizers finished";
    return { status: "False", reason: "ContentHasNoFinalizers", message };
  }
  const list = [...finalizers]
    .map(([finalizer, count]) => `${finalizer} in ${count} resource instances`)
    .toSorted();
  return {
    status: "True",
    reason: "SomeFinalizersRemain",
    message: `Some content in the namespace has finalizers remaining: ${list.join(", ")}`,
  };
}
