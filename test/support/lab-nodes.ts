/** The nodes of a lab on an API server of their own: no controllers and no scheduler, tests bind pods themselves. */
import { leases, pods } from "../../src/kube/kinds.ts";
import { timingFor } from "../../src/kube/timing.ts";
import type { Pod } from "../../src/kube/types/index.ts";
import type { Draft } from "../../src/lab/apiserver/api.ts";
import { createNodes, type Nodes } from "../../src/lab/node/nodes.ts";
import type { ProfileFile } from "../../src/lab/node/profile.ts";
import { type TestApi, testApi } from "./api.ts";
import type { PodBuilder } from "./pods.ts";

export interface TestNodesOptions {
  readonly seed?: number;
  readonly nodes?: number;
  readonly zones?: number;
  readonly profile?: ProfileFile;
  readonly staticPods?: Readonly<Record<string, readonly Draft<Pod>[]>>;
}

export interface TestNodes extends TestApi, Omit<Nodes, "parts"> {
  /** Lets so many seconds pass. */
  seconds(count: number): void;
  /** Creates the pod, bound as it says. */
  run(pod: PodBuilder): Pod;
  /** The pod as the API has it. */
  pod(name: string, namespace?: string): Pod | undefined;
  isReady(name: string): boolean;
  /** Lets time pass until that holds; `false` when it does not within so many seconds. */
  within(seconds: number, holds: () => boolean): boolean;
}

/** Three nodes that are Ready, unless told otherwise. */
export function testNodes(options: TestNodesOptions = {}): TestNodes {
  const base = testApi({
    rootCertificates: true,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  });
  const { engine, api, server } = base;
  const { profile, staticPods } = options;
  const nodes = createNodes({
    engine,
    api,
    timing: timingFor(),
    nodes: options.nodes ?? 3,
    zones: options.zones ?? 1,
    cpu: "4",
    memory: "8Gi",
    setApiServerFailed: (failed) => server.setUp(!failed),
    ...(profile !== undefined && { profile }),
    ...(staticPods !== undefined && { staticPods }),
  });
  server.onRead(leases, nodes.readLease);
  for (const part of nodes.parts) part.start();
  engine.runFor(2_000);
  const pod = (name: string, namespace = "default") => api.get(pods, namespace, name);
  return {
    ...base,
    ...nodes,
    seconds: (count) => engine.runFor(count * 1_000),
    // A pod's priority follows from its class: the API server does not want to be told.
    run({
      metadata: { uid: _uid, resourceVersion: _version, ...metadata },
      spec: { priority: _priority, ...spec },
    }) {
      return api.create(pods, { apiVersion: "v1", kind: "Pod", metadata, spec });
    },
    pod,
    isReady: (name) =>
      pod(name)?.status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ??
      false,
    within: (count, holds) => engine.runWhile(() => !holds(), engine.now() + count * 1_000),
  };
}
