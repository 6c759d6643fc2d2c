/**
 * A node's half of the driver: mounts the disks that the node has where its kubelet wants them. Runs as a process of its own:
 * node-plugin.ts CSI_PROTO REGISTRATION_PROTO NODE KUBELET_FOLDER DISKS
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { Disks } from "./disks.ts";
import { DRIVER, identity } from "./identity.ts";
import { type Calls, Refusal, serve } from "./service.ts";

/** Where a disk is to be mounted. */
interface Target {
  readonly volumeId: string;
  readonly targetPath: string;
  readonly readonly?: boolean;
}

function nodeCalls(node: string, disks: Disks): Calls {
  return {
    NodeGetInfo: () => ({ nodeId: node }),
    NodeGetCapabilities: () => ({ capabilities: [] }),
    NodePublishVolume({ volumeId, targetPath, readonly = false }: Target) {
      const holder = disks.nodeOf(volumeId);
      if (holder !== node) {
        const why = `disk ${volumeId} is attached to ${holder ?? "no node"}, not to ${node}`;
        throw new Refusal(status.FAILED_PRECONDITION, why);
      }
      if (isMounted(targetPath)) return {};
      mkdirSync(targetPath, { recursive: true });
      mount("--bind", disks.dataOf(volumeId), targetPath);
      if (readonly) mount("-o", "remount,bind,ro", targetPath);
      return {};
    },
    NodeUnpublishVolume({ targetPath }: Target) {
      if (isMounted(targetPath))
        execFileSync("umount", [targetPath], { stdio: ["ignore", "ignore", "pipe"] });
      if (existsSync(targetPath)) rmdirSync(targetPath);
      return {};
    },
  };
}

function mount(...args: readonly string[]): void {
  execFileSync("mount", args, { stdio: ["ignore", "ignore", "pipe"] });
}

function isMounted(path: string): boolean {
  return readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .some((line) => line.split(" ")[1] === path);
}

/** How a kubelet gets to know a driver: it finds this socket among those of its folder, and asks who is there. */
function registration(endpoint: string): Calls {
  return {
    GetInfo: () => ({ type: "CSIPlugin", name: DRIVER, endpoint, supportedVersions: ["1.0.0"] }),
    NotifyRegistrationStatus({ pluginRegistered, error }: { pluginRegistered: boolean; error: string }) {
      console.log(pluginRegistered ? "The kubelet knows the driver" : `The kubelet refuses: ${error}`);
      return {};
    },
  };
}

const [proto = "", registrationProto = "", node = "", kubelet = "", folder = ""] = process.argv.slice(2);
const socket = join(kubelet, "plugins", DRIVER, "csi.sock");
await serve(socket, proto, {
  "csi.v1.Identity": identity,
  "csi.v1.Node": nodeCalls(node, new Disks(folder)),
});
await serve(join(kubelet, "plugins_registry", `${DRIVER}-reg.sock`), registrationProto, {
  "pluginregistration.Registration": registration(socket),
});
