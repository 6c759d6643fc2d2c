import type { LossClock } from "./clock.ts";
import { countsAsReady, type Facts, type Requirement, type WorkloadFacts } from "./facts.ts";
import type { Fate, Fates } from "./fate.ts";
import { NEVER, NO_TIME, type Seconds } from "./seconds.ts";
import { type Absence, shortfall } from "./shortfall.ts";

/** Who is gone after one loss, and for how long. */
export class Gone {
  readonly #facts: Facts;
  readonly #clock: LossClock;
  readonly #fates = new Map<number, Fate>();
  readonly #victims: ReadonlySet<number>;
  /** By requirement, the pods that it misses, and in which order requirements were first missed. */
  readonly #missed = new Map<number, { readonly turn: number; readonly pods: number[] }>();
  readonly #shortfalls = new Map<number, Seconds>();
  /** When the first lost pod is evicted, after which others may have to make room. */
  readonly #firstEvicted: Seconds;

  constructor(
    facts: Facts,
    fates: Fates,
    clock: LossClock,
    {
      lost,
      victims,
    }: { readonly lost: ReadonlyMap<number, readonly number[]>; readonly victims: ReadonlySet<number> },
  ) {
    this.#facts = facts;
    this.#clock = clock;
    this.#victims = victims;
    const { model } = facts;
    for (const pods of lost.values()) {
      const nodes: number[] = [];
      for (const pod of pods) {
        const node = model.nodeOf[pod] as number;
        if (!victims.has(pod) && !nodes.includes(node)) nodes.push(node);
      }
      const tainted = clock.tainted(nodes.sort((a, b) => a - b));
      for (const pod of pods) {
        if (!victims.has(pod)) this.#fates.set(pod, fates.of(pod, tainted.get(model.nodeOf[pod] as number)));
        if (!countsAsReady(model, pod)) continue;
        for (const index of facts.classes[model.classOf[pod] as number]?.requirements ?? []) {
          const missed = this.#missed.get(index);
          if (missed === undefined) this.#missed.set(index, { turn: this.#missed.size, pods: [pod] });
          else missed.pods.push(pod);
        }
      }
    }
    this.#firstEvicted = this.#earliest();
    for (const pod of victims) this.#fates.set(pod, fates.ofVictim(pod, this.#firstEvicted));
  }

  fate(pod: number): Fate {
    return this.#fates.get(pod) as Fate;
  }

  isVictim(pod: number): boolean {
    return this.#victims.has(pod);
  }

  absence(pod: number): Absence {
    const fate = this.fate(pod);
    const from = this.#victims.has(pod) ? this.#firstEvicted : NO_TIME;
    if (fate.kind === "back") return { from, until: fate.serves };
    if (fate.kind === "stays-gone") return { from, until: { ...NEVER, min: fate.mayServe ?? NEVER.min } };
    return { from, until: { ...NEVER, min: fate.isDown ? fate.evicted.min : 0 } };
  }

  /** The requirement on that workload that is missed for longest, if one is; the first that was missed of several. */
  broken(workload: number) {
    let worst: { readonly down: Seconds; readonly requirement: number } | undefined;
    let worstTurn = 0;
    for (const requirement of this.#facts.requirementsOf[workload] ?? []) {
      const missed = this.#missed.get(requirement);
      if (missed === undefined) continue;
      const down = this.#shortfall(requirement, missed.pods);
      if (down.max <= 0) continue;
      const isFirst = worst === undefined || (!isLonger(worst.down, down) && missed.turn < worstTurn);
      if (worst !== undefined && !isFirst && !isLonger(down, worst.down)) continue;
      worst = { down, requirement };
      worstTurn = missed.turn;
    }
    return worst;
  }

  #shortfall(index: number, pods: readonly number[]): Seconds {
    const known = this.#shortfalls.get(index);
    if (known !== undefined) return known;
    const { ready, enough } = this.#facts.requirements[index] as Requirement;
    const bearable = ready - enough;
    if (pods.length <= bearable) return NO_TIME;
    const found = shortfall(
      pods.map((pod) => this.absence(pod)),
      bearable,
    );
    this.#shortfalls.set(index, found);
    return found;
  }

  /** How long fewer are ready than are wanted, or than were before if that is less. @param absences of its pods that were ready */
  degraded({ ready, wanted }: WorkloadFacts, absences: readonly Absence[]): Seconds {
    return shortfall(absences, Math.max(0, ready - wanted));
  }

  /** How long requests go to pods that are gone with their node, where such pods get requests at all. */
  served(ready: readonly number[]): Seconds {
    const { classes, model } = this.#facts;
    const isServed = ready.some((pod) => classes[model.classOf[pod] as number]?.isServed);
    return isServed ? this.#clock.withdrawn : NO_TIME;
  }

  #earliest(): Seconds {
    let earliest: Seconds | undefined;
    for (const fate of this.#fates.values()) {
      const evicted = fate.evicted;
      if (evicted !== undefined && (earliest === undefined || evicted.median < earliest.median))
        earliest = evicted;
    }
    return earliest ?? NO_TIME;
  }
}

function isLonger(a: Seconds, b: Seconds): boolean {
  return a.max === b.max ? a.median > b.median : a.max > b.max;
}
