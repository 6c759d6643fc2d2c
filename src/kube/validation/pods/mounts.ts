import type { FieldErrors } from "../field-errors.ts";
import { checkDescendingPath, checkNoBacksteps } from "../paths.ts";

/** Where a container sees a volume, as validation meets it. */
export interface LooseMount {
  readonly name?: string;
  readonly mountPath?: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
  readonly readOnly?: boolean;
  readonly mountPropagation?: string;
  readonly recursiveReadOnly?: string;
}

/** Where a container sees a block device, as validation meets it. */
export interface LooseDevice {
  readonly name?: string;
  readonly devicePath?: string;
}

/** What a container mounts, and whether it may share mounts with the node. */
export interface Mounting {
  readonly volumeMounts?: readonly LooseMount[] | undefined;
  readonly volumeDevices?: readonly LooseDevice[] | undefined;
  readonly securityContext?: { readonly privileged?: boolean } | undefined;
}

/** The pod's volumes that are well formed, by name; `true` for those that can be a block device. */
export type VolumeNames = ReadonlyMap<string, boolean>;

/** Mounts: of volumes that the pod has, each at a path of its own. */
export function checkMounts(
  errors: FieldErrors,
  container: Mounting,
  volumes: VolumeNames,
  path: string,
): void {
  const paths = new Set<string>();
  const devices = container.volumeDevices ?? [];
  container.volumeMounts?.forEach((mount, i) => {
    const at = `${path}[${i}]`;
    const { name = "", mountPath = "" } = mount;
    if (name === "") errors.required(`${at}.name`);
    if (!volumes.has(name)) errors.notFound(`${at}.name`, name);
    if (mountPath === "") errors.required(`${at}.mountPath`);
    if (paths.has(mountPath)) errors.invalid(`${at}.mountPath`, mountPath, "must be unique");
    paths.add(mountPath);
    if (devices.some((device) => device.name === name)) {
      errors.invalid(`${at}.name`, name, "must not already exist in volumeDevices");
    }
    if (devices.some((device) => device.devicePath === mountPath)) {
      errors.invalid(`${at}.mountPath`, mountPath, "must not already exist as a path in volumeDevices");
    }
    checkSubPath(errors, mount, path, at);
    checkSharing(errors, mount, container, path);
  });
}

/** The API names the list and not the item for some of these fields. */
function checkSubPath(errors: FieldErrors, mount: LooseMount, list: string, item: string): void {
  const { subPath = "", subPathExpr = "" } = mount;
  if (subPath !== "") checkDescendingPath(errors, subPath, `${list}.subPath`);
  if (subPathExpr === "") return;
  if (subPath !== "") {
    errors.invalid(`${item}.subPathExpr`, subPathExpr, "subPathExpr and subPath are mutually exclusive");
  }
  checkDescendingPath(errors, subPathExpr, `${list}.subPathExpr`);
}

const PROPAGATIONS = ["Bidirectional", "HostToContainer", "None"];
const RECURSIVE = ["Disabled", "Enabled", "IfPossible"];

function checkSharing(errors: FieldErrors, mount: LooseMount, container: Mounting, list: string): void {
  const { mountPropagation: propagation, recursiveReadOnly: recursive } = mount;
  if (propagation !== undefined) {
    if (!PROPAGATIONS.includes(propagation)) {
      errors.notSupported(`${list}.mountPropagation`, propagation, PROPAGATIONS);
    }
    if (propagation === "Bidirectional" && container.securityContext?.privileged !== true) {
      const rule = "Bidirectional mount propagation is available only to privileged containers";
      errors.forbidden(`${list}.mountPropagation`, rule);
    }
  }
  if (recursive === undefined || recursive === "Disabled") return;
  const at = `${list}.recursiveReadOnly`;
  if (!RECURSIVE.includes(recursive)) {
    errors.notSupported(at, recursive, RECURSIVE);
    return;
  }
  if (mount.readOnly !== true) errors.forbidden(at, "may only be specified when readOnly is true");
  if (propagation !== undefined && propagation !== "None") {
    errors.forbidden(at, "may only be specified when mountPropagation is None or not specified");
  }
}

/** Block devices: of claims only. */
export function checkDevices(
  errors: FieldErrors,
  container: Mounting,
  volumes: VolumeNames,
  path: string,
): void {
  const mounts = container.volumeMounts ?? [];
  const names = new Set<string>();
  const paths = new Set<string>();
  container.volumeDevices?.forEach(({ name = "", devicePath = "" }, i) => {
    const at = `${path}[${i}]`;
    const canBeBlock = volumes.get(name);
    if (name === "") errors.required(`${at}.name`);
    if (names.has(name)) errors.invalid(`${at}.name`, name, "must be unique");
    if (canBeBlock === false) {
      const rule = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
      errors.invalid(`${at}.name`, name, rule);
    }
    if (canBeBlock === undefined) errors.notFound(`${at}.name`, name);
    if (devicePath === "") errors.required(`${at}.devicePath`);
    if (paths.has(devicePath)) errors.invalid(`${at}.devicePath`, devicePath, "must be unique");
    if (!checkNoBacksteps(undefined, devicePath, at)) {
      errors.invalid(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')");
    } else paths.add(devicePath);
    if (mounts.some((mount) => mount.name === name)) {
      errors.invalid(`${at}.name`, name, "must not already exist in volumeMounts");
    }
    if (mounts.some((mount) => mount.mountPath === devicePath)) {
      errors.invalid(`${at}.devicePath`, devicePath, "must not already exist as a path in volumeMounts");
    }
    if (name !== "") names.add(name);
  });
}
