/**
 * The claims that a StatefulSet makes for its pods from templates, and who is to own them: by the retention policy a claim
 * goes with the set, with the pod that is scaled away, or stays for good.
 */
import { controllerReferenceTo } from "../../../kube/owners.ts";
import type {
  KubeObject,
  OwnerReference,
  PersistentVolumeClaim,
  Pod,
  StatefulSet,
  Volume,
} from "../../../kube/types/index.ts";
import type { Draft } from "../../apiserver/api.ts";
import { isInRange, ordinalOf } from "./identity.ts";

/** The name of the claim from that template for the pod of that ordinal. */
export function claimNameOf(set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string {
  return `${template.metadata.name}-${set.metadata.name}-${ordinal}`;
}

/** The names of all claims of the pod of that ordinal. */
export function claimNames(set: StatefulSet, ordinal: number): readonly string[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => claimNameOf(set, template, ordinal));
}

/** The claims that the pod of that ordinal needs. */
export function draftClaims(set: StatefulSet, ordinal: number): readonly Draft<PersistentVolumeClaim>[] {
  return (set.spec.volumeClaimTemplates ?? []).map((template) => ({
    metadata: {
      ...template.metadata,
      name: claimNameOf(set, template, ordinal),
      ...(set.metadata.namespace !== undefined && { namespace: set.metadata.namespace }),
      labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
    },
    spec: template.spec,
  }));
}

/** The pod's volumes: one for each claim, then those of the template that no claim replaces. */
export function volumesWithClaims(
  set: StatefulSet,
  ordinal: number,
  volumes: readonly Volume[],
): readonly Volume[] {
  const templates = set.spec.volumeClaimTemplates ?? [];
  const claimed = templates.map((template) => ({
    name: template.metadata.name,
    persistentVolumeClaim: { claimName: claimNameOf(set, template, ordinal) },
  }));
  return [...claimed, ...volumes.filter(({ name }) => !claimed.some((volume) => volume.name === name))];
}

/** Whether the pod mounts the claims of its ordinal. */
export function storageMatches(set: StatefulSet, pod: Pod): boolean {
  const ordinal = ordinalOf(pod);
  return (set.spec.volumeClaimTemplates ?? []).every((template) => {
    const volume = pod.spec.volumes?.find(({ name }) => name === template.metadata.name);
    return volume?.persistentVolumeClaim?.claimName === claimNameOf(set, template, ordinal);
  });
}

/** Whether the claim still belongs to an earlier pod or set of the same name, and is about to go with it. */
export function isStale(claim: PersistentVolumeClaim, owner: KubeObject): boolean {
  const reference = referencesOf(claim).find((candidate) => means(candidate, owner));
  return reference !== undefined && reference.uid !== owner.metadata.uid;
}

/** Whether the retention policy can leave a claim to a pod: only then may a claim be stale. */
export function deletesWhenScaled({ spec }: StatefulSet): boolean {
  return spec.persistentVolumeClaimRetentionPolicy?.whenScaled === "Delete";
}

/** Whether some other controller manages the claim, so that the retention policy has to keep off it. */
export function hasForeignController(claim: PersistentVolumeClaim, set: StatefulSet, pod: Pod): boolean {
  const { whenDeleted, whenScaled } = policyOf(set);
  if (whenDeleted === "Retain" && whenScaled === "Retain") return false;
  return referencesOf(claim).some((reference) => {
    if (means(reference, set)) return reference.uid !== set.metadata.uid;
    if (means(reference, pod)) return reference.uid !== pod.metadata.uid;
    return reference.controller === true;
  });
}

/** The owners that the claim should have, or `undefined` when those that it has will do. */
export function wantedOwners(
  claim: PersistentVolumeClaim,
  set: StatefulSet,
  pod: Pod,
): readonly OwnerReference[] | undefined {
  if (isStale(claim, set) || isStale(claim, pod)) return undefined;
  const owns = { set: hasOwner(claim, set), pod: hasOwner(claim, pod) };
  const others = referencesOf(claim).filter((reference) => !means(reference, set) && !means(reference, pod));
  if (hasForeignController(claim, set, pod)) return owns.set || owns.pod ? others : undefined;
  const wants = ownersByPolicy(set, pod);
  const isInformal = referencesOf(claim).some(
    ({ uid, controller }) => controller !== true && (uid === set.metadata.uid || uid === pod.metadata.uid),
  );
  if (!isInformal && owns.set === wants.set && owns.pod === wants.pod) return undefined;
  const owner = wants.set ? set : wants.pod ? pod : undefined;
  return owner === undefined ? others : [...others, controllerReferenceTo(owner)];
}

/** At most one of the two. */
function ownersByPolicy(set: StatefulSet, pod: Pod): { readonly set: boolean; readonly pod: boolean } {
  const { whenDeleted, whenScaled } = policyOf(set);
  const isScaledAway = whenScaled === "Delete" && !isInRange(set, ordinalOf(pod));
  return { set: whenDeleted === "Delete" && !isScaledAway, pod: isScaledAway };
}

function policyOf({
  spec,
}: StatefulSet): NonNullable<StatefulSet["spec"]["persistentVolumeClaimRetentionPolicy"]> {
  return spec.persistentVolumeClaimRetentionPolicy ?? { whenDeleted: "Retain", whenScaled: "Retain" };
}

function referencesOf({ metadata }: KubeObject): readonly OwnerReference[] {
  return metadata.ownerReferences ?? [];
}

function means(reference: OwnerReference, { apiVersion, kind, metadata }: KubeObject): boolean {
  return reference.apiVersion === apiVersion && reference.kind === kind && reference.name === metadata.name;
}

function hasOwner(claim: PersistentVolumeClaim, owner: KubeObject): boolean {
  return referencesOf(claim).some(({ uid }) => uid === owner.metadata.uid);
}
