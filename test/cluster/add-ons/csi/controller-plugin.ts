/**
 * The controller's half of the driver: makes disks, and gives each to one node at a time. Runs as a process of its own:
 * controller-plugin.ts CSI_PROTO SOCKET DISKS
 */
import { setTimeout as sleep } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { Disks } from "./disks.ts";
import { identity } from "./identity.ts";
import { type Calls, Refusal, serve } from "./service.ts";

const DEFAULT_BYTES = 1024 ** 3;

/** How long it takes to make a disk, to delete one, to give it to a node and to take it back: as in clouds, a second or two. */
const TAKES_MS = 1_500;

/** Access modes of a disk that only one node has. */
const MODES: ReadonlySet<string> = new Set(["SINGLE_NODE_WRITER", "SINGLE_NODE_READER_ONLY"]);

interface Capability {
  readonly accessMode?: { readonly mode: string } | null;
  readonly block?: object | null;
}

interface OfVolume {
  readonly volumeId: string;
  readonly nodeId: string;
  readonly volumeCapabilities?: readonly Capability[];
}

interface CreateVolume {
  readonly name: string;
  readonly volumeCapabilities: readonly Capability[];
  readonly capacityRange?: { readonly requiredBytes: number } | null;
}

function controller(disks: Disks): Calls {
  return {
    ControllerGetCapabilities: () => ({
      capabilities: ["CREATE_DELETE_VOLUME", "PUBLISH_UNPUBLISH_VOLUME"].map((type) => ({ rpc: { type } })),
    }),
    async CreateVolume({ name, volumeCapabilities, capacityRange }: CreateVolume) {
      const obstacle = obstacleIn(volumeCapabilities);
      if (obstacle !== undefined) throw new Refusal(status.INVALID_ARGUMENT, obstacle);
      await sleep(TAKES_MS);
      const capacityBytes = capacityRange?.requiredBytes || DEFAULT_BYTES;
      disks.create(name, capacityBytes);
      return { volume: { volumeId: name, capacityBytes } };
    },
    async DeleteVolume({ volumeId }: OfVolume) {
      await sleep(TAKES_MS);
      disks.delete(volumeId);
      return {};
    },
    async ControllerPublishVolume({ volumeId, nodeId }: OfVolume) {
      await sleep(TAKES_MS);
      disks.attach(volumeId, nodeId);
      return {};
    },
    async ControllerUnpublishVolume({ volumeId, nodeId }: OfVolume) {
      await sleep(TAKES_MS);
      disks.detach(volumeId, nodeId || undefined);
      return {};
    },
    ValidateVolumeCapabilities({ volumeCapabilities = [] }: OfVolume) {
      const obstacle = obstacleIn(volumeCapabilities);
      return obstacle === undefined ? { confirmed: { volumeCapabilities } } : { message: obstacle };
    },
  };
}

/** Why a disk cannot be what is asked for. */
function obstacleIn(capabilities: readonly Capability[]): string | undefined {
  if (capabilities.some(({ block }) => block)) return "a disk is a folder, not a block device";
  const mode = capabilities.map(({ accessMode }) => accessMode?.mode ?? "").find((each) => !MODES.has(each));
  return mode === undefined ? undefined : `a disk is one node's at a time: ${mode} is not supported`;
}

const [proto = "", socket = "", folder = ""] = process.argv.slice(2);
await serve(socket, proto, {
  "csi.v1.Identity": identity,
  "csi.v1.Controller": controller(new Disks(folder)),
});
