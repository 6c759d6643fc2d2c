import type { RandomStream } from "../../../base/random.ts";
import type { Container, Pod, Probe } from "../../../kube/types/index.ts";
import type { ContainerPlace } from "../host/container.ts";
import { parseImage } from "../host/image-names.ts";
import type { PlanProcess } from "../kubelet/pod-services.ts";
import type { WorkloadProfile } from "../profile.ts";
import type { DataVolume } from "../volumes/data-volume.ts";
import { catalogueEntry } from "./catalogue.ts";
import { type DataStore, OwnStore } from "./data-store.ts";
import { parseNeed } from "./needs.ts";
import { type PlainCommand, plainCommand } from "./plain-command.ts";

/** How long containers run that do their work and end, when nothing says so. */
const JOB_SECONDS = 5;
const INIT_SECONDS = 1;

/** What the programs of one machine depend on. */
export interface PlannerOptions {
  readonly machine: string;
  readonly random: RandomStream;
  readonly profileOf: (pod: Pod, container: Container) => WorkloadProfile;
  /** Whether everything that a container needs can be reached now. */
  readonly hasNeeds: (pod: Pod, container: Container) => boolean;
  /** Whether the machine's disk has room. */
  readonly hasRoom: () => boolean;
  /** Told of a container whose readiness looks at what it needs. */
  readonly onWatchesNeeds: () => void;
}

/** Works out what the programs of one machine's containers do. */
export function processPlanner(options: PlannerOptions): PlanProcess {
  const { machine, random } = options;
  return ({ pod, container, place, mounts }) => {
    const profile = options.profileOf(pod, container);
    if (profile.readinessChecksNeeds) options.onWatchesNeeds();
    const [min, max] = profile.startSeconds;
    const command = plainCommand(container);
    const runSeconds = errandSeconds(pod, container, place, profile, command);
    const namespace = pod.metadata.namespace ?? "default";
    return {
      profile,
      needs: profile.needs.map((text) => parseNeed(text, namespace)),
      ports: portsOf(container),
      startMs: random.between(min * 1000, max * 1000),
      store: storeOf(machine, container, profile, mounts) ?? ownStore(profile, options.hasRoom),
      ...(runSeconds !== undefined && {
        errand: {
          runMs: runSeconds * 1000,
          result: () => profile.exitCode ?? command?.exitCode ?? (options.hasNeeds(pod, container) ? 0 : 1),
        },
      }),
    };
  };
}

/** How long the container runs, if it is one that ends by itself. */
function errandSeconds(
  pod: Pod,
  container: Container,
  place: ContainerPlace,
  { runSeconds }: WorkloadProfile,
  command: PlainCommand | undefined,
): number | undefined {
  if (runSeconds !== undefined) return runSeconds;
  if (command !== undefined) return command.runSeconds;
  if (place === "init") return INIT_SECONDS;
  // Somebody looks around in it, for as long as it takes.
  if (place === "ephemeral") return undefined;
  const serves =
    (container.ports ?? []).length > 0 || container.restartPolicy === "Always" || staysByItself(container);
  return pod.spec.restartPolicy === "Always" || serves ? undefined : JOB_SECONDS;
}

/** Whether its image, started with nothing else to do, runs until it is stopped. */
function staysByItself({ image, command, args }: Container): boolean {
  const known = catalogueEntry(parseImage(image).repository);
  return known !== undefined && command === undefined && args === undefined && !known.ends;
}

/** The ports that a container says it has, or that its probes or its image let on. */
export function portsOf(container: Container): ReadonlySet<number> | "any" {
  const declared = (container.ports ?? []).map(({ containerPort }) => containerPort);
  const probed = [container.startupProbe, container.readinessProbe, container.livenessProbe]
    .map((probe) => probe && probePort(container, probe))
    .filter((port) => port !== undefined);
  const known =
    declared.length > 0 ? [] : (catalogueEntry(parseImage(container.image).repository)?.ports ?? []);
  const ports = [...declared, ...probed, ...known];
  return ports.length > 0 ? new Set(ports) : "any";
}

/** The number of the port that a probe asks at; nothing for one that runs a command, or names a port that is not there. */
export function probePort(container: Container, probe: Probe): number | undefined {
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port;
  if (port === undefined || typeof port === "number") return port;
  const number = Number(port);
  if (Number.isInteger(number)) return number;
  return container.ports?.find(({ name }) => name === port)?.containerPort;
}

/** Where the program keeps its data: where its image is known to, else on a claimed volume, else on any other. */
function storeOf(
  machine: string,
  container: Container,
  profile: WorkloadProfile,
  mounts: ReadonlyMap<string, DataVolume | undefined>,
): DataStore | undefined {
  const isDatabase = profile.role !== "web";
  const { dataPath } = catalogueEntry(parseImage(container.image).repository) ?? {};
  let best: { readonly volume: DataVolume; readonly rank: number } | undefined;
  for (const { name, mountPath, readOnly } of container.volumeMounts ?? []) {
    const volume = mounts.get(name);
    if (volume === undefined || readOnly) continue;
    const isClaimed = volume.id.startsWith("pv/");
    // What a web server writes into a scratch directory is not what its users come for.
    if (!isDatabase && !isClaimed) continue;
    const rank = (isDatabase && isWithin(mountPath, dataPath) ? 2 : 0) + (isClaimed ? 1 : 0);
    if (best === undefined || rank > best.rank) best = { volume, rank };
  }
  return best?.volume.storeFor(machine, isDatabase);
}

/** Databases write into their container's layer where they have no volume; the others keep what they have in memory. */
function ownStore({ role }: WorkloadProfile, hasRoom: () => boolean): DataStore {
  return role === "database" ? new OwnStore(hasRoom) : new OwnStore();
}

function isWithin(mountPath: string, dataPath: string | undefined): boolean {
  if (dataPath === undefined) return false;
  const mount = mountPath.replace(/\/+$/, "");
  return `${dataPath}/`.startsWith(`${mount}/`) || `${mount}/`.startsWith(`${dataPath}/`);
}
