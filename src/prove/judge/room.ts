/** Room that is left on nodes, in units of the largest pod. */
import { podInfo } from "../../scheduler/pod-info.ts";
import { type Resources, resourcesOf } from "../../scheduler/pod-resources.ts";
import type { Model } from "../model/model.ts";
import { type Outcome, UNPLACED } from "../outcome.ts";
import type { Headroom } from "../result.ts";

/** Amounts in one row: CPU in thousandths, memory and scratch space in bytes, pods, then extended resources. */
type Row = Float64Array;

export class Room {
  readonly #model: Model;
  readonly #scalars: readonly string[];
  readonly #requests: readonly Row[];
  /** What each node has left; nothing on one that takes no new pods. */
  readonly #free: Row[];
  /** A pod of the largest class; absent where none could move. */
  readonly #largest: number | undefined;
  /** By node, how many more of the largest pod it takes. */
  readonly #units: readonly number[] = [];
  /** By node, how many of these its pods take elsewhere once it is lost; -1 where that has not been noted. */
  readonly #taken: Int32Array;

  constructor(model: Model) {
    this.#model = model;
    const infos = model.classes.map(({ prototype }) => podInfo(prototype).requests);
    this.#scalars = [...new Set(infos.flatMap(({ scalars }) => [...scalars.keys()]))].sort();
    this.#requests = infos.map((requests) => this.#row(requests, 1));
    this.#free = model.nodes.map(({ status, spec }) => {
      const row = this.#row(resourcesOf(status.allocatable), Number(status.allocatable?.pods ?? 0));
      return spec.unschedulable ? row.fill(0) : row;
    });
    for (let pod = 0; pod < model.podCount; pod++) {
      const free = this.#free[model.nodeOf[pod] as number];
      if (free !== undefined) subtract(free, this.#requestOf(pod), 1);
    }
    this.#taken = new Int32Array(model.nodes.length).fill(-1);
    this.#largest = this.#findLargest();
    if (this.#largest === undefined) return;
    const request = this.#requestOf(this.#largest);
    this.#units = this.#free.map((free) => unitsIn(free, request));
  }

  /** Notes where the pods of a lost node go. */
  note(node: number, outcome: Outcome): void {
    if (this.#largest === undefined) return;
    this.#taken[node] = this.#takenBy(outcome, node, this.#units, this.#requestOf(this.#largest));
  }

  /**
   * How many more of the largest pod fit now, and after that node whose loss leaves the least.
   * @param outcome says where the pods of a node go that have not been noted
   */
  headroom(outcome: (node: number) => Outcome): Headroom | null {
    const largest = this.#largest;
    if (largest === undefined) return null;
    const now = this.#units.reduce((sum, each) => sum + each, 0);
    let least = now;
    for (const node of this.#model.nodes.keys()) {
      if (this.#taken[node] === -1) this.note(node, outcome(node));
      // Losing a node takes its own units, and those of its pods elsewhere: with none to move there is nothing to ask.
      least = Math.min(least, now - (this.#units[node] ?? 0) - (this.#taken[node] as number));
    }
    const { prototype } = this.#model.podClass(largest);
    return {
      largestPod: {
        namespace: prototype.metadata.namespace ?? "",
        name: this.#model.nameOf(largest),
        requests: describe(this.#requestOf(largest), this.#scalars),
      },
      unitsNow: now,
      unitsAfterWorstNode: least,
    };
  }

  /** Units that the pods of a lost node take on the others. */
  #takenBy({ placements }: Outcome, lost: number, units: readonly number[], request: Row): number {
    const changed = new Map<number, Row>();
    const last = new Map(placements.map(({ pod, node }) => [pod, node]));
    for (const [pod, node] of last) {
      if (node === UNPLACED || node === lost) continue;
      const row = changed.get(node) ?? (this.#free[node] as Row).slice();
      changed.set(node, row);
      subtract(row, this.#requestOf(pod), 1);
    }
    let taken = 0;
    for (const [node, row] of changed) taken += (units[node] ?? 0) - unitsIn(row, request);
    return taken;
  }

  /** The pod that asks for the largest share of what nodes have, of any one resource; the first of several. */
  #findLargest(): number | undefined {
    const most = this.#model.nodes.map(({ status }) =>
      this.#row(resourcesOf(status.allocatable), Number(status.allocatable?.pods ?? 0)),
    );
    const largestNode = most.reduce<Row>(
      (max, row) => max.map((each, d) => Math.max(each, row[d] ?? 0)),
      new Float64Array(4 + this.#scalars.length),
    );
    const shares = this.#requests.map((row) =>
      Math.max(...row.map((each, d) => (each === 0 ? 0 : each / (largestNode[d] || 1)))),
    );
    let best: number | undefined;
    for (const [index, { replacement }] of this.#model.classes.entries()) {
      if (replacement === "same-node" || this.#model.podsOfClass(index).length === 0) continue;
      if (best === undefined || (shares[index] ?? 0) > (shares[best] ?? 0)) best = index;
    }
    return best === undefined ? undefined : this.#model.podsOfClass(best)[0];
  }

  #requestOf(pod: number): Row {
    return this.#requests[this.#model.classOf[pod] as number] as Row;
  }

  #row({ milliCpu, memoryBytes, ephemeralStorageBytes, scalars }: Resources, pods: number): Row {
    return Float64Array.of(
      milliCpu,
      memoryBytes,
      ephemeralStorageBytes,
      pods,
      ...this.#scalars.map((name) => scalars.get(name) ?? 0),
    );
  }
}

function subtract(row: Row, request: Row, times: number): void {
  for (let d = 0; d < row.length; d++) row[d] = (row[d] as number) - times * (request[d] as number);
}

function unitsIn(free: Row, request: Row): number {
  let units = Number.POSITIVE_INFINITY;
  for (let d = 0; d < free.length; d++) {
    if (request[d] !== 0) units = Math.min(units, Math.floor((free[d] as number) / (request[d] as number)));
  }
  return Math.max(0, units);
}

function describe(request: Row, scalars: readonly string[]): Record<string, string> {
  const [cpu = 0, memory = 0, scratch = 0] = request;
  const found: Record<string, string> = {};
  if (cpu > 0) found.cpu = cpu % 1000 === 0 ? String(cpu / 1000) : `${cpu}m`;
  if (memory > 0) found.memory = bytes(memory);
  if (scratch > 0) found["ephemeral-storage"] = bytes(scratch);
  for (const [index, name] of scalars.entries())
    if ((request[4 + index] ?? 0) > 0) found[name] = String(request[4 + index]);
  return found;
}

function bytes(count: number): string {
  for (const [unit, size] of [
    ["Gi", 2 ** 30],
    ["Mi", 2 ** 20],
    ["Ki", 2 ** 10],
  ] as const) {
    if (count % size === 0) return `${count / size}${unit}`;
  }
  return String(count);
}
