/** Claims whose volume somebody makes by hand, or has named. */
import { persistentVolumes } from "../../../kube/kinds.ts";
import type { PersistentVolumeClaim } from "../../../kube/types/index.ts";
import type { Examined } from "../examined.ts";
import type { Found } from "../trouble.ts";

export type ClaimCause = Pick<Found, "cause" | "remedies"> & Partial<Pick<Found, "evidence" | "expected">>;

export function namedVolume(
  claim: PersistentVolumeClaim,
  name: string,
  { view }: Examined,
): ClaimCause | undefined {
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

export function byHand(claim: PersistentVolumeClaim, why: string, { view }: Examined): ClaimCause {
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
