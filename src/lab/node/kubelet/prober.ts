import type { Container as ContainerSpec, ContainerStatus, Pod } from "../../../kube/types/index.ts";
import type { Probe } from "../../../kube/types/pod.ts";
import { isSidecar } from "./container-kinds.ts";
import { containerPath, type KubeletContext } from "./kubelet-context.ts";
import type { ProbeResults, ProbeVerdict } from "./pod-actions.ts";
import type { Readiness } from "./pod-status.ts";
import { type ProbeAnswer, type ProbeKind, ProbeWorker } from "./probe-worker.ts";
import type { StatusManager } from "./status-manager.ts";

const KINDS = ["startup", "readiness", "liveness"] as const;

/** Whom a kubelet's probes ask, and whom they tell. */
export interface ProberOptions {
  readonly context: KubeletContext;
  readonly statuses: StatusManager;
  /** The pod as it is known now. */
  readonly pod: (uid: string) => Pod | undefined;
  readonly ask: (pod: Pod, container: ContainerSpec, kind: ProbeKind, probe: Probe) => ProbeAnswer;
  /** A verdict that the pod has to be synced for. */
  readonly onVerdict: (podUid: string) => void;
}

/** All probes of one kubelet's pods, and what they have told. */
export class Prober implements ProbeResults, Readiness {
  readonly #options: ProberOptions;
  readonly #startedAtMs: number;
  readonly #workers = new Map<string, ProbeWorker>();
  readonly #keysOfPod = new Map<string, string[]>();
  /** By kind and container id. */
  readonly #results = new Map<string, ProbeVerdict>();
  readonly #resultsOfPod = new Map<string, Set<string>>();

  constructor(options: ProberOptions) {
    this.#options = options;
    this.#startedAtMs = options.context.agenda.engine.now();
  }

  /** Begins to probe the pod's containers, unless that is done already. */
  add(pod: Pod): void {
    const uid = pod.metadata.uid;
    if (this.#keysOfPod.has(uid)) return;
    const keys: string[] = [];
    for (const spec of [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)]) {
      for (const kind of KINDS) {
        const probe = spec[`${kind}Probe`];
        if (probe === undefined) continue;
        const key = workerKey(uid, spec.name, kind);
        keys.push(key);
        this.#workers.set(key, this.#worker(uid, spec, kind, probe));
      }
    }
    this.#keysOfPod.set(uid, keys);
  }

  remove(podUid: string): void {
    for (const key of this.#keysOfPod.get(podUid) ?? []) {
      this.#workers.get(key)?.stop();
      this.#workers.delete(key);
    }
    this.#keysOfPod.delete(podUid);
    for (const key of this.#resultsOfPod.get(podUid) ?? []) this.#results.delete(key);
    this.#resultsOfPod.delete(podUid);
  }

  /** A pod that is going is not restarted any more, but whether it is ready still counts. */
  stopLivenessAndStartup(pod: Pod): void {
    for (const spec of pod.spec.containers) {
      for (const kind of ["liveness", "startup"] as const) {
        this.#workers.get(workerKey(pod.metadata.uid, spec.name, kind))?.stop();
      }
    }
  }

  /** What the pod's probes see may be different now. */
  poke(podUid: string): void {
    for (const key of this.#keysOfPod.get(podUid) ?? []) this.#workers.get(key)?.poke();
  }

  liveness(containerId: string): ProbeVerdict {
    return this.#results.get(resultKey("liveness", containerId));
  }

  startup(containerId: string): ProbeVerdict {
    return this.#results.get(resultKey("startup", containerId));
  }

  isStarted(pod: Pod, status: ContainerStatus): boolean {
    const result = this.startup(containerId(status));
    if (result !== undefined) return result === "success";
    return !this.#workers.has(workerKey(pod.metadata.uid, status.name, "startup"));
  }

  isReady(pod: Pod, status: ContainerStatus): boolean {
    if (this.#results.get(resultKey("readiness", containerId(status))) === "success") return true;
    const worker = this.#workers.get(workerKey(pod.metadata.uid, status.name, "readiness"));
    // Not waiting for the next tick is what makes pods with long periods ready soon.
    worker?.trigger();
    return worker === undefined;
  }

  #worker(uid: string, spec: ContainerSpec, kind: ProbeKind, probe: Probe): ProbeWorker {
    const { context, statuses } = this.#options;
    const pod = () => this.#options.pod(uid);
    return new ProbeWorker(
      {
        context,
        kind,
        probe,
        pod,
        status: () => {
          const known = pod();
          return known === undefined ? undefined : findStatus(statuses, known, spec.name);
        },
        ask: () => {
          const known = pod();
          if (known === undefined) return { ok: false, output: "", tookMs: 0 };
          return this.#options.ask(known, spec, kind, probe);
        },
        onFailure: (output) => {
          const known = pod();
          if (known !== undefined) this.#tellFailure(known, spec, kind, output);
        },
        onVerdict: (id, verdict) => this.#told(uid, kind, id, verdict),
        onReplaced: (id) => this.#results.delete(resultKey(kind, id)),
      },
      this.#firstDelayMs(probe.periodSeconds * 1000),
    );
  }

  /** A kubelet that has just started would otherwise probe everything at the same moment. */
  #firstDelayMs(periodMs: number): number {
    const { agenda, random } = this.#options.context;
    return agenda.engine.now() - this.#startedAtMs < periodMs ? random.between(0, periodMs) : 0;
  }

  #told(podUid: string, kind: ProbeKind, id: string, verdict: ProbeVerdict): void {
    const key = resultKey(kind, id);
    this.#results.set(key, verdict);
    const keys = this.#resultsOfPod.get(podUid) ?? new Set<string>();
    this.#resultsOfPod.set(podUid, keys.add(key));
    const pod = this.#options.pod(podUid);
    if (pod === undefined || verdict === undefined) return;
    const { statuses } = this.#options;
    const isGood = verdict === "success";
    if (kind === "liveness" && isGood) return;
    if (kind === "readiness") statuses.setContainerReady(pod, `containerd://${id}`, isGood);
    if (kind === "startup") {
      statuses.setContainerStarted(pod, `containerd://${id}`, isGood);
      this.poke(podUid);
    }
    this.#options.onVerdict(podUid);
  }

  #tellFailure(pod: Pod, spec: ContainerSpec, kind: ProbeKind, output: string): void {
    const title = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
    const path = containerPath(pod, spec.name);
    this.#options.context.tell(pod, "Warning", "Unhealthy", `${title} probe failed: ${output}`, path);
  }
}

function findStatus(statuses: StatusManager, pod: Pod, name: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = statuses.get(pod);
  return [...containerStatuses, ...initContainerStatuses].find((status) => status.name === name);
}

/** The runtime's own id of the container. */
function containerId(status: ContainerStatus): string {
  return status.containerID?.slice("containerd://".length) ?? "";
}

function workerKey(podUid: string, container: string, kind: ProbeKind): string {
  return `${podUid}/${container}/${kind}`;
}

function resultKey(kind: ProbeKind, id: string): string {
  return `${kind}/${id}`;
}
