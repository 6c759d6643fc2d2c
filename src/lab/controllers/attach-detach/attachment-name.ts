import { createHash } from "node:crypto";
import type { PersistentVolume } from "../../../kube/types/index.ts";

/** The name of the VolumeAttachment that gives a volume to a node: the same whenever it is asked for. */
export function attachmentName({ spec, metadata }: PersistentVolume, nodeName: string): string {
  const { driver, volumeHandle } = spec.csi ?? { driver: "", volumeHandle: metadata.name };
  return `csi-${createHash("sha256").update(`${volumeHandle}${driver}${nodeName}`).digest("hex")}`;
}
