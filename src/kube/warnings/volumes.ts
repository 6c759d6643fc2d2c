import { milliValue } from "../../base/quantity.ts";
import type { PersistentVolume, PersistentVolumeClaim } from "../types/index.ts";

const CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

const OLD_ANNOTATIONS: Readonly<Record<string, string>> = {
  [CLASS_ANNOTATION]: 'deprecated since v1.8; use "storageClassName" attribute instead',
  "volume.beta.kubernetes.io/mount-options": 'deprecated since v1.31; use "mountOptions" attribute instead',
};

/** Volume plug-ins that are gone, and since when. */
const GONE: Readonly<Record<string, string>> = {
  cephfs: "deprecated in v1.28, non-functional in v1.31+",
  photonPersistentDisk: "deprecated in v1.11, non-functional in v1.16+",
  scaleIO: "deprecated in v1.16, non-functional in v1.22+",
  storageos: "deprecated in v1.22, non-functional in v1.25+",
  glusterfs: "deprecated in v1.25, non-functional in v1.26+",
  rbd: "deprecated in v1.28, non-functional in v1.31+",
};
const GONE_NAMES: Readonly<Record<string, string>> = { storageos: "storageOS" };

const RECYCLE =
  "The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.";

/** What of a volume is on its way out. */
export function volumeWarnings({ metadata, spec }: PersistentVolume): readonly string[] {
  const { annotations = {} } = metadata;
  const old = Object.keys(OLD_ANNOTATIONS).filter((key) => annotations[key] !== undefined);
  const gone = Object.keys(GONE).filter((plugin) => plugin in spec);
  return [
    ...old.map((key) => `metadata.annotations[${key}]: ${OLD_ANNOTATIONS[key]}`),
    ...(spec.persistentVolumeReclaimPolicy === "Recycle"
      ? [`spec.persistentVolumeReclaimPolicy: ${RECYCLE}`]
      : []),
    ...gone.map((plugin) => `spec.${GONE_NAMES[plugin] ?? plugin}: ${GONE[plugin]}`),
  ];
}

/** What of a claim is old, or no whole number of bytes. */
export function claimWarnings({ metadata, spec }: PersistentVolumeClaim): readonly string[] {
  const { requests, limits } = spec.resources ?? {};
  return [
    ...(metadata.annotations?.[CLASS_ANNOTATION] === undefined
      ? []
      : [`metadata.annotations[${CLASS_ANNOTATION}]: ${OLD_ANNOTATIONS[CLASS_ANNOTATION]}`]),
    ...fractionWarnings(requests?.storage, "requests"),
    ...fractionWarnings(limits?.storage, "limits"),
  ];
}

function fractionWarnings(amount: string | undefined, field: string): readonly string[] {
  if (amount === undefined || milliValue(amount) % 1000 === 0) return [];
  const why = `fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`;
  return [`spec.resources.${field}[storage]: ${why}`];
}
