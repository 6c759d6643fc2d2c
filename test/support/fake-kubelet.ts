/**
 * Stands in for scheduler and kubelets where a test is about controllers: binds pods, has them running and ready after a
 * while, ends them when they are deleted. Not a model of anything: for that there is the lab's own kubelet.
 */
import { pods } from "../../src/kube/kinds.ts";
import type { Condition, ContainerStatus, Pod, PodStatus } from "../../src/kube/types/index.ts";
import type { Api } from "../../src/lab/apiserver/api.ts";
import type { Engine } from "../../src/time/engine.ts";
import { timeAt } from "./pods.ts";

export interface FakeKubeletOptions {
  /** Dealt to unbound pods in turn; without any, pods stay as they are bound by the test. */
  readonly nodes?: readonly string[];
  /** From being bound to being ready; `undefined` for a pod that never gets there. */
  readonly readyAfterMs?: (pod: Pod) => number | undefined;
  /** From deletion to being gone. */
  readonly stopAfterMs?: number | ((pod: Pod) => number);
  /** How a pod that does not restart ends, and when after it became ready; by default it runs on. */
  readonly ends?: (pod: Pod) => { readonly afterMs: number; readonly exitCode: number } | undefined;
}

export interface FakeKubelet {
  /** From now on nothing happens to pods on that node: it has lost its power. */
  kill(nodeName: string): void;
}

/** Begins at once. */
export function fakeKubelet(engine: Engine, api: Api, options: FakeKubeletOptions = {}): FakeKubelet {
  const { nodes = [], readyAfterMs = () => 1_000, stopAfterMs = 1_000, ends = () => undefined } = options;
  const dead = new Set<string>();
  let next = 0;

  const isUp = (): boolean => {
    try {
      api.get(pods, "", "");
      return true;
    } catch {
      return false;
    }
  };
  const later = (delayMs: number, pod: Pod, act: (current: Pod) => void) => {
    engine.after(delayMs, () => {
      if (!isUp()) {
        later(1_000, pod, act);
        return;
      }
      const { namespace, name, uid } = pod.metadata;
      const current = api.get(pods, namespace, name);
      if (current?.metadata.uid !== uid || dead.has(current.spec.nodeName ?? "")) return;
      act(current);
    });
  };
  const bind = (pod: Pod) => {
    const node = targetOf(pod) ?? nodes[next++ % nodes.length];
    if (node === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    api.bind(pod.metadata.namespace ?? "", pod.metadata.name, node);
  };
  const run = (pod: Pod) => {
    if (pod.status.phase !== "Pending" || pod.metadata.deletionTimestamp !== undefined) return;
    const ready = api.updateStatus(pods, { ...pod, status: runningStatus(pod, engine.now()) });
    const end = ends(ready);
    if (end === undefined) return;
    later(end.afterMs, ready, (current) => {
      if (current.status.phase !== "Running") return;
      api.updateStatus(pods, { ...current, status: endedStatus(current, end.exitCode, engine.now()) });
    });
  };

  const seen = (pod: Pod, previous: Pod | undefined) => {
    if (pod.spec.nodeName === undefined) {
      if (previous === undefined && nodes.length > 0) later(1, pod, bind);
      return;
    }
    const wasBound = previous?.spec.nodeName !== undefined;
    const readyMs = wasBound ? undefined : readyAfterMs(pod);
    if (readyMs !== undefined) later(readyMs, pod, run);
    const isLeaving = pod.metadata.deletionTimestamp !== undefined;
    if (isLeaving && previous?.metadata.deletionTimestamp === undefined) {
      const stopMs = typeof stopAfterMs === "number" ? stopAfterMs : stopAfterMs(pod);
      later(stopMs, pod, ({ metadata }) =>
        api.delete(pods, metadata.namespace, metadata.name, { gracePeriodSeconds: 0 }),
      );
    }
  };
  api.onChange(pods, ({ type, object, previous }) => {
    if (type !== "DELETED") seen(object, previous);
  });
  for (const pod of api.list(pods)) seen(pod, undefined);
  return { kill: (nodeName) => dead.add(nodeName) };
}

/** The only node that the pod's affinity allows, as DaemonSets write it. */
function targetOf({ spec }: Pod): string | undefined {
  const terms =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms?.[0]?.matchFields?.find(({ key }) => key === "metadata.name")?.values?.[0];
}

function runningStatus({ spec, status }: Pod, nowMs: number): PodStatus {
  const startedAt = timeAt(nowMs);
  return {
    ...status,
    phase: "Running",
    startTime: startedAt,
    conditions: conditions(status, "True", nowMs),
    containerStatuses: spec.containers.map(
      ({ name, image }): ContainerStatus => ({
        name,
        image,
        imageID: image,
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt } },
        lastState: {},
      }),
    ),
  };
}

function endedStatus({ status }: Pod, exitCode: number, nowMs: number): PodStatus {
  const finishedAt = timeAt(nowMs);
  const reason = exitCode === 0 ? "Completed" : "Error";
  return {
    ...status,
    phase: exitCode === 0 ? "Succeeded" : "Failed",
    conditions: conditions(status, "False", nowMs),
    containerStatuses: (status.containerStatuses ?? []).map((container) => ({
      ...container,
      ready: false,
      started: false,
      state: { terminated: { exitCode, reason, finishedAt } },
    })),
  };
}

function conditions(status: PodStatus, ready: "True" | "False", nowMs: number): readonly Condition[] {
  const others = (status.conditions ?? []).filter(
    ({ type }) => type !== "Ready" && type !== "ContainersReady",
  );
  const dated = { lastProbeTime: null, lastTransitionTime: timeAt(nowMs) };
  return [
    ...others,
    { type: "ContainersReady", status: ready, ...dated },
    { type: "Ready", status: ready, ...dated },
  ];
}
