import type { Engine } from "../../../time/engine.ts";
import { Agenda } from "../agenda.ts";
import type { WorkloadProfile } from "../profile.ts";
import type { DataStore } from "./data-store.ts";
import type { Need } from "./needs.ts";

/** SIGKILL's exit code: 128 + 9. */
const KILLED_EXIT_CODE = 137;

/** What a process is going to do, worked out before it starts. */
export interface ProcessPlan {
  readonly profile: WorkloadProfile;
  /** What the profile says that it needs, read. */
  readonly needs: readonly Need[];
  /** Ports that it answers on once it listens; "any" when nothing names them. */
  readonly ports: ReadonlySet<number> | "any";
  /** Present for one that does its work and ends: how long it runs, and what it ends with. */
  readonly errand?: { readonly runMs: number; readonly result: () => number };
  /** From its start until it listens. */
  readonly startMs: number;
  /** Where it keeps what it remembers. */
  readonly store: DataStore;
}

/** Who hears of what becomes of a process. */
export interface ProcessHandlers {
  /** It began or ceased to answer. */
  readonly onChange: () => void;
  readonly onExit: (exitCode: number) => void;
}

type Phase = "starting" | "up" | "stopping" | "ended";

/** The program in a container: it starts, listens, may hang, and ends when told to, in its own time. */
export class Process {
  readonly plan: ProcessPlan;
  /** Logins that it keeps in its own memory. */
  readonly sessions = new Set<string>();
  readonly #agenda: Agenda;
  readonly #handlers: ProcessHandlers;
  #phase: Phase = "starting";
  #hung = false;

  constructor(engine: Engine, plan: ProcessPlan, handlers: ProcessHandlers) {
    this.#agenda = new Agenda(engine);
    this.plan = plan;
    this.#handlers = handlers;
  }

  get isRunning(): boolean {
    return this.#phase !== "ended";
  }

  /** It holds its ports but does not do anything. */
  get isHung(): boolean {
    return this.#hung;
  }

  /** Whether a new connection to one of its ports is accepted: by the kernel, so also while it hangs. */
  get isListening(): boolean {
    if (this.plan.errand !== undefined) return false;
    return this.#phase === "up" || (this.#phase === "stopping" && this.plan.profile.servesWhileStopping);
  }

  listensOn(port: number): boolean {
    return this.isListening && (this.plan.ports === "any" || this.plan.ports.has(port));
  }

  start(): void {
    const { errand, startMs } = this.plan;
    if (errand !== undefined) {
      this.#phase = "up";
      this.#agenda.after(errand.runMs, () => this.#end(errand.result()));
      return;
    }
    this.#agenda.after(startMs, () => {
      if (!this.plan.store.open()) {
        this.#end(1);
        return;
      }
      this.#phase = "up";
      this.#handlers.onChange();
    });
  }

  /** SIGTERM: it ends in its own time, unless somebody kills it before. */
  terminate(): void {
    if (this.#phase === "ended" || this.#phase === "stopping") return;
    const wasStarting = this.#phase === "starting";
    // Nothing of what it was about to do happens any more.
    if (!this.#hung) this.#agenda.clear();
    this.#phase = "stopping";
    this.#agenda.after(wasStarting ? 0 : this.plan.profile.stopSeconds * 1000, () => this.#end(0));
    this.#handlers.onChange();
  }

  /** SIGKILL, or the power went: nothing of it is left. */
  kill(exitCode = KILLED_EXIT_CODE): void {
    this.#end(exitCode);
  }

  /** It stops doing anything, but stays there. */
  hang(): void {
    if (this.#phase === "ended" || this.#hung) return;
    this.#hung = true;
    this.#agenda.pause();
    this.#handlers.onChange();
  }

  /** It goes on from where it stood. */
  goOn(): void {
    if (!this.#hung) return;
    this.#hung = false;
    this.#agenda.resume();
    this.#handlers.onChange();
  }

  #end(exitCode: number): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#hung = false;
    this.#agenda.clear();
    this.plan.store.close();
    this.#handlers.onExit(exitCode);
  }
}
