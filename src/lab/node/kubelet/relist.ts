import type { Agenda } from "../agenda.ts";

/** kubelet.go: genericPlegRelistPeriod. */
const PERIOD_MS = 1_000;

/**
 * When the kubelet looks at its container runtime: once a second, on a phase of its own. Nothing happens at the looks that
 * would find nothing new, so they are only worked out when something has happened.
 */
export class Relist {
  readonly #agenda: Agenda;
  readonly #phaseMs: number;
  readonly #onFound: (podUid: string) => void;
  readonly #changed = new Set<string>();

  constructor(agenda: Agenda, phase: number, onFound: (podUid: string) => void) {
    this.#agenda = agenda;
    this.#phaseMs = phase * PERIOD_MS;
    this.#onFound = onFound;
  }

  /** The first look after that moment. */
  after(momentMs: number): number {
    return (Math.floor((momentMs - this.#phaseMs) / PERIOD_MS) + 1) * PERIOD_MS + this.#phaseMs;
  }

  /** A container of that pod has started or ended: the next look will find it. */
  changed(podUid: string): void {
    if (this.#changed.size === 0) {
      this.#agenda.at(this.after(this.#agenda.engine.now()), () => {
        const found = [...this.#changed];
        this.#changed.clear();
        for (const uid of found) this.#onFound(uid);
      });
    }
    this.#changed.add(podUid);
  }
}
