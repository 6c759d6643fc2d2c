import { formatQuantity } from "../../base/quantity.ts";
import type {
  AccessMode,
  CSINode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from "../types/index.ts";
import type { KubeObject } from "../types/meta.ts";
import { age, isTerminating } from "./cells.ts";
import { AGE, column, NAME, printer, wide } from "./printer.ts";

const BETA_CLASS = "volume.beta.kubernetes.io/storage-class";
const DEFAULT_CLASS = [
  "storageclass.kubernetes.io/is-default-class",
  "storageclass.beta.kubernetes.io/is-default-class",
];

interface WithAttributesClass {
  readonly volumeAttributesClassName?: string;
}

export const persistentVolumePrinter = printer<PersistentVolume>({
  columns: [
    NAME,
    column("Capacity"),
    column("Access Modes"),
    column("Reclaim Policy"),
    column("Status"),
    column("Claim"),
    column("StorageClass"),
    column("VolumeAttributesClass"),
    column("Reason"),
    AGE,
    wide("VolumeMode"),
  ],
  cells: (volume, nowMs) => {
    const { spec, status, metadata } = volume;
    const { claimRef } = spec;
    return [
      metadata.name,
      formatQuantity(spec.capacity?.storage ?? "0"),
      accessModesCell(spec.accessModes),
      spec.persistentVolumeReclaimPolicy ?? "",
      isTerminating(volume) ? "Terminating" : (status?.phase ?? ""),
      claimRef === undefined ? "" : `${claimRef.namespace ?? ""}/${claimRef.name ?? ""}`,
      metadata.annotations?.[BETA_CLASS] ?? spec.storageClassName ?? "",
      (spec as WithAttributesClass).volumeAttributesClassName ?? "<unset>",
      status?.reason ?? "",
      age(volume, nowMs),
      spec.volumeMode ?? "<unset>",
    ];
  },
});

export const persistentVolumeClaimPrinter = printer<PersistentVolumeClaim>({
  columns: [
    NAME,
    column("Status"),
    column("Volume"),
    column("Capacity"),
    column("Access Modes"),
    column("StorageClass"),
    column("VolumeAttributesClass"),
    AGE,
    wide("VolumeMode"),
  ],
  cells: (claim, nowMs) => {
    const { spec, status, metadata } = claim;
    const isBound = Boolean(spec.volumeName);
    return [
      metadata.name,
      isTerminating(claim) ? "Terminating" : (status?.phase ?? ""),
      spec.volumeName ?? "",
      isBound ? formatQuantity(status?.capacity?.storage ?? "0") : "",
      isBound ? accessModesCell(status?.accessModes) : "",
      metadata.annotations?.[BETA_CLASS] ?? spec.storageClassName ?? "",
      (spec as WithAttributesClass).volumeAttributesClassName ?? "<unset>",
      age(claim, nowMs),
      spec.volumeMode ?? "<unset>",
    ];
  },
});

const SHORT_MODES: readonly (readonly [AccessMode, string])[] = [
  ["ReadWriteOnce", "RWO"],
  ["ReadOnlyMany", "ROX"],
  ["ReadWriteMany", "RWX"],
  ["ReadWriteOncePod", "RWOP"],
];

function accessModesCell(modes: readonly AccessMode[] = []): string {
  return SHORT_MODES.filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(",");
}

export const storageClassPrinter = printer<StorageClass>({
  columns: [
    NAME,
    column("Provisioner"),
    column("ReclaimPolicy"),
    column("VolumeBindingMode"),
    column("AllowVolumeExpansion"),
    AGE,
  ],
  cells: (storageClass, nowMs) => {
    const { metadata } = storageClass;
    const isDefault = DEFAULT_CLASS.some((annotation) => metadata.annotations?.[annotation] === "true");
    return [
      isDefault ? `${metadata.name} (default)` : metadata.name,
      storageClass.provisioner,
      storageClass.reclaimPolicy ?? "Delete",
      storageClass.volumeBindingMode ?? "Immediate",
      storageClass.allowVolumeExpansion ?? false,
      age(storageClass, nowMs),
    ];
  },
});

interface VolumeAttributesClass extends KubeObject {
  readonly driverName: string;
}

export const volumeAttributesClassPrinter = printer<VolumeAttributesClass>({
  columns: [NAME, column("DriverName"), AGE],
  cells: (attributes, nowMs) => [attributes.metadata.name, attributes.driverName, age(attributes, nowMs)],
});

export const volumeAttachmentPrinter = printer<VolumeAttachment>({
  columns: [
    NAME,
    column("Attacher", "string", "name"),
    column("PV"),
    column("Node"),
    column("Attached", "boolean"),
    AGE,
  ],
  cells: (attachment, nowMs) => [
    attachment.metadata.name,
    attachment.spec.attacher,
    attachment.spec.source.persistentVolumeName ?? "",
    attachment.spec.nodeName,
    attachment.status?.attached ?? false,
    age(attachment, nowMs),
  ],
});

export const csiNodePrinter = printer<CSINode>({
  columns: [NAME, column("Drivers", "integer"), AGE],
  cells: (node, nowMs) => [node.metadata.name, node.spec.drivers?.length ?? 0, age(node, nowMs)],
});

interface CsiDriver extends KubeObject {
  readonly spec: {
    readonly attachRequired?: boolean;
    readonly podInfoOnMount?: boolean;
    readonly storageCapacity?: boolean;
    readonly tokenRequests?: readonly { readonly audience: string }[];
    readonly requiresRepublish?: boolean;
    readonly volumeLifecycleModes?: readonly string[];
  };
}

export const csiDriverPrinter = printer<CsiDriver>({
  columns: [
    NAME,
    column("AttachRequired", "boolean"),
    column("PodInfoOnMount", "boolean"),
    column("StorageCapacity", "boolean"),
    column("TokenRequests"),
    column("RequiresRepublish", "boolean"),
    column("Modes"),
    AGE,
  ],
  cells: (driver, nowMs) => {
    const { spec } = driver;
    return [
      driver.metadata.name,
      spec.attachRequired ?? true,
      spec.podInfoOnMount ?? false,
      spec.storageCapacity ?? false,
      spec.tokenRequests?.map(({ audience }) => audience).join(",") ?? "<unset>",
      spec.requiresRepublish ?? false,
      (spec.volumeLifecycleModes ?? []).join(",") || "<none>",
      age(driver, nowMs),
    ];
  },
});
