/**
 * The lab: a whole cluster in this process — API server, controllers, scheduler, nodes — on one engine. Start it, give it
 * objects through `client` or `api`, let time pass, make machines fail. Equal seeds and equal requests give equal runs.
 *
 * This file only wires the parts; each says for itself what it does. Nothing here opens a port: the HTTP skin does.
 */
import type { Client } from "../client/client.ts";
import type { Kind } from "../kube/kind.ts";
import { leases, nodes } from "../kube/kinds.ts";
import { timingFor } from "../kube/timing.ts";
import type { PodTemplateSpec } from "../kube/types/index.ts";
import { Engine } from "../time/engine.ts";
import type { Api } from "./apiserver/api.ts";
import { createApiServer } from "./apiserver/create-api-server.ts";
import { createEventRecorder } from "./apiserver/event-recorder.ts";
import type { ApiServer } from "./apiserver/server.ts";
import { publishOwnEndpoints } from "./apiserver/services/own-endpoints.ts";
import { createLocalClient } from "./client.ts";
import type { LabContext, Part } from "./context.ts";
import { controllers } from "./controllers/registry.ts";
import { workloadProfile } from "./node/apps/workload-profile.ts";
import { createNodes } from "./node/nodes.ts";
import { DEFAULT_PROFILE, type ProfileFile, type WorkloadProfile } from "./node/profile.ts";
import type { Traffic } from "./node/traffic.ts";
import type { FailureControl, World } from "./node/world.ts";
import type { LabOptions, Replaceable } from "./options.ts";
import { scheduler } from "./scheduler.ts";
import { serverOptions } from "./server-flags.ts";

export interface Lab {
  readonly engine: Engine;
  readonly server: ApiServer;
  /** The API as "kubernetes-admin", synchronous and in process. */
  readonly api: Api;
  readonly world: World;
  readonly failures: FailureControl;
  readonly traffic: Traffic;
  /** The asynchronous client that works on every kind of cluster, in the name of `user`. */
  client(user: string): Client;
  /** The row of a kind, custom ones of this lab too. */
  findKind(apiVersion: string, kind: string): Kind | undefined;
  /** Resolves when every node is Ready. */
  ready(): Promise<void>;
  /** What is taken to be known of a workload: from the profile, the catalogue of images, the defaults. */
  profileOf(workload: WorkloadLike): WorkloadProfile;
  /** What was taken for granted because nothing said it. */
  assumptions(): readonly string[];
}

/** Anything with a pod template. */
export interface WorkloadLike {
  readonly metadata: { readonly namespace?: string; readonly name: string };
  readonly spec: { readonly template: PodTemplateSpec };
}

const READY_POLL_MS = 250;

/** Makes a lab and starts it: its nodes register and become Ready within the first seconds of its time. */
export function createLab(options: LabOptions = {}): Lab {
  const timing = timingFor(options.minor);
  const engine = new Engine({
    seed: options.seed ?? 1,
    ...(options.startMs === undefined ? {} : { startMs: options.startMs }),
    ...(options.keepTrace === undefined ? {} : { keepTrace: options.keepTrace }),
  });
  const server = createApiServer({ engine, timing, ...serverOptions(options) });
  const contextFor = (user: string, component: string): LabContext => {
    const api = server.api(user);
    return { engine, api, timing, events: createEventRecorder({ engine, api, component }) };
  };
  const { nodes: count = 3, zones = 1, nodeCpu: cpu = "4", nodeMemory: memory = "8Gi" } = options;
  const { profile, staticPods, likeNodes } = options;
  const isOwn = (part: Replaceable) => !options.without?.includes(part);
  const built = createNodes({
    engine,
    api: server.api("system:node"),
    timing,
    nodes: count,
    zones,
    cpu,
    memory,
    setApiServerFailed: (failed) => server.setUp(!failed),
    writeRenewals: !isOwn("controllers"),
    ...(profile === undefined ? {} : { profile }),
    ...(staticPods === undefined ? {} : { staticPods }),
    ...(likeNodes === undefined ? {} : { likeNodes }),
  });
  server.onRead(leases, built.readLease);
  server.podLogs = built.logs;
  publishOwnEndpoints(server.api("kube-apiserver"));
  const parts: Part[] = [
    ...controllers({
      heartbeats: built.heartbeats,
      metrics: built.metrics,
      kinds: server.kinds,
      rootCertificates: options.rootCertificates ?? "",
      legacyToken: (account, secret) => server.tokens.legacyToken(account, secret),
    })
      .filter(({ isAddOn }) => isAddOn || isOwn("controllers"))
      .map((row) => row.create(contextFor(`system:serviceaccount:kube-system:${row.account}`, row.name))),
    ...(isOwn("scheduler") ? [scheduler(contextFor("system:kube-scheduler", "default-scheduler"))] : []),
    ...built.parts,
  ];
  for (const part of parts) part.start();

  const api = server.api("kubernetes-admin");
  return {
    engine,
    server,
    api,
    world: built.world,
    failures: built.failures,
    traffic: built.traffic,
    client: (user) => createLocalClient(server, { user: { name: user, groups: ["system:masters"] } }),
    findKind: (apiVersion, kind) => server.kinds.find(apiVersion, kind),
    async ready() {
      while (!allReady(api, built.world.machines.size)) await engine.sleep(READY_POLL_MS);
    },
    profileOf: (workload) => profileOf(profile, workload),
    assumptions: () => built.assumptions(),
  };
}

/** A pod's profile is that of the container that keeps state, where one does, else of its first container. */
function profileOf(file: ProfileFile | undefined, { metadata, spec }: WorkloadLike): WorkloadProfile {
  const namespace = metadata.namespace ?? "";
  const profiles = spec.template.spec.containers.map((container) =>
    workloadProfile(file, { namespace, workload: metadata.name, container }),
  );
  return profiles.find((profile) => profile.role !== "web") ?? profiles[0] ?? DEFAULT_PROFILE;
}

function allReady(api: Api, wanted: number): boolean {
  const ready = api
    .list(nodes)
    .filter((node) => node.status.conditions?.some((c) => c.type === "Ready" && c.status === "True"));
  return ready.length >= wanted;
}
