/**
 * The nodes of the lab: machines that can fail, a container runtime, a kubelet and a service proxy on each, the disks, and the
 * applications that run there. `createNodes` makes all of it; `lab.ts` wires it to an API server.
 *
 * Nouns: the `World` is what is so; the API is what somebody has reported. A `Host` is one machine with everything on it.
 * Data goes one way: faults change the world, hosts and wires follow, kubelets find out in their own time and report.
 * Nothing here schedules pods, moves them to other nodes or deletes volumes: that is for controllers.
 */
import { formatMicroTime } from "../../kube/time.ts";
import type { Timing } from "../../kube/timing.ts";
import type { Lease, Node, Pod } from "../../kube/types/index.ts";
import type { Engine } from "../../time/engine.ts";
import type { Api, Draft } from "../apiserver/api.ts";
import type { PodLogs } from "../apiserver/pod-logs.ts";
import type { Part } from "../context.ts";
import type { Heartbeats } from "../heartbeats.ts";
import type { PodMetrics } from "../pod-metrics.ts";
import { ClientTraffic } from "./client-traffic.ts";
import { type ContainerFaults, containerFaults } from "./container-faults.ts";
import { containerLogs } from "./container-logs.ts";
import { Failures } from "./failures.ts";
import { Hosts } from "./hosts.ts";
import { LeaseRenewals } from "./lease-renewals.ts";
import { LeaseWriter, NODE_LEASES } from "./lease-writer.ts";
import { LoadBalancer } from "./load-balancer.ts";
import { Machines } from "./machines.ts";
import { RequestMetrics } from "./metrics.ts";
import type { ProfileFile } from "./profile.ts";
import { ServiceLog } from "./proxy/service-log.ts";
import type { Traffic } from "./traffic.ts";
import { Volumes } from "./volumes/volumes.ts";
import type { FailureControl, Machine, World } from "./world.ts";

/** What the nodes are made of and run against. */
export interface NodesOptions {
  readonly engine: Engine;
  readonly api: Api;
  readonly timing: Timing;
  readonly profile?: ProfileFile;
  /** How many machines: node-1 … node-N. */
  readonly nodes: number;
  /** The machines are dealt round-robin over zone-1 … zone-Z. */
  readonly zones: number;
  readonly cpu: string;
  readonly memory: string;
  /** What the machines are made like, in the place of all that. */
  readonly likeNodes?: readonly Node[];
  /** Makes the API server itself refuse, or serve again. */
  readonly setApiServerFailed?: (failed: boolean) => void;
  /** Writes each renewal of a Lease, for those who watch from outside; otherwise it is worked out when somebody reads. */
  readonly writeRenewals?: boolean;
  /** Pods that kubelets run by themselves, by machine; each shows in the API as a mirror. */
  readonly staticPods?: Readonly<Record<string, readonly Draft<Pod>[]>>;
}

/** The nodes as the rest of the lab uses them. */
export interface Nodes {
  readonly world: World;
  readonly failures: FailureControl;
  readonly containers: ContainerFaults;
  readonly logs: PodLogs;
  readonly traffic: Traffic;
  readonly heartbeats: Heartbeats;
  readonly metrics: PodMetrics;
  readonly parts: readonly Part[];
  /** A Lease as it would stand if every renewal of a kubelet were written: what reads have to see. */
  readLease(stored: Lease): Lease;
  /** What was taken for granted about applications because nobody has said it, as sentences. */
  assumptions(): readonly string[];
}

/** Makes the nodes of a lab. Nothing runs before its parts are started. */
export function createNodes(options: NodesOptions): Nodes {
  const { engine, api, timing, profile, cpu, memory } = options;
  const machines = new Machines(machinesOf(options));
  const failures = new Failures(engine, machines, options.setApiServerFailed ?? (() => {}));
  const services = new ServiceLog(engine);
  const heartbeats = new LeaseRenewals(engine, machines, timing);
  const hosts = new Hosts({
    engine,
    // Writes of kubelets are "kubelet"'s in managedFields, whichever node they come from.
    api: api.as("kubelet"),
    timing,
    world: machines,
    volumes: new Volumes(engine, machines),
    services,
    profile,
    cpu,
    memory,
    likeNodes: options.likeNodes ?? [],
    staticPods: options.staticPods ?? {},
  });
  const metrics = new RequestMetrics(engine, hosts.byName);
  const traffic = new ClientTraffic({
    world: machines,
    network: hosts.network,
    applications: hosts.applications,
    services,
    balancer: new LoadBalancer(engine, engine.random("load-balancer"), machines),
    hosts: hosts.byName,
    onServed: ({ container }) => metrics.count(container),
  });
  const start = () => {
    services.start(api.as("kube-proxy"));
    heartbeats.start();
    hosts.start();
  };
  const parts: Part[] = [{ name: "nodes", start }];
  if (options.writeRenewals) {
    parts.push(
      new LeaseWriter({
        engine,
        api: api.as("kubelet"),
        renewals: heartbeats,
        nodes: [...machines.machines.keys()],
      }),
    );
  }
  return {
    world: machines,
    failures,
    containers: containerFaults(engine, hosts.byName),
    logs: containerLogs(engine, machines, hosts.byName),
    traffic,
    heartbeats,
    metrics,
    parts,
    readLease: (lease) => renewed(lease, heartbeats),
    assumptions: () => hosts.assumptions,
  };
}

function machinesOf({ nodes, zones, likeNodes }: NodesOptions): Machine[] {
  return Array.from({ length: likeNodes?.length ?? nodes }, (_, index) => ({
    name: likeNodes?.[index]?.metadata.name ?? `node-${index + 1}`,
    zone: likeNodes === undefined ? `zone-${(index % zones) + 1}` : zoneOf(likeNodes[index]),
    ip: `10.77.${Math.floor((index + 1) / 256)}.${(index + 1) % 256}`,
    state: "on",
    partitioned: false,
    kubelet: "running",
    diskFull: false,
    bootId: 1,
    clockOffsetMs: 0,
  }));
}

function zoneOf(node: Node | undefined): string {
  return node?.metadata.labels?.["topology.kubernetes.io/zone"] ?? "";
}

/** A node's Lease as it would stand if each renewal were written. */
function renewed(lease: Lease, heartbeats: LeaseRenewals): Lease {
  const { namespace, name } = lease.metadata;
  const renewMs = namespace === NODE_LEASES ? heartbeats.lastRenewMs(name) : undefined;
  if (renewMs === undefined) return lease;
  const renewTime = formatMicroTime(renewMs + heartbeats.clockOffsetMs(name));
  return { ...lease, spec: { ...lease.spec, renewTime } };
}
