/** A whole bed: up, made to fail, healed, and down. */
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createHttpClient, type HttpClient } from "../../src/client/http/http-client.ts";
import { loadKubeconfig } from "../../src/client/http/kubeconfig.ts";
import { nodes } from "../../src/kube/kinds.ts";
import {
  ADMIN,
  type ExtraFlags,
  isServing,
  startApiServer,
  startControllerManager,
  startEtcd,
  startScheduler,
} from "./control-plane.ts";
import { Credentials } from "./credentials.ts";
import { type ImageOptions, PAUSE_IMAGE, PAUSE_SOURCE, packImage, packProgram } from "./image.ts";
import { addFakeNodes } from "./kwok.ts";
import { unmountAll } from "./mounts.ts";
import { createHostRoutes, createMember, createSwitch, removeNetwork, setWire } from "./network.ts";
import { cutPower, hangKubelet, loadImage, startNode, stopKubelet, writeNodeFiles } from "./node.ts";
import { logFile, pidOf, processesIn, startProcess, stopProcesses, waitFor } from "./processes.ts";
import {
  addOnFolder,
  apiAddress,
  BALANCER,
  type Bed,
  BedError,
  claimBed,
  kubeconfigFile,
  memberOf,
  membersOf,
  rangeOf,
  releaseBed,
  serviceRange,
} from "./state.ts";

const API_PORT = 6443;
const ETCD_PORTS = { port: 2379, peerPort: 2380 };
const PROGRAM_PORTS = { manager: 10257, scheduler: 10259 };
const READY_SECONDS = 120;

/** How a node can be made to fail. */
export type NodeFailure = "power-off" | "partition" | "kubelet-stop" | "kubelet-hang";

/** Something that a bed has only on request. It waits until it works. */
export type AddOn = (bed: Bed, client: HttpClient) => Promise<void>;

export interface BedOptions extends ExtraFlags {
  readonly name?: string;
  readonly nodes?: number;
  readonly controlPlanes?: number;
  readonly kwok?: number;
  /** Started one after another, once the nodes are Ready. */
  readonly addOns?: readonly AddOn[];
}

/** What has to be there for a bed, and is not; nothing where it can run. */
export function missingForBed(): string | undefined {
  if (process.platform !== "linux") return "it is made of Linux's network namespaces";
  if (process.getuid?.() !== 0) return "making network namespaces takes root";
  const wanted = ["containerd", "runc", "ip", "iptables", "conntrack", "nsenter", "gcc", "tar"];
  const missing = wanted.filter((name) => !isOnPath(name));
  if (!existsSync("/usr/lib/cni/bridge")) missing.push("containernetworking-plugins");
  return missing.length === 0
    ? undefined
    : `this machine has no ${missing.join(", ")} (test/cluster/prepare.sh)`;
}

export function isOnPath(name: string): boolean {
  return (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, name)));
}

/** Starts a bed and waits until its nodes are Ready. It lives until `takeDown`, also when this process ends.
 * @throws {BedError} when it cannot be; nothing of it is left then */
export async function bringUp(options: BedOptions = {}): Promise<Bed> {
  const why = missingForBed();
  if (why !== undefined) throw new BedError(`No test bed can run here: ${why}`);
  const bed = claimBed(options.name ?? "bed", {
    nodes: options.nodes ?? 3,
    controlPlanes: options.controlPlanes ?? 1,
  });
  try {
    await build(bed, options);
    return bed;
  } catch (error) {
    await takeDown(bed);
    throw error;
  }
}

async function build(bed: Bed, options: BedOptions): Promise<void> {
  createSwitch(bed);
  for (const name of membersOf(bed)) createMember(bed, memberOf(bed, name));
  createHostRoutes(bed);
  const credentials = new Credentials(join(bed.folder, "credentials"));
  const url = `https://${apiAddress(bed)}:${API_PORT}`;
  const kubeconfig = credentials.kubeconfig(kubeconfigFile(bed), url, ADMIN);
  await startControlPlanes(bed, credentials, url, options);
  packProgram({ name: PAUSE_IMAGE, source: PAUSE_SOURCE }, imageFile(bed, PAUSE_IMAGE));
  await Promise.all(
    bed.nodes.map(async (name) => {
      const node = memberOf(bed, name);
      writeNodeFiles(bed, node, credentials, url);
      await startNode(node, images(bed));
    }),
  );
  const client = clientOf(bed);
  try {
    if (options.kwok !== undefined && options.kwok > 0) {
      await addFakeNodes(client, options.kwok, { folder: join(bed.folder, "kwok"), kubeconfig });
    }
    const log = bed.nodes[0] && logFile(memberOf(bed, bed.nodes[0]).folder, "kubelet");
    await waitFor("Ready nodes", READY_SECONDS, () => areReady(client, bed.nodes), log);
    for (const addOn of options.addOns ?? []) await addOn(bed, client);
  } finally {
    client.close();
  }
}

