import type { IntOrString } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkSelector, isEmptySelector } from "../labels.ts";
import { checkImmutable } from "../metadata.ts";
import { dnsSubdomain } from "../names.ts";
import { checkCountOrShare, checkNonnegative, checkShareMax, countOrShareValue } from "../numbers.ts";
import type { KindRules } from "../rules.ts";
import { type CountRules, checkCounts } from "./replica-status.ts";
import { checkLastingTemplate, checkSelected, isSelecting, type LooseWorkloadSpec } from "./template.ts";

interface RollingUpdate {
  readonly maxUnavailable?: IntOrString;
  readonly maxSurge?: IntOrString;
}

interface LooseDaemonSet {
  readonly status?: Readonly<Record<string, unknown>>;
  readonly spec?: LooseWorkloadSpec & {
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: RollingUpdate };
  };
}

/** DaemonSets: a pod on every node. */
export const DAEMON_SET_RULES: KindRules<LooseDaemonSet> = {
  name: dnsSubdomain,
  check: checkDaemonSet,
  update(errors, set, old) {
    if (set.spec === old.spec) return;
    checkImmutable(errors, set.spec?.selector, old.spec?.selector, "spec.selector");
    checkDaemonSet(errors, set);
  },
  status: (errors, { status }, old) => checkCounts(errors, DAEMON_COUNTS, status, old.status),
};

const DAEMON_COUNTS: CountRules = {
  counts: [
    "currentNumberScheduled",
    "numberMisscheduled",
    "desiredNumberScheduled",
    "numberReady",
    "observedGeneration",
    "updatedNumberScheduled",
    "numberAvailable",
    "numberUnavailable",
    "collisionCount",
  ],
};

function checkDaemonSet(errors: FieldErrors, { spec = {} }: LooseDaemonSet): void {
  const { selector, template = {} } = spec;
  checkSelector(errors, selector, "spec.selector");
  if (!selector) {
    // Nothing selects no pods at all, so the template does not match it.
    const labels = template.metadata?.labels ?? null;
    errors.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`");
  } else {
    if (isSelecting(selector)) checkSelected(errors, template, selector);
    if (isEmptySelector(selector))
      errors.invalid("spec.selector", selector, "empty selector is invalid for daemonset");
  }
  checkLastingTemplate(errors, template, "DaemonSet");
  checkNonnegative(errors, spec.minReadySeconds, "spec.minReadySeconds");
  checkStrategy(errors, spec, "spec.updateStrategy");
  checkNonnegative(errors, spec.revisionHistoryLimit, "spec.revisionHistoryLimit");
}

function checkStrategy(
  errors: FieldErrors,
  { updateStrategy }: NonNullable<LooseDaemonSet["spec"]>,
  path: string,
): void {
  const { type = "", rollingUpdate } = updateStrategy ?? {};
  if (type === "OnDelete") return;
  if (type !== "RollingUpdate") {
    const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
    const update = rollingUpdate ? { MaxUnavailable: maxUnavailable, MaxSurge: maxSurge } : null;
    errors.notSupported(path, { Type: type, RollingUpdate: update }, ["RollingUpdate", "OnDelete"]);
  } else if (!rollingUpdate) errors.required(`${path}.rollingUpdate`);
  else checkRollingUpdate(errors, rollingUpdate, `${path}.rollingUpdate`);
}

/** A node has either a pod too few for a while, or one too many. */
function checkRollingUpdate(errors: FieldErrors, update: RollingUpdate, path: string): void {
  const { maxUnavailable = 0, maxSurge = 0 } = update;
  checkCountOrShare(errors, maxUnavailable, `${path}.maxUnavailable`);
  checkCountOrShare(errors, maxSurge, `${path}.maxSurge`);
  checkShareMax(errors, maxUnavailable, `${path}.maxUnavailable`);
  checkShareMax(errors, maxSurge, `${path}.maxSurge`);
  const [hasUnavailable, hasSurge] = [
    countOrShareValue(maxUnavailable) !== 0,
    countOrShareValue(maxSurge) !== 0,
  ];
  if (hasUnavailable && hasSurge) {
    errors.invalid(`${path}.maxSurge`, maxSurge, "may not be set when maxUnavailable is non-zero");
  } else if (!hasUnavailable && !hasSurge) {
    errors.required(`${path}.maxUnavailable`, "cannot be 0 when maxSurge is 0");
  }
}
