import { absentAre, type DefaultsTable } from "./type-defaults.ts";

/** Volumes, claims and their classes (pkg/apis/{core,storage}/v1/defaults.go). */
export const STORAGE_DEFAULTS: DefaultsTable = {
  "io.k8s.api.core.v1.PersistentVolumeSpec": absentAre({
    persistentVolumeReclaimPolicy: "Retain",
    volumeMode: "Filesystem",
  }),
  "io.k8s.api.core.v1.PersistentVolumeStatus": absentAre({ phase: "Pending" }),
  "io.k8s.api.core.v1.PersistentVolumeClaimSpec": absentAre({ volumeMode: "Filesystem" }),
  "io.k8s.api.core.v1.PersistentVolumeClaimStatus": absentAre({ phase: "Pending" }),
  "io.k8s.api.storage.v1.StorageClass": absentAre({
    reclaimPolicy: "Delete",
    volumeBindingMode: "Immediate",
  }),
  "io.k8s.api.storage.v1.CSIDriverSpec": absentAre({
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: "ReadWriteOnceWithFSType",
    volumeLifecycleModes: ["Persistent"],
    requiresRepublish: false,
    seLinuxMount: false,
  }),
};