async function startControlPlanes(
  bed: Bed,
  credentials: Credentials,
  url: string,
  flags: ExtraFlags,
): Promise<void> {
  const planes = bed.controlPlanes.map((name) => memberOf(bed, name));
  const members = Object.fromEntries(planes.map(({ name, ip }) => [name, ip]));
  const elections = planes.length > 1;
  // A member of etcd answers once most of them are there.
  await Promise.all(planes.map((plane) => startEtcd({ ...plane, ...ETCD_PORTS, members })));
  const addresses = [...planes.map(({ ip }) => ip), apiAddress(bed), `${rangeOf(bed)}.240.1`];
  for (const plane of planes) {
    await startApiServer({
      ...plane,
      credentials,
      port: API_PORT,
      etcd: [`http://${plane.ip}:${ETCD_PORTS.port}`],
      addresses,
      serviceRange: serviceRange(bed),
      flags: flags.apiServer ?? [],
    });
  }
  const targets = planes.map(({ ip }) => ip);
  if (elections) startBalancer(bed, targets);
  const [first] = planes;
  const log = logFile(first?.folder ?? "", "kube-apiserver");
  await isServing(url, credentials.authorityFile, kubeconfigFile(bed), log);
  for (const plane of planes) {
    const common = { ...plane, credentials, url, elections };
    const manager = { port: PROGRAM_PORTS.manager, flags: flags.controllerManager ?? [] };
    const scheduler = { port: PROGRAM_PORTS.scheduler, flags: flags.scheduler ?? [] };
    await startControllerManager({ ...common, ...manager });
    await startScheduler({ ...common, ...scheduler });
  }
}

function startBalancer(bed: Bed, targets: readonly string[]): void {
  const { folder, namespace, ip } = memberOf(bed, BALANCER);
  const script = fileURLToPath(new URL("./balancer.ts", import.meta.url));
  const command = [process.execPath, "--import", "tsx", script, ip, String(API_PORT), ...targets];
  startProcess({ folder, name: "balancer", namespace, command });
}

async function areReady(client: HttpClient, names: readonly string[]): Promise<boolean> {
  const { items } = await client.list(nodes);
  return names.every((name) => {
    const node = items.find(({ metadata }) => metadata.name === name);
    return node?.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  });
}

/** A client of the bed's API with an administrator's rights. */
export function clientOf(bed: Bed): HttpClient {
  return createHttpClient(loadKubeconfig({ path: kubeconfigFile(bed) }));
}

/** Makes an image and gives it to every node; nodes that start later get it too. */
export function addImage(bed: Bed, options: ImageOptions): void {
  distribute(bed, options.name, (to) => packImage(options, to));
}

/** The same of a C program. */
export function addProgram(bed: Bed, options: { readonly name: string; readonly source: string }): void {
  distribute(bed, options.name, (to) => packProgram(options, to));
}

function distribute(bed: Bed, name: string, pack: (to: string) => void): void {
  const archive = imageFile(bed, name);
  pack(archive);
  for (const node of bed.nodes) {
    const member = memberOf(bed, node);
    if (pidOf(member.folder, "containerd") !== undefined) loadImage(member, archive);
  }
}

function imageFile(bed: Bed, name: string): string {
  const folder = join(bed.folder, "images");
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name.replace(/[/:]/g, "_")}.tar`);
}

function images(bed: Bed): readonly string[] {
  const folder = join(bed.folder, "images");
  return readdirSync(folder).map((file) => join(folder, file));
}

/** Makes a node fail. */
export async function failNode(bed: Bed, name: string, how: NodeFailure): Promise<void> {
  const node = nodeOf(bed, name);
  switch (how) {
    case "power-off":
      // The wire first: what dies must not say goodbye.
      setWire(node, false);
      await cutPower(node);
      break;
    case "partition":
      setWire(node, false);
      break;
    case "kubelet-stop":
      await stopKubelet(node);
      break;
    case "kubelet-hang":
      hangKubelet(node, true);
      break;
  }
}

/** Undoes whatever was done to a node; does nothing to a healthy one. */
export async function healNode(bed: Bed, name: string): Promise<void> {
  const node = nodeOf(bed, name);
  setWire(node, true);
  hangKubelet(node, false);
  const isOff = pidOf(node.folder, "containerd") === undefined;
  if (isOff || pidOf(node.folder, "kubelet") === undefined) await startNode(node, isOff ? images(bed) : []);
}

function nodeOf(bed: Bed, name: string) {
  if (!bed.nodes.includes(name)) {
    throw new BedError(`The bed ${bed.name} has no node ${name}; it has ${bed.nodes.join(", ")}`);
  }
  return memberOf(bed, name);
}

/** Ends everything of a bed and removes all that it has made. */
export async function takeDown(bed: Bed): Promise<void> {
  await Promise.all(
    bed.nodes.map(async (name) => {
      const node = memberOf(bed, name);
      // A node that hangs would not hear that it is to end.
      if (existsSync(node.folder)) await cutPower(node);
    }),
  );
  for (const folder of [
    ...membersOf(bed).map((name) => memberOf(bed, name).folder),
    join(bed.folder, "kwok"),
    addOnFolder(bed),
  ]) {
    await stopProcesses(folder, processesIn(folder), 1_000);
  }
  unmountAll(bed.folder);
  removeNetwork(bed);
  // What was unmounted while in use goes a moment later.
  await waitFor("The end of the bed's folder", 20, () => isRemoved(bed));
}

function isRemoved(bed: Bed): boolean {
  try {
    releaseBed(bed);
    return true;
  } catch {
    unmountAll(bed.folder);
    return false;
  }
}
