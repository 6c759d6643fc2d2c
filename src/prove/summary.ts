/** The figures over all losses: filled loss by loss, so that nothing has to be kept for it. */

import { describeZone, Zones } from "./judge/clock.ts";
import { lastNodeWait } from "./judge/detection.ts";
import type { Facts } from "./judge/facts.ts";
import type { Judgement, Placing } from "./judge/judge.ts";
import { Room } from "./judge/room.ts";
import {
  countVerdicts,
  type EvictionClock,
  type LossResult,
  type PairSummary,
  type PairsWithRoom,
  type ProofSummary,
  VERDICTS,
  type Verdict,
  type WorkloadResult,
  worstOf,
} from "./result.ts";

const WORST_MAX = 10;
/** An eviction that waits longer than it would have to for one node counts as felt: as long as pods tolerate a lost node. */
const FELT_SECONDS = 300;

interface Ranked {
  readonly id: string;
  readonly verdict: Verdict;
  readonly count: number;
  readonly down: number;
}

export class Summary {
  readonly #facts: Facts;
  readonly #losses: Verdict[] = [];
  readonly #pairs: Verdict[] = [];
  #certifiedPairs = 0;
  #safe = { certificate: 0, simulation: 0 };
  #ranked: Ranked[] = [];
  readonly #room: Room;
  /** Of single nodes and of pairs: whether one left a pod without a place. */
  #hasUnplaced = { node: false, pair: false };
  #sawNodes = false;

  readonly #told: number;

  /** @param told of how many workloads the result tells */
  constructor(facts: Facts, told: number) {
    this.#facts = facts;
    this.#told = told;
    this.#room = new Room(facts.model);
  }

  add({ loss, workloads, untouched, outcome }: Judgement, { id, verdict }: LossResult): void {
    const unplaced = workloads.some((one) => one.verdict.message !== undefined);
    if (loss.kind === "pair") {
      this.#pairs.push(verdict);
      if (workloads.every((one) => one.verdict.proof.startsWith("certificate"))) this.#certifiedPairs++;
      if (unplaced) this.#hasUnplaced.pair = true;
    } else this.#losses.push(verdict);
    if (loss.kind === "node") {
      this.#sawNodes = true;
      if (unplaced) this.#hasUnplaced.node = true;
      if (outcome !== undefined) this.#room.note(loss.nodes[0] as number, outcome);
    }
    // Of those that are not told of none is counted; which of them may be made to go nobody has asked.
    const simulation = Math.min(untouched.simulation, this.#told - workloads.length);
    this.#safe.simulation += simulation;
    this.#safe.certificate += this.#told - workloads.length - simulation;
    for (const { verdict: one } of workloads) {
      if (one.verdict !== "safe") continue;
      this.#safe[one.proof.startsWith("certificate") ? "certificate" : "simulation"]++;
    }
    this.#rank(id, verdict, workloads);
  }

  #rank(id: string, verdict: Verdict, workloads: Judgement["workloads"]): void {
    if (verdict === "safe") return;
    const same = workloads.filter((one) => one.verdict.verdict === verdict);
    const down = same.reduce(
      (longest, { verdict: { downSeconds } }) =>
        Math.max(longest, downSeconds ? (downSeconds.median ?? Number.MAX_VALUE) : 0),
      0,
    );
    this.#ranked.push({ id, verdict, count: same.length, down });
    if (this.#ranked.length > 50 * WORST_MAX) this.#ranked = this.#worst();
  }

  #worst(): Ranked[] {
    const order = (one: Ranked) => VERDICTS.indexOf(one.verdict);
    return this.#ranked
      .sort(
        (a, b) =>
          order(a) - order(b) ||
          b.count - a.count ||
          b.down - a.down ||
          (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
      )
      .slice(0, WORST_MAX);
  }

  /** @param decidesPairs pairs were asked for that are too many to be among the losses */
  finish(workloads: readonly WorkloadResult[], placing: Placing, decidesPairs: boolean): ProofSummary {
    const { model } = this.#facts;
    // Step by step: a call takes some hundred thousand arguments at most, and a cluster may have more workloads.
    const fewest = workloads.reduce(
      (least, { nodesToBreak }) => Math.min(least, nodesToBreak?.count ?? least),
      model.nodes.length,
    );
    const pairs: PairSummary | undefined =
      this.#pairs.length === 0
        ? undefined
        : {
            count: this.#pairs.length,
            byVerdict: countVerdicts(this.#pairs),
            byCertificate: this.#certifiedPairs,
          };
    const pairsWithRoom = decidesPairs ? placing.pairs() : undefined;
    return {
      verdict: worstOf([...this.#losses, ...this.#pairs]),
      nodes: model.nodes.length,
      pods: model.podCount,
      workloads: countVerdicts(workloads.map(({ verdict }) => verdict)),
      losses: countVerdicts(this.#losses),
      safe: this.#safe,
      nodesMayFail: {
        withoutOutage: Math.max(0, fewest - 1),
        withRoomForAll: this.#withRoom(placing, pairsWithRoom),
      },
      headroom: this.#room.headroom((node) =>
        placing.outcome({ id: "", kind: "node", nodes: [node] }, { seed: 1, isShuffled: false }),
      ),
      worst: this.#worst().map(({ id }) => id),
      evictionClock: evictionClocks(this.#facts),
      ...(pairs && { pairs }),
      ...(pairsWithRoom && { pairsWithRoom }),
    };
  }

  /** At least so many: by certificate, or looked at one by one. `null` when nothing was looked at. */
  #withRoom(placing: Placing, pairs: PairsWithRoom | undefined): number | null {
    if (!this.#sawNodes) return null;
    if (this.#hasUnplaced.node) return 0;
    const holdsPairs = this.#pairs.length > 0 ? !this.#hasUnplaced.pair : pairs?.unplaced === 0;
    const lookedAt = holdsPairs ? 2 : 1;
    return Math.max(lookedAt, placing.certifiedNodes());
  }
}

function evictionClocks(facts: Facts): EvictionClock[] {
  const { timing } = facts;
  const { unhealthyZoneThreshold } = timing;
  const clocks = [...new Zones(facts).sizes].map(([zone, nodes]): EvictionClock => {
    const partly = Math.ceil(nodes * unhealthyZoneThreshold);
    const slow = lastNodeWait({ nodes, lost: partly }, timing).max;
    return {
      zone: describeZone(zone),
      nodes,
      secondsToLastNode: Math.round(lastNodeWait({ nodes, lost: nodes }, timing).max),
      partly: { nodes: partly, secondsToLastNode: Number.isFinite(slow) ? Math.round(slow) : null },
    };
  });
  return clocks
    .filter(({ nodes, secondsToLastNode, partly }) => {
      const isStopped = partly.secondsToLastNode === null && partly.nodes > 2 && partly.nodes < nodes;
      return isStopped || secondsToLastNode > FELT_SECONDS;
    })
    .sort((a, b) => b.secondsToLastNode - a.secondsToLastNode || (a.zone < b.zone ? -1 : 1));
}
