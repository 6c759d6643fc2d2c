import { deepEqual } from "../../../base/deep.ts";
import type { FieldErrors } from "../field-errors.ts";
import { dnsLabel } from "../names.ts";
import { checkNonnegative } from "../numbers.ts";
import { checkPodTemplate, type LoosePodTemplate } from "../pods/pod.ts";
import type { KindRules } from "../rules.ts";
import { checkClaimSpec, type LooseClaimSpec } from "../storage/claims.ts";
import { type CountRules, checkCounts } from "./replica-status.ts";
import {
  checkLasting,
  checkSelected,
  checkWorkloadSelector,
  isSelecting,
  type LooseWorkloadSpec,
} from "./template.ts";

interface LooseStatefulSet {
  readonly status?: Readonly<Record<string, unknown>>;
  readonly spec?: LooseWorkloadSpec & {
    readonly serviceName?: string;
    readonly podManagementPolicy?: string;
    readonly updateStrategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly partition?: number };
    };
    readonly persistentVolumeClaimRetentionPolicy?: {
      readonly whenDeleted?: string;
      readonly whenScaled?: string;
    };
    readonly ordinals?: { readonly start?: number };
    readonly volumeClaimTemplates?: readonly {
      readonly metadata?: { readonly name?: string };
      readonly spec?: LooseClaimSpec;
    }[];
  };
}

type StatefulSetSpec = NonNullable<LooseStatefulSet["spec"]>;

/** StatefulSets: identities and their volumes are for ever, so most of the spec is. */
export const STATEFUL_SET_RULES: KindRules<LooseStatefulSet> = {
  name: dnsLabel,
  check: (errors, { spec = {} }) => checkStatefulSet(errors, spec, { isNew: true }),
  update(errors, { spec = {} }, { spec: old = {} }) {
    if (spec === old) return;
    checkStatefulSet(errors, spec, { isNew: false });
    checkUnchanged(errors, spec, old);
  },
  status: (errors, { status }, old) => checkCounts(errors, STATEFUL_COUNTS, status, old.status),
};

const STATEFUL_COUNTS: CountRules = {
  counts: [
    "replicas",
    "readyReplicas",
    "currentReplicas",
    "updatedReplicas",
    "availableReplicas",
    "observedGeneration",
    "collisionCount",
  ],
  parts: ["readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"],
  readyName: "status.readyReplicas",
};

function checkStatefulSet(
  errors: FieldErrors,
  spec: StatefulSetSpec,
  { isNew }: { readonly isNew: boolean },
): void {
  checkPolicies(errors, spec);
  // What can no longer be changed is not judged any more: sets from before a rule keep working.
  if (isNew) {
    spec.volumeClaimTemplates?.forEach((template, i) => {
      checkClaimSpec(errors, template.spec ?? {}, `spec.volumeClaimTemplates[${i}].spec`);
    });
  }
  checkNonnegative(errors, spec.replicas, "spec.replicas");
  checkNonnegative(errors, spec.minReadySeconds, "spec.minReadySeconds");
  checkNonnegative(errors, spec.ordinals?.start, "spec.ordinals.start");
  const { serviceName = "" } = spec;
  if (isNew && serviceName !== "") errors.invalidEach("spec.serviceName", serviceName, dnsLabel(serviceName));
  checkTemplate(errors, spec);
}

const MANAGEMENT = ["OrderedReady", "Parallel"];
const RETENTION = ["Retain", "Delete"];

function checkPolicies(errors: FieldErrors, spec: StatefulSetSpec): void {
  const { podManagementPolicy: management = "" } = spec;
  if (management === "") errors.required("spec.podManagementPolicy");
  else if (!MANAGEMENT.includes(management)) {
    errors.invalid("spec.podManagementPolicy", management, "must be 'OrderedReady' or 'Parallel'");
  }
  checkStrategy(errors, spec.updateStrategy ?? {});
  const retention = spec.persistentVolumeClaimRetentionPolicy;
  for (const field of ["whenDeleted", "whenScaled"] as const) {
    const policy = retention?.[field] ?? "Retain";
    if (RETENTION.includes(policy)) continue;
    errors.notSupported(`spec.persistentVolumeClaimRetentionPolicy.${field}`, policy, RETENTION);
  }
}

function checkStrategy(errors: FieldErrors, strategy: NonNullable<StatefulSetSpec["updateStrategy"]>): void {
  const { type = "", rollingUpdate } = strategy;
  const path = "spec.updateStrategy";
  const shown = rollingUpdate ? { Partition: rollingUpdate.partition ?? 0, MaxUnavailable: null } : null;
  if (type === "") errors.required(path);
  else if (type === "OnDelete") {
    if (rollingUpdate) {
      errors.invalid(`${path}.rollingUpdate`, shown, "only allowed for updateStrategy 'RollingUpdate'");
    }
  } else if (type === "RollingUpdate") {
    checkNonnegative(errors, rollingUpdate?.partition, `${path}.rollingUpdate.partition`);
  } else {
    errors.invalid(path, { Type: type, RollingUpdate: shown }, "must be 'RollingUpdate' or 'OnDelete'");
  }
}

function checkTemplate(errors: FieldErrors, spec: StatefulSetSpec): void {
  const { selector, template = {} } = spec;
  checkWorkloadSelector(errors, selector, "statefulset");
  if (selector && !isSelecting(selector)) errors.invalid("spec.selector", selector, "");
  else {
    checkSelected(errors, template, selector);
    const before = errors.list.length;
    checkPodTemplate(errors, withClaims(template, spec), "spec.template");
    // The API judges labels and annotations of the template twice.
    const twice = errors.list
      .slice(before)
      .filter(({ field }) => /^spec\.template\.(?:labels|annotations)/.test(field));
    errors.list.push(...twice);
  }
  checkLasting(errors, template, "StatefulSet");
}

/** The set gives each pod its name, its domain and a volume for every claim template. */
function withClaims(
  template: LoosePodTemplate,
  { volumeClaimTemplates = [] }: StatefulSetSpec,
): LoosePodTemplate {
  const { hostname: _, subdomain: __, ...spec } = template.spec ?? {};
  if (volumeClaimTemplates.length === 0) return { ...template, spec };
  const names = volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? "");
  const claims = names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const others = (spec.volumes ?? []).filter(({ name = "" }) => !names.includes(name));
  return { ...template, spec: { ...spec, volumes: [...claims, ...others] } };
}

const MUTABLE = {
  replicas: undefined,
  ordinals: undefined,
  template: undefined,
  updateStrategy: undefined,
  revisionHistoryLimit: undefined,
  persistentVolumeClaimRetentionPolicy: undefined,
  minReadySeconds: undefined,
};

const FORBIDDEN =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

function checkUnchanged(errors: FieldErrors, spec: StatefulSetSpec, old: StatefulSetSpec): void {
  if (!deepEqual({ ...spec, ...MUTABLE }, { ...old, ...MUTABLE })) errors.forbidden("spec", FORBIDDEN);
}
