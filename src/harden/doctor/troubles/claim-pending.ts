import { persistentVolumeClaims, persistentVolumes, pods, storageClasses } from "../../../kube/kinds.ts";
import { canBeShared, NO_PROVISIONER } from "../../../kube/storage-kinds.ts";
import type { PersistentVolumeClaim, Pod, StorageClass } from "../../../kube/types/index.ts";
import { DEFAULT_CLASS } from "../../../view/presupposed.ts";
import { nameOf } from "../../checks/check.ts";
import { inNamespace, listed } from "../commands.ts";
import type { Examined } from "../examined.ts";
import { provisionerState } from "../provisioner.ts";
import type { Found, Remedy, Trouble } from "../trouble.ts";

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

type Cause = Pick<Found, "cause" | "remedies"> & Partial<Pick<Found, "evidence" | "expected">>;

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

function causeOf(claim: PersistentVolumeClaim, users: readonly Pod[], examined: Examined): Cause | undefined {
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

function namedVolume(claim: PersistentVolumeClaim, name: string, { view }: Examined): Cause | undefined {
  const volume = view.get(persistentVolumes, undefined, name);
  if (volume === undefined)
    return {
      cause: `it names volume ${name}, which does not exist`,
      remedies: [{ says: `create volume ${name}, or make the claim anew without spec.volumeName` }],
    };
  const holder = volume.spec.claimRef;
  if (
    holder === undefined ||
    (holder.name === claim.metadata.name && holder.namespace === claim.metadata.namespace)
  )
    return undefined;
  return {
    cause: `it names volume ${name}, which belongs to claim ${holder.namespace}/${holder.name}`,
    evidence: [
      `volume ${name} is ${volume.status.phase ?? "there"}, ${volume.spec.persistentVolumeReclaimPolicy ?? "Retain"}`,
    ],
    remedies: [
      { says: "make the claim anew with another volume" },
      {
        command: `kubectl patch pv ${name} --type=json -p '[{"op":"remove","path":"/spec/claimRef"}]'`,
        says: `frees the volume with all that is on it, once nobody needs claim ${holder.namespace}/${holder.name} any more`,
      },
    ],
  };
}

function withoutClass(
  claim: PersistentVolumeClaim,
  classes: readonly StorageClass[],
  examined: Examined,
): Cause {
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

function byHand(claim: PersistentVolumeClaim, why: string, { view }: Examined): Cause {
  const free = view.list(persistentVolumes).filter(({ status }) => status?.phase === "Available");
  const { storageClassName = "" } = claim.spec;
  const same = free.filter(({ spec }) => (spec.storageClassName ?? "") === storageClassName);
  return {
    cause: `${why}, and ${same.length === 0 ? "none is free" : "none of the free ones fits its size and modes"}`,
    evidence: same.map(
      ({ metadata, spec }) =>
        `volume ${metadata.name}: ${spec.capacity?.storage}, ${(spec.accessModes ?? []).join(", ")}`,
    ),
    remedies: [
      {
        says: "create a PersistentVolume of that class, size and mode, or make the claim anew with a class that provisions",
      },
    ],
  };
}

function fitting(
  { spec: { accessModes = [] } }: PersistentVolumeClaim,
  classes: readonly StorageClass[],
): StorageClass[] {
  const wantsSharing = accessModes.includes("ReadWriteMany");
  return classes.filter((one) => one.provisioner !== NO_PROVISIONER && (!wantsSharing || canBeShared(one)));
}

/** A claim's class and modes cannot be changed: it is made anew, and as it is not bound nothing is lost. */
function otherClass(claim: PersistentVolumeClaim, classes: readonly StorageClass[]): Remedy[] {
  const names = fitting(claim, classes).map(({ metadata }) => metadata.name);
  const { name } = claim.metadata;
  if (names.length > 0)
    return [
      {
        command: `kubectl delete pvc ${name}${inNamespace(claim)}`,
        says: `then create it anew with storageClassName: ${listed(names)} (a claim's class cannot be changed; it was never bound, so nothing is lost)`,
      },
    ];
  return [
    claim.spec.accessModes?.includes("ReadWriteMany") === true
      ? {
          says: "no class of this cluster can share a volume between nodes: install one that can (Longhorn, or an NFS provisioner), or ask for ReadWriteOnce if one node is enough",
        }
      : { says: "no class of this cluster makes volumes: install a provisioner" },
  ];
}

const CERTIFICATES = /(^|[-_./])(certs?|certificates?|tls|ssl|pki|ca)($|[-_./])/i;

/** Certificates are small, change rarely and are read only: they need no volume. */
function certificates(claim: PersistentVolumeClaim, users: readonly Pod[]): Remedy[] {
  const paths = users.flatMap((pod) => {
    const volumes = (pod.spec.volumes ?? [])
      .filter(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim.metadata.name)
      .map(({ name }) => name);
    return pod.spec.containers.flatMap(({ volumeMounts = [] }) =>
      volumeMounts.filter(({ name }) => volumes.includes(name)).map(({ mountPath }) => mountPath),
    );
  });
  if (![claim.metadata.name, ...paths].some((text) => CERTIFICATES.test(text))) return [];
  const { name } = claim.metadata;
  return [
    {
      command: `kubectl create secret generic ${name}${inNamespace(claim)} --from-file=FOLDER`,
      says: "if only certificates are on it: keep them in a Secret and mount that in its place; every node can, and no storage is needed",
    },
  ];
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
