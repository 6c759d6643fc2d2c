import type { ObjectMeta, StringMap } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkLabels } from "../labels.ts";
import { checkAnnotations } from "../metadata.ts";
import { dnsSubdomain } from "../names.ts";
import { AS_CHANGED, type KindRules } from "../rules.ts";
import { checkImageSpaces } from "./containers.ts";
import { checkPodSpec, type LoosePodSpec } from "./pod-spec.ts";
import { checkPodSpecUpdate } from "./pod-update.ts";

interface LoosePod {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: LoosePodSpec;
}

/** A pod template as validation meets it. */
export interface LoosePodTemplate {
  readonly metadata?: { readonly labels?: StringMap; readonly annotations?: StringMap };
  readonly spec?: LoosePodSpec;
}

/** Pods: well formed when they come, and nearly nothing of them changes afterwards. */
export const POD_RULES: KindRules<LoosePod> = {
  name: dnsSubdomain,
  passes: ["changed metadata", "metadata", "changed body"],
  statusPasses: AS_CHANGED,
  check: checkNewPod,
  update: checkPodUpdate,
};

function checkNewPod(errors: FieldErrors, pod: LoosePod): void {
  const spec = pod.spec ?? {};
  checkWholePod(errors, pod);
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.forbidden("spec.ephemeralContainers", "cannot be set on create");
  }
  if (spec.nodeName && (spec.schedulingGates ?? []).length > 0) {
    errors.forbidden("spec.nodeName", "cannot be set until all schedulingGates have been cleared");
  }
}

function checkWholePod(errors: FieldErrors, pod: LoosePod): void {
  const { metadata = {}, spec = {} } = pod;
  checkPodAnnotations(errors, metadata.annotations ?? {}, spec, "metadata.annotations");
  checkPodSpec(errors, spec, "spec", { podName: metadata.name ?? "", isPod: true });
  if (!spec.serviceAccountName) checkNoTokens(errors, spec);
  for (const field of ["containers", "initContainers"] as const) {
    spec[field]?.forEach((container, i) => {
      checkImageSpaces(errors, container, `spec.${field}[${i}]`);
    });
  }
}

/** A spec that is shared with the old pod was judged when it came: what remains is metadata. */
function checkPodUpdate(errors: FieldErrors, pod: LoosePod, old: LoosePod): void {
  const { metadata = {}, spec = {} } = pod;
  const isSameMetadata = metadata.annotations === old.metadata?.annotations;
  if (spec === old.spec) {
    if (!isSameMetadata) {
      checkPodAnnotations(errors, metadata.annotations ?? {}, spec, "metadata.annotations");
    }
  } else checkWholePod(errors, pod);
  if (!isSameMetadata) {
    checkAnnotationChanges(errors, metadata.annotations ?? {}, old.metadata?.annotations ?? {});
    // The API judges them once with the pod and once with the change.
    checkPodAnnotations(errors, metadata.annotations ?? {}, spec, "metadata.annotations");
  }
  if (spec !== old.spec) checkPodSpecUpdate(errors, spec, old.spec ?? {});
}

const MIRROR = "kubernetes.io/config.mirror";
/** Followed by a container's name. */
const APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";
const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

/** Annotations that mean something to Kubernetes itself. */
function checkPodAnnotations(
  errors: FieldErrors,
  annotations: StringMap,
  spec: LoosePodSpec,
  path: string,
): void {
  const mirror = annotations[MIRROR];
  if (mirror !== undefined && !spec.nodeName) {
    errors.invalid(`${path}[${MIRROR}]`, mirror, "must set spec.nodeName if mirror pod annotation is set");
  }
  for (const key of Object.keys(annotations)) {
    if (!key.startsWith(APP_ARMOR)) continue;
    const container = key.slice(APP_ARMOR.length);
    if (!hasContainer(spec, container)) errors.invalid(`${path}[${key}]`, container, "container not found");
  }
  const cost = annotations[DELETION_COST];
  if (cost !== undefined && !isInt32(cost)) {
    errors.invalid(`${path}[${DELETION_COST}]`, cost, "must be a 32bit integer");
  }
}

function hasContainer(spec: LoosePodSpec, wanted: string): boolean {
  const lists = [spec.containers, spec.initContainers, spec.ephemeralContainers];
  return lists.some((list) => list?.some(({ name }) => name === wanted));
}

function isInt32(text: string): boolean {
  if (!/^(?:0|-?[1-9]\d*)$/.test(text)) return false;
  const value = Number(text);
  return value >= -(2 ** 31) && value < 2 ** 31;
}

function checkAnnotationChanges(errors: FieldErrors, annotations: StringMap, old: StringMap): void {
  const at = `metadata.annotations[${MIRROR}]`;
  if (annotations[MIRROR] === old[MIRROR]) return;
  if (old[MIRROR] === undefined) errors.forbidden(at, "may not add mirror pod annotation");
  else errors.forbidden(at, "may not remove or update mirror pod annotation");
}

function checkNoTokens(errors: FieldErrors, spec: LoosePodSpec): void {
  spec.volumes?.forEach((volume, i) => {
    const { sources } = (volume.projected ?? {}) as { readonly sources?: readonly object[] | null };
    sources?.forEach((source, j) => {
      if (!("serviceAccountToken" in source)) return;
      const at = `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`;
      errors.forbidden(at, "must not be specified when serviceAccountName is not set");
    });
  });
}

/** A template: labels, annotations and a spec of which pods are made (ValidatePodTemplateSpec). */
export function checkPodTemplate(errors: FieldErrors, template: LoosePodTemplate, path: string): void {
  const { metadata = {}, spec = {} } = template;
  checkLabels(errors, metadata.labels, `${path}.labels`);
  checkAnnotations(errors, metadata.annotations, `${path}.annotations`);
  checkPodAnnotations(errors, metadata.annotations ?? {}, spec, `${path}.annotations`);
  checkPodSpec(errors, spec, `${path}.spec`, { podName: "", isPod: false });
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.forbidden(`${path}.spec.ephemeralContainers`, "ephemeral containers not allowed in pod template");
  }
}
