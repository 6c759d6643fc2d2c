import type { World } from "../world.ts";
import { parseImage, qualifiedImage } from "./image-names.ts";

/** Why an image cannot be had now. */
export interface PullProblem {
  /** As containerd words it. */
  readonly message: string;
  /** How long it takes to find that out. */
  readonly afterMs: number;
}

/** containerd gives up on a connection after so long. */
const DIAL_TIMEOUT_MS = 30_000;

/**
 * Whether a machine could pull an image now. A registry whose name is a machine's name, or begins with it, runs on that
 * machine; every other one is outside.
 */
export function pullProblem(
  world: World,
  machine: string,
  image: string,
  isUnavailable: boolean,
): PullProblem | undefined {
  const full = qualifiedImage(image);
  const prefix = `failed to pull and unpack image "${full}":`;
  if (world.machines.get(machine)?.diskFull) {
    return { message: `${prefix} failed to extract layer: no space left on device`, afterMs: 2_000 };
  }
  const resolve = `${prefix} failed to resolve reference "${full}":`;
  if (isUnavailable) return { message: `${resolve} ${full}: not found`, afterMs: 1_000 };
  const registry = parseImage(image).registry ?? "registry-1.docker.io";
  const host = registryMachine(world, registry);
  if (world.reaches({ machine }, host === undefined ? "outside" : { machine: host })) return undefined;
  const { repository, tag = "latest" } = parseImage(full);
  const url = `https://${registry}/v2/${repository}/manifests/${tag}`;
  return {
    message: `${resolve} failed to do request: Head "${url}": dial tcp: i/o timeout`,
    afterMs: DIAL_TIMEOUT_MS,
  };
}

function registryMachine(world: World, registry: string): string | undefined {
  const host = registry.replace(/:\d+$/, "");
  for (const { name, ip } of world.machines.values()) {
    if (host === name || host === ip || host.startsWith(`${name}.`)) return name;
  }
  return undefined;
}
