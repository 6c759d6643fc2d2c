/**
 * A test bed: a real Kubernetes cluster on one machine, with no container engine. This file knows what a bed is made of on disk.
 *
 * Nouns: a *bed* is a cluster with its folder, name and address range; a *member* is one machine of it, a control plane or a
 * node, which is a network namespace and a folder; a *process* is a program that runs in one. All that a bed has started stands
 * in its folder, so that whoever comes later, after a crash too, can end it: nothing needs to be remembered in memory.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Beds are found here by later commands, whoever started them. */
const BEDS = "/var/tmp/holdfast-beds";
/** As many address ranges as there are: 10.100.0.0/16 and those after it. */
const BEDS_MAX = 16;
const FIRST_RANGE = 100;

/** What a bed is, as it stands in its folder. */
export interface Bed {
  readonly name: string;
  /** Which address range and which names of links and namespaces it has. */
  readonly index: number;
  readonly folder: string;
  readonly nodes: readonly string[];
  readonly controlPlanes: readonly string[];
}

/** A bed's folder, or the reason why there is none. */
export class BedError extends Error {}

/** Takes a free address range for a new bed. @throws {BedError} when the name is taken or no range is left */
export function claimBed(
  name: string,
  parts: { readonly nodes: number; readonly controlPlanes: number },
): Bed {
  if (!/^[a-z][a-z0-9-]{0,20}$/.test(name))
    throw new BedError(`A bed's name is short and of a-z, 0-9 and "-": ${name}`);
  mkdirSync(BEDS, { recursive: true });
  if (findBed(name) !== undefined)
    throw new BedError(`The bed ${name} is up: npm run cluster -- down --name ${name}`);
  for (let index = 0; index < BEDS_MAX; index++) {
    const folder = join(BEDS, String(index));
    try {
      mkdirSync(folder);
    } catch {
      continue;
    }
    const bed: Bed = {
      name,
      index,
      folder,
      nodes: numbered("node", parts.nodes),
      controlPlanes: numbered("control-plane", parts.controlPlanes),
    };
    writeFileSync(join(folder, "bed.json"), JSON.stringify(bed));
    return bed;
  }
  throw new BedError(`All ${BEDS_MAX} address ranges are taken by beds in ${BEDS}: end one with "down"`);
}

function numbered(what: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${what}-${i + 1}`);
}

/** The bed of that name. */
export function findBed(name: string): Bed | undefined {
  if (!existsSync(BEDS)) return undefined;
  return readdirSync(BEDS)
    .map((index) => join(BEDS, index, "bed.json"))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, "utf8")) as Bed)
    .find((bed) => bed.name === name);
}

/** Gives the address range back. */
export function releaseBed(bed: Bed): void {
  rmSync(bed.folder, { recursive: true, force: true });
}

/** One machine of a bed. */
export interface Member {
  readonly name: string;
  readonly folder: string;
  /** The network namespace; its name is the machine's on this host. */
  readonly namespace: string;
  /** The host's end of its wire, at the bed's switch. */
  readonly link: string;
  readonly ip: string;
}

/** The machine that stands before several control planes. */
export const BALANCER = "balancer";
const BALANCER_HOST = 200;

/** Every machine of the bed. */
export function membersOf(bed: Bed): readonly string[] {
  return [...bed.controlPlanes, ...(bed.controlPlanes.length > 1 ? [BALANCER] : []), ...bed.nodes];
}

/** Where a member stands: nodes have the addresses 1 and up, control planes 201 and up. */
export function memberOf(bed: Bed, name: string): Member {
  if (!membersOf(bed).includes(name)) {
    const known = membersOf(bed).join(", ");
    throw new BedError(`The bed ${bed.name} has no machine ${name}; it has ${known}`);
  }
  const node = bed.nodes.indexOf(name);
  const host = node >= 0 ? node + 1 : BALANCER_HOST + 1 + bed.controlPlanes.indexOf(name);
  const short = `hf${bed.index}-${host}`;
  return {
    name,
    folder: join(bed.folder, name),
    namespace: short,
    link: short,
    ip: `${rangeOf(bed)}.0.${host}`,
  };
}

/** The pod network of a node, e.g. "10.100.1.0/24". */
export function podRange(bed: Bed, node: string): string {
  return `${rangeOf(bed)}.${bed.nodes.indexOf(node) + 1}.0/24`;
}

/** The first two numbers of all its addresses, e.g. "10.100". */
export function rangeOf(bed: Bed): string {
  return `10.${FIRST_RANGE + bed.index}`;
}

/** The bed's switch, which is a bridge on the host, and the host's own address at it. */
export function switchOf(bed: Bed): { readonly link: string; readonly ip: string } {
  return { link: `hf${bed.index}`, ip: `${rangeOf(bed)}.0.254` };
}

/** Where every client of the cluster asks. */
export function apiAddress(bed: Bed): string {
  return memberOf(bed, bed.controlPlanes.length > 1 ? BALANCER : (bed.controlPlanes[0] as string)).ip;
}

/** Cluster IPs; outside every bed's machines and pods. */
export function serviceRange(bed: Bed): string {
  return `${rangeOf(bed)}.240.0/20`;
}

export function kubeconfigFile(bed: Bed): string {
  return join(bed.folder, "kubeconfig");
}

/** Where the processes of add-ons stand that are no machine's. */
export function addOnFolder(bed: Bed): string {
  return join(bed.folder, "add-ons");
}
