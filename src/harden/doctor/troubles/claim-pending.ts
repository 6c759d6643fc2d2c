import { persistentVolumeClaims, pods, storageClasses } from "../../../kube/kinds.ts";
import { canBeShared, NO_PROVISIONER } from "../../../kube/storage-kinds.ts";
import type { PersistentVolumeClaim, Pod, StorageClass } from "../../../kube/types/index.ts";
import { DEFAULT_CLASS } from "../../../view/presupposed.ts";
import { nameOf } from "../../checks/check.ts";
import { byHand, type ClaimCause, namedVolume } from "../claims/by-hand.ts";
import { certificates, fitting, otherClass } from "../claims/ways-out.ts";
import { inNamespace, listed } from "../commands.ts";
import type { Examined } from "../examined.ts";
import { provisionerState } from "../provisioner.ts";
import type { Found, Trouble } from "../trouble.ts";

/** A claim that is not bound: the class, its provisioner, the mode, or nobody who wants it yet. */
export const claimPending: Trouble = {
  id: "claim-pending",
  title: "A claim waits for its volume",
  *find(examined) {
    for (const claim of examined.view.list(persistentVolumeClaims)) {
      // One that no controller has looked at yet has no phase.
      if (claim.status.phase !== undefined && claim.status.phase !== "Pending") continue;
      if (claim.spec.volumeName !== undefined && claim.status.phase === undefined) continue;
      const found = explain(claim, examined);
      if (found !== undefined) yield found;
    }
  },
};

function explain(claim: PersistentVolumeClaim, examined: Examined): Found | undefined {
  const users = examined.view.list(pods, claim.metadata.namespace).filter((pod) => mounts(pod, claim));
  const why = causeOf(claim, users, examined);
  if (why === undefined) return undefined;
  const event = examined.lastEvent(
    nameOf(claim),
    "ProvisioningFailed",
    "FailedBinding",
    "VolumeMismatch",
    "ExternalProvisioning",
  );
  const { accessModes = [], storageClassName, resources } = claim.spec;
  return {
    object: nameOf(claim),
    concerns: [...users.map(nameOf), ...users.map((pod) => nameOf(examined.ownerOf(pod)))],
    ...why,
    evidence: [
      `asks for ${resources?.requests?.storage ?? "no size"}, ${accessModes.join(", ")}, class ${storageClassName === undefined ? "unnamed" : storageClassName === "" ? '"" (none)' : storageClassName}`,
      ...(event?.message === undefined ? [] : [`${event.reason}: ${event.message}`]),
      ...(why.evidence ?? []),
    ],
  };
}

function causeOf(
  claim: PersistentVolumeClaim,
  users: readonly Pod[],
  examined: Examined,
): ClaimCause | undefined {
  const { view } = examined;
  const { storageClassName, volumeName } = claim.spec;
  if (volumeName !== undefined) return namedVolume(claim, volumeName, examined);
  const classes = view.list(storageClasses);
  if (storageClassName === undefined || storageClassName === "")
    return withoutClass(claim, classes, examined);
  const own = classes.find(({ metadata }) => metadata.name === storageClassName);
  if (own === undefined) {
    return {
      cause: `its class ${storageClassName} does not exist`,
      evidence: [`the cluster has ${listed(classes.map(({ metadata }) => metadata.name))}`],
      remedies: [...otherClass(claim, classes), ...certificates(claim, users)],
    };
  }
  const wantsSharing = claim.spec.accessModes?.includes("ReadWriteMany") === true;
  if (wantsSharing && !canBeShared(own) && own.provisioner !== NO_PROVISIONER) {
    return {
      cause: `class ${storageClassName} (${own.provisioner}) cannot make volumes that several nodes mount for writing`,
      remedies: [...otherClass(claim, classes), ...certificates(claim, users)],
    };
  }
  if (own.provisioner === NO_PROVISIONER)
    return byHand(claim, `volumes of class ${storageClassName} are made by hand`, examined);
  if (own.volumeBindingMode === "WaitForFirstConsumer" && !users.some(wantsNode)) {
    return {
      cause: `class ${storageClassName} waits for a pod that mounts the claim, so that the volume is where the pod can be; none does yet`,
      remedies: [{ says: "nothing is wrong: it binds when a pod mounts it" }],
      expected: true,
    };
  }
  const state = provisionerState(own.provisioner, view);
  if (state.kind !== "runs") {
    return {
      cause: `class ${storageClassName} asks ${own.provisioner} for its volumes, ${state.kind === "absent" ? "and nothing of that name runs here" : "whose pods are not ready"}`,
      evidence: state.pods.map(
        (pod) => `pod ${pod.metadata.namespace}/${pod.metadata.name} is ${pod.status.phase}, not ready`,
      ),
      remedies: [
        ...state.pods.slice(0, 1).map((pod) => ({
          command: `holdfast doctor pod/${pod.metadata.name}${inNamespace(pod)}`,
          says: "tells why the provisioner does not run",
        })),
        ...(state.kind === "absent"
          ? [{ says: `install ${own.provisioner}, or use a class whose provisioner runs` }]
          : []),
        ...otherClass(
          claim,
          classes.filter(
            ({ metadata, provisioner }) =>
              metadata.name !== storageClassName && provisioner !== own.provisioner,
          ),
        ),
        ...certificates(claim, users),
      ],
    };
  }
  return {
    cause: `${own.provisioner} has not made its volume yet`,
    evidence: state.pods.map(
      (pod) => `pod ${pod.metadata.namespace}/${pod.metadata.name} is there and ready`,
    ),
    remedies: state.pods.slice(0, 1).map((pod) => ({
      command: `kubectl logs ${pod.metadata.name}${inNamespace(pod)} --all-containers --tail=50`,
      says: "shows what the provisioner says about it",
    })),
  };
}

function withoutClass(
  claim: PersistentVolumeClaim,
  classes: readonly StorageClass[],
  examined: Examined,
): ClaimCause {
  if (claim.spec.storageClassName === "")
    return byHand(claim, 'its class is "": only a volume made by hand will do', examined);
  const first = fitting(claim, classes)[0] ?? classes[0];
  return {
    cause: "it names no class, and no class of the cluster is the default",
    evidence: [`the cluster has ${listed(classes.map(({ metadata }) => metadata.name))}`],
    remedies:
      first === undefined
        ? [
            {
              says: "install a provisioner with a class (Longhorn, an NFS provisioner), and make that the default",
            },
          ]
        : [
            {
              command: `kubectl patch storageclass ${first.metadata.name} -p '${JSON.stringify({ metadata: { annotations: { [DEFAULT_CLASS]: "true" } } })}'`,
              says: "makes it the default, for this claim too: those that wait take it at once",
            },
          ],
  };
}

function mounts(pod: Pod, claim: PersistentVolumeClaim): boolean {
  return (pod.spec.volumes ?? []).some(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim.metadata.name,
  );
}

function wantsNode({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined && status.phase !== "Succeeded" && status.phase !== "Failed"
  );
}
