import type { IntOrString } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkImmutable } from "../metadata.ts";
import { dnsSubdomain } from "../names.ts";
import { checkCountOrShare, checkNonnegative, checkShareMax, countOrShareValue } from "../numbers.ts";
import { AS_CHANGED, AS_NEW, type KindRules } from "../rules.ts";
import { type CountRules, checkCounts } from "./replica-status.ts";
import {
  checkLastingTemplate,
  checkSelected,
  checkWorkloadSelector,
  isSelecting,
  type LooseWorkloadSpec,
} from "./template.ts";

interface RollingUpdate {
  readonly maxUnavailable?: IntOrString;
  readonly maxSurge?: IntOrString;
}

interface LooseDeployment {
  readonly status?: Readonly<Record<string, unknown>>;
  readonly spec?: LooseWorkloadSpec & {
    readonly strategy?: { readonly type?: string; readonly rollingUpdate?: RollingUpdate };
    readonly progressDeadlineSeconds?: number;
  };
}

/** Deployments: whom they select never changes, or their old pods would be orphaned. */
export const DEPLOYMENT_RULES: KindRules<LooseDeployment> = {
  name: dnsSubdomain,
  check: checkDeployment,
  update(errors, deployment, old) {
    if (deployment.spec === old.spec) return;
    checkDeployment(errors, deployment);
    checkImmutable(errors, deployment.spec?.selector, old.spec?.selector, "spec.selector");
  },
  status: (errors, { status }, old) => checkCounts(errors, DEPLOYMENT_COUNTS, status, old.status),
};

const DEPLOYMENT_COUNTS: CountRules = {
  counts: [
    "observedGeneration",
    "replicas",
    "updatedReplicas",
    "readyReplicas",
    "availableReplicas",
    "unavailableReplicas",
    "terminatingReplicas",
    "collisionCount",
  ],
  parts: ["updatedReplicas", "readyReplicas", "availableReplicas"],
};

function checkDeployment(errors: FieldErrors, { spec = {} }: LooseDeployment): void {
  const { minReadySeconds = 0, progressDeadlineSeconds: deadline } = spec;
  checkNonnegative(errors, spec.replicas, "spec.replicas");
  checkReplicatedTemplate(errors, spec);
  checkStrategy(errors, spec.strategy ?? {}, "spec.strategy");
  checkNonnegative(errors, minReadySeconds, "spec.minReadySeconds");
  checkNonnegative(errors, spec.revisionHistoryLimit, "spec.revisionHistoryLimit");
  if (deadline === undefined) return;
  checkNonnegative(errors, deadline, "spec.progressDeadlineSeconds");
  if (deadline <= minReadySeconds) {
    errors.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
  }
}

function checkReplicatedTemplate(errors: FieldErrors, spec: LooseWorkloadSpec): void {
  const { selector, template = {} } = spec;
  checkWorkloadSelector(errors, selector, "deployment");
  if (selector && !isSelecting(selector)) {
    errors.invalid("spec.selector", selector, "invalid label selector");
    return;
  }
  checkSelected(errors, template, selector);
  checkLastingTemplate(errors, template, "ReplicaSet");
}

function checkStrategy(
  errors: FieldErrors,
  strategy: NonNullable<NonNullable<LooseDeployment["spec"]>["strategy"]>,
  path: string,
): void {
  const { type = "", rollingUpdate } = strategy;
  const at = `${path}.rollingUpdate`;
  if (type === "Recreate") {
    if (rollingUpdate) errors.forbidden(at, "may not be specified when strategy `type` is 'Recreate'");
  } else if (type !== "RollingUpdate") {
    const shown = { Type: type, RollingUpdate: rollingUpdate ? internalRollingUpdate(rollingUpdate) : null };
    errors.notSupported(path, shown, ["Recreate", "RollingUpdate"]);
  } else if (!rollingUpdate) errors.required(at, "this should be defaulted and never be nil");
  else checkRollingUpdate(errors, rollingUpdate, at);
}

function internalRollingUpdate({ maxUnavailable = 0, maxSurge = 0 }: RollingUpdate): object {
  return { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge };
}

/** With neither a pod too few nor one too many, nothing could ever move. */
function checkRollingUpdate(errors: FieldErrors, update: RollingUpdate, path: string): void {
  const { maxUnavailable = 0, maxSurge = 0 } = update;
  checkCountOrShare(errors, maxUnavailable, `${path}.maxUnavailable`);
  checkCountOrShare(errors, maxSurge, `${path}.maxSurge`);
  if (countOrShareValue(maxUnavailable) === 0 && countOrShareValue(maxSurge) === 0) {
    errors.invalid(`${path}.maxUnavailable`, maxUnavailable, "may not be 0 when `maxSurge` is 0");
  }
  checkShareMax(errors, maxUnavailable, `${path}.maxUnavailable`);
}

interface LooseReplicaSet {
  readonly status?: Readonly<Record<string, unknown>>;
  readonly spec?: LooseWorkloadSpec;
}

/** ReplicaSets: as Deployments, whose work they do. */
export const REPLICA_SET_RULES: KindRules<LooseReplicaSet> = {
  name: dnsSubdomain,
  check: checkReplicaSet,
  update(errors, set, old) {
    if (set.spec === old.spec) return;
    checkReplicaSet(errors, set);
    checkImmutable(errors, set.spec?.selector, old.spec?.selector, "spec.selector");
  },
  status: (errors, { status }, old) => checkCounts(errors, REPLICA_COUNTS, status, old.status),
};

const REPLICA_COUNTS: CountRules = {
  counts: [
    "replicas",
    "fullyLabeledReplicas",
    "readyReplicas",
    "availableReplicas",
    "observedGeneration",
    "terminatingReplicas",
  ],
  parts: ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"],
};

function checkReplicaSet(errors: FieldErrors, { spec = {} }: LooseReplicaSet): void {
  checkNonnegative(errors, spec.replicas, "spec.replicas");
  checkNonnegative(errors, spec.minReadySeconds, "spec.minReadySeconds");
  checkReplicatedTemplate(errors, spec);
}

interface LooseReplicationController {
  readonly status?: Readonly<Record<string, unknown>>;
  readonly spec?: {
    readonly replicas?: number;
    readonly minReadySeconds?: number;
    readonly selector?: Readonly<Record<string, string>>;
    readonly template?: LooseWorkloadSpec["template"];
  };
}

/** ReplicationControllers: ReplicaSets from before selectors had expressions. */
export const REPLICATION_CONTROLLER_RULES: KindRules<LooseReplicationController> = {
  name: dnsSubdomain,
  passes: [...AS_NEW, ...AS_CHANGED],
  check: checkReplicationController,
  update(errors, controller, old) {
    if (controller.spec !== old.spec) checkReplicationController(errors, controller);
  },
  status: (errors, { status }, old) => checkCounts(errors, REPLICA_COUNTS, status, old.status),
};

function checkReplicationController(errors: FieldErrors, { spec = {} }: LooseReplicationController): void {
  const { selector = {}, template } = spec;
  checkNonnegative(errors, spec.minReadySeconds, "spec.minReadySeconds");
  if (Object.keys(selector).length === 0) errors.required("spec.selector");
  checkNonnegative(errors, spec.replicas, "spec.replicas");
  if (template === undefined) {
    errors.required("spec.template");
    return;
  }
  checkSelected(errors, template, { matchLabels: selector });
  checkLastingTemplate(errors, template, "ReplicationController");
}
