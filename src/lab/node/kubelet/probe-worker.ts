import type { ContainerStatus, Pod, Probe } from "../../../kube/types/index.ts";
import type { Timer } from "../../../time/engine.ts";
import type { KubeletContext } from "./kubelet-context.ts";
import type { ProbeVerdict } from "./pod-actions.ts";

/** What a probe is asked for: traffic, a restart, or whether the others may begin. */
export type ProbeKind = "readiness" | "liveness" | "startup";

/** What came of one try. A try that gets no answer takes as long as the probe's time-out. */
export interface ProbeAnswer {
  readonly ok: boolean;
  readonly output: string;
  readonly tookMs: number;
}

/** One probe and those who want to hear of it. */
export interface ProbeWorkerOptions {
  readonly context: KubeletContext;
  readonly kind: ProbeKind;
  readonly probe: Probe;
  /** The pod as it is known now; absent once it is gone. */
  readonly pod: () => Pod | undefined;
  /** The container's status as it was reported last. */
  readonly status: () => ContainerStatus | undefined;
  readonly ask: () => ProbeAnswer;
  /** A failure that was counted. */
  readonly onFailure: (output: string) => void;
  /** The verdict on the container with this id is another one now. */
  readonly onVerdict: (containerId: string, verdict: ProbeVerdict) => void;
  /** It has met a new container: what it told of this one counts no more. */
  readonly onReplaced: (containerId: string) => void;
}

/**
 * One probe of one container. It asks at the ticks of its own period, but only while an answer could change something:
 * a probe that holds what it last told sleeps until it is poked, and then goes on at its own ticks.
 */
export class ProbeWorker {
  readonly #options: ProbeWorkerOptions;
  #anchorMs: number;
  #next: Timer | undefined;
  #containerId: string | undefined;
  #verdict: ProbeVerdict;
  #lastOk: boolean | undefined;
  #run = 0;
  #onHold = false;
  #busy = false;
  #stopped = false;

  /** `delayMs` passes before its first tick. */
  constructor(options: ProbeWorkerOptions, delayMs: number) {
    this.#options = options;
    this.#anchorMs = this.#now() + delayMs;
    this.#planTick();
  }

  /** Something that its answer depends on has changed: it looks again at its next tick. */
  poke(): void {
    this.#planTick();
  }

  /** Asks at once, and counts its ticks from now. */
  trigger(): void {
    // A worker that has not begun yet, as after a start of the kubelet, does not listen.
    if (this.#stopped || this.#busy || this.#now() < this.#anchorMs) return;
    this.#next?.cancel();
    this.#anchorMs = this.#now();
    this.#next = this.#options.context.agenda.after(0, () => this.#tick());
  }

  stop(): void {
    this.#stopped = true;
    this.#next?.cancel();
  }

  get #periodMs(): number {
    return this.#options.probe.periodSeconds * 1000;
  }

  #now(): number {
    return this.#options.context.agenda.engine.now();
  }

  #planTick(): void {
    if (this.#stopped || this.#busy || this.#next?.pending) return;
    const ticks = Math.max(0, Math.ceil((this.#now() - this.#anchorMs) / this.#periodMs));
    this.#next = this.#options.context.agenda.at(this.#anchorMs + ticks * this.#periodMs, () => this.#tick());
  }

  #planNextTick(): void {
    if (this.#stopped) return;
    const ticks = Math.floor((this.#now() - this.#anchorMs) / this.#periodMs) + 1;
    this.#next = this.#options.context.agenda.at(this.#anchorMs + ticks * this.#periodMs, () => this.#tick());
  }

  #tick(): void {
    const { kind, probe } = this.#options;
    const pod = this.#options.pod();
    const status = this.#options.status();
    const id = status?.containerID?.slice("containerd://".length);
    // Whoever changes one of these pokes.
    if (pod === undefined || status === undefined || id === undefined) return;
    if (this.#containerId !== id) this.#meet(id);
    if (this.#onHold) return;
    if (status.state.running === undefined) {
      this.#tell("failure");
      return;
    }
    if (pod.metadata.deletionTimestamp !== undefined && kind !== "readiness") {
      this.#tell("success");
      this.stop();
      return;
    }
    const startedAtMs = this.#startedAtMs(status);
    const waitSeconds = probe.initialDelaySeconds ?? 0;
    if (Math.floor((this.#now() - startedAtMs) / 1000) < waitSeconds) {
      this.#planNextTick();
      return;
    }
    // A startup probe is done once the container has started; the others only begin then.
    if ((status.started ?? false) === (kind === "startup")) return;
    this.#ask();
  }

  #ask(): void {
    const answer = this.#options.ask();
    if (answer.tookMs === 0) {
      this.#count(answer);
      return;
    }
    this.#busy = true;
    this.#options.context.agenda.after(answer.tookMs, () => {
      this.#busy = false;
      if (!this.#stopped) this.#count(answer);
    });
  }

  #count({ ok, output }: ProbeAnswer): void {
    const { kind, probe } = this.#options;
    if (!ok) this.#options.onFailure(output);
    this.#run = this.#lastOk === ok ? this.#run + 1 : 1;
    this.#lastOk = ok;
    if (this.#run < (ok ? probe.successThreshold : probe.failureThreshold)) {
      this.#planNextTick();
      return;
    }
    this.#tell(ok ? "success" : "failure");
    if (kind === "startup" || (kind === "liveness" && !ok)) {
      // The container starts over, or has started: nothing more to ask of this one.
      this.#onHold = true;
      this.#run = 0;
      return;
    }
    if (!ok) this.#planNextTick();
  }

  #meet(containerId: string): void {
    if (this.#containerId !== undefined) this.#options.onReplaced(this.#containerId);
    this.#containerId = containerId;
    this.#onHold = false;
    this.#verdict = undefined;
    const first = { readiness: "failure", liveness: "success", startup: undefined } as const;
    this.#tell(first[this.#options.kind]);
  }

  #tell(verdict: ProbeVerdict): void {
    if (this.#verdict === verdict || this.#containerId === undefined) return;
    this.#verdict = verdict;
    this.#options.onVerdict(this.#containerId, verdict);
  }

  #startedAtMs(status: ContainerStatus): number {
    const text = status.state.running?.startedAt;
    return text === undefined ? 0 : Date.parse(text) - this.#options.context.machine().clockOffsetMs;
  }
}
