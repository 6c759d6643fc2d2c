/** When the control plane acts on one loss: one clock for all the pods that it concerns. */
import { zoneKeyOf } from "../../lab/controllers/node-lifecycle/zones.ts";
import { survives } from "../losses/control-plane.ts";
import type { Loss } from "../losses/loss.ts";
import { evictionWaits, MANAGER_TAKEOVER, noticed, turnOf, withdrawn, type ZoneLoss } from "./detection.ts";
import type { Facts } from "./facts.ts";
import { exactly, NEVER, NO_TIME, type Seconds, sum } from "./seconds.ts";

export interface LossClock {
  /** Whether anybody is left to decide anything. */
  readonly isControlled: boolean;
  /** From the loss until its pods count as not ready. */
  readonly noticed: Seconds;
  /** From the loss until no request goes to them any more. */
  readonly withdrawn: Seconds;
  /** For these lost nodes, from the loss until each is tainted so that pods leave it. Nobody knows in which order they come. */
  tainted(nodes: readonly number[]): ReadonlyMap<number, Seconds>;
  /** Zones whose nodes are not emptied as long as so many of them are lost, in words. */
  readonly standstill: string | undefined;
}

/** A single pod that goes: everybody knows at once. */
export const POD_CLOCK: LossClock = {
  isControlled: true,
  noticed: exactly(0),
  withdrawn: withdrawn(NO_TIME),
  tainted: () => new Map(),
  standstill: undefined,
};

export function clockOf(loss: Loss, facts: Facts, zones: Zones): LossClock {
  if (loss.pod !== undefined) return POD_CLOCK;
  const { timing, controlPlane, model } = facts;
  const lost = new Set(loss.nodes);
  const isControlled = survives(controlPlane, lost) && lost.size < model.nodes.length;
  if (!isControlled) {
    return {
      isControlled,
      noticed: NEVER,
      withdrawn: NEVER,
      tainted: () => new Map(),
      standstill: undefined,
    };
  }
  const mayTakeOver = loss.nodes.some((node) => controlPlane.managers.has(node));
  const when = mayTakeOver ? sum(noticed(timing), { ...MANAGER_TAKEOVER, median: 0 }) : noticed(timing);
  const losses = zones.lossesOf(loss.nodes);
  const tainted = (nodes: readonly number[]) => taintTimes(nodes, when, facts, zones, losses);
  // Of one lost node there is one time, whoever asks.
  const only = loss.nodes.length === 1 ? tainted(loss.nodes) : undefined;
  return {
    isControlled,
    noticed: when,
    withdrawn: withdrawn(when),
    tainted: (nodes) => (only !== undefined && nodes.length > 0 ? only : tainted(nodes)),
    standstill: standstillOf(losses, facts),
  };
}

function taintTimes(
  nodes: readonly number[],
  when: Seconds,
  { timing }: Facts,
  zones: Zones,
  losses: ReadonlyMap<string, ZoneLoss>,
): Map<number, Seconds> {
  const own = new Map<string, number[]>();
  for (const node of nodes) {
    const zone = zones.zoneOf(node);
    own.set(zone, [...(own.get(zone) ?? []), node]);
  }
  const times = new Map<number, Seconds>();
  for (const [zone, theirs] of own) {
    const loss = losses.get(zone) as ZoneLoss;
    const waits = evictionWaits(loss, timing);
    for (const [rank, node] of theirs.entries()) {
      const turn = turnOf(rank + 1, theirs.length, loss.lost);
      const wait = {
        min: waits(turn.first).min,
        median: waits(turn.median).median,
        max: waits(turn.last).max,
      };
      times.set(node, sum(when, wait));
    }
  }
  return times;
}

function standstillOf(losses: ReadonlyMap<string, ZoneLoss>, { timing }: Facts): string | undefined {
  for (const [zone, loss] of losses) {
    if (evictionWaits(loss, timing)(loss.lost).max < Number.POSITIVE_INFINITY) continue;
    return `with ${loss.lost} of ${loss.nodes} nodes lost in ${describeZone(zone)} the control plane stops evicting pods there`;
  }
  return undefined;
}

/** "zone eu-1", or "the cluster, which has no zones" */
export function describeZone(key: string): string {
  const zone = key.split("\u0000:").at(-1)?.replace(/^:/, "") ?? "";
  return zone === "" ? "a cluster without zones" : `zone ${zone}`;
}

/** Which zone each node is in, as the node lifecycle controller counts them. */
export class Zones {
  readonly #zoneOf: readonly string[];
  readonly #sizes = new Map<string, number>();

  constructor({ model }: Pick<Facts, "model">) {
    this.#zoneOf = model.nodes.map(zoneKeyOf);
    for (const zone of this.#zoneOf) this.#sizes.set(zone, (this.#sizes.get(zone) ?? 0) + 1);
  }

  zoneOf(node: number): string {
    return this.#zoneOf[node] ?? "";
  }

  /** Every zone with its number of nodes, in order of their first nodes. */
  get sizes(): ReadonlyMap<string, number> {
    return this.#sizes;
  }

  lossesOf(nodes: readonly number[]): Map<string, ZoneLoss> {
    const losses = new Map<string, ZoneLoss>();
    for (const node of nodes) {
      const zone = this.zoneOf(node);
      losses.set(zone, { nodes: this.#sizes.get(zone) ?? 0, lost: (losses.get(zone)?.lost ?? 0) + 1 });
    }
    return losses;
  }
}
