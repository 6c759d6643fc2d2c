import { wholeValue } from "../../base/quantity.ts";
import { MAX_NODE_SCORE } from "../../scheduler/plugin.ts";
import { resourcesOf } from "../../scheduler/pod-resources.ts";
import type { Model } from "../model/model.ts";
import {
  amountsOf,
  CPU,
  dimensionsWith,
  type Footprint,
  footprintsOf,
  MEMORY,
  PODS,
  scalarsOf,
} from "./footprints.ts";
import type { Ports } from "./ports.ts";
import type { Shape } from "./shapes.ts";

/** What nodes have and have left, in flat arrays: the sums that `NodeInfo` holds, for every node of the model. */
export class NodeState {
  readonly dimensions: number;
  readonly footprints: readonly Footprint[];
  /** Node × dimension. */
  readonly allocatable: Float64Array;
  readonly free: Float64Array;
  readonly #nonZeroMilliCpu: Float64Array;
  readonly #nonZeroMemoryBytes: Float64Array;
  /** Node × port, 1 where it is taken. */
  readonly #takenPorts: Uint8Array;
  readonly #portCount: number;

  private constructor(parts: {
    dimensions: number;
    footprints: readonly Footprint[];
    allocatable: Float64Array;
    free: Float64Array;
    nonZeroMilliCpu: Float64Array;
    nonZeroMemoryBytes: Float64Array;
    takenPorts: Uint8Array;
    portCount: number;
  }) {
    this.dimensions = parts.dimensions;
    this.footprints = parts.footprints;
    this.allocatable = parts.allocatable;
    this.free = parts.free;
    this.#nonZeroMilliCpu = parts.nonZeroMilliCpu;
    this.#nonZeroMemoryBytes = parts.nonZeroMemoryBytes;
    this.#takenPorts = parts.takenPorts;
    this.#portCount = parts.portCount;
  }

  /** The nodes with the pods that the model has on them. */
  static of(model: Model, ports: Ports): NodeState {
    const { nodes } = model;
    const scalars = scalarsOf(model);
    const dimensions = dimensionsWith(scalars);
    const allocatable = new Float64Array(nodes.length * dimensions);
    for (const [i, { status }] of nodes.entries()) {
      allocatable.set(amountsOf(resourcesOf(status.allocatable), scalars), i * dimensions);
      const pods = status.allocatable?.pods;
      allocatable[i * dimensions + PODS] = pods === undefined ? 0 : wholeValue(pods);
    }
    const footprints = footprintsOf(model, scalars, ports);
    const state = new NodeState({
      dimensions,
      footprints,
      allocatable,
      free: allocatable.slice(),
      nonZeroMilliCpu: new Float64Array(nodes.length),
      nonZeroMemoryBytes: new Float64Array(nodes.length),
      takenPorts: new Uint8Array(nodes.length * ports.count),
      portCount: ports.count,
    });
    for (let pod = 0; pod < model.podCount; pod++) {
      const node = model.nodeOf[pod] as number;
      if (node >= 0) state.add(model.classOf[pod] as number, node);
    }
    return state;
  }

  copy(): NodeState {
    return new NodeState({
      dimensions: this.dimensions,
      footprints: this.footprints,
      allocatable: this.allocatable,
      free: this.free.slice(),
      nonZeroMilliCpu: this.#nonZeroMilliCpu.slice(),
      nonZeroMemoryBytes: this.#nonZeroMemoryBytes.slice(),
      takenPorts: this.#takenPorts.slice(),
      portCount: this.#portCount,
    });
  }

  /** Makes one node what it is in the other state. */
  restore(node: number, from: NodeState): void {
    const { dimensions } = this;
    for (let i = node * dimensions; i < (node + 1) * dimensions; i++) this.free[i] = from.free[i] as number;
    this.#nonZeroMilliCpu[node] = from.#nonZeroMilliCpu[node] as number;
    this.#nonZeroMemoryBytes[node] = from.#nonZeroMemoryBytes[node] as number;
    for (let i = node * this.#portCount; i < (node + 1) * this.#portCount; i++) {
      this.#takenPorts[i] = from.#takenPorts[i] as number;
    }
  }

  /** What of the node's ports is taken, to be put back after trying something out. */
  portsOf(node: number): Uint8Array {
    return this.#takenPorts.slice(node * this.#portCount, (node + 1) * this.#portCount);
  }

  setPorts(node: number, taken: Uint8Array): void {
    this.#takenPorts.set(taken, node * this.#portCount);
  }

  /** Whether one of the ports is taken that the pods of the shape ask for. */
  hasPortConflict({ portConflicts = [] }: Shape, node: number): boolean {
    return portConflicts.some((port) => this.#takenPorts[node * this.#portCount + port] === 1);
  }

  /** A pod of that class comes to the node. */
  add(podClass: number, node: number): void {
    const footprint = this.footprints[podClass] as Footprint;
    this.#count(footprint, node, 1);
    for (const port of footprint.ports) this.#takenPorts[node * this.#portCount + port] = 1;
  }

  /** A pod of that class leaves the node. A port that two had is free again, as in kube-scheduler's HostPortInfo. */
  remove(podClass: number, node: number): void {
    const footprint = this.footprints[podClass] as Footprint;
    this.#count(footprint, node, -1);
    for (const port of footprint.ports) this.#takenPorts[node * this.#portCount + port] = 0;
  }

  #count({ requests, nonZeroMilliCpu, nonZeroMemoryBytes }: Footprint, node: number, sign: 1 | -1): void {
    const { dimensions, free } = this;
    const at = node * dimensions;
    for (let d = 0; d < dimensions; d++)
      free[at + d] = (free[at + d] as number) - sign * (requests[d] as number);
    this.#nonZeroMilliCpu[node] = (this.#nonZeroMilliCpu[node] as number) + sign * nonZeroMilliCpu;
    this.#nonZeroMemoryBytes[node] = (this.#nonZeroMemoryBytes[node] as number) + sign * nonZeroMemoryBytes;
  }

  /** Whether the node has room and the ports that the pods of the shape ask for. */
  hasRoom({ asked, amounts, portConflicts }: Shape, node: number): boolean {
    const { free, dimensions } = this;
    const at = node * dimensions;
    for (let i = 0; i < asked.length; i++) {
      if ((amounts[i] as number) > (free[at + (asked[i] as number)] as number)) return false;
    }
    if (portConflicts === undefined) return true;
    const ports = node * this.#portCount;
    for (const port of portConflicts) if (this.#takenPorts[ports + port] === 1) return false;
    return true;
  }

  /** LeastAllocated and balanced allocation together, for one more pod of the shape. */
  rate(shape: Shape, node: number): number {
    const at = node * this.dimensions;
    const cpu = this.allocatable[at + CPU] as number;
    const memory = this.allocatable[at + MEMORY] as number;
    let score = 0;
    const resources = (cpu === 0 ? 0 : 1) + (memory === 0 ? 0 : 1);
    if (resources > 0) {
      const ofCpu = unusedShare((this.#nonZeroMilliCpu[node] as number) + shape.scoredMilliCpu, cpu);
      const ofMemory = unusedShare(
        (this.#nonZeroMemoryBytes[node] as number) + shape.scoredMemoryBytes,
        memory,
      );
      score = Math.floor((ofCpu + ofMemory) / resources);
    }
    if (!shape.isBalanced) return score;
    if (cpu === 0 || memory === 0) return score + MAX_NODE_SCORE;
    const usedCpu = Math.min((cpu - (this.free[at + CPU] as number) + shape.milliCpu) / cpu, 1);
    const usedMemory = Math.min(
      (memory - (this.free[at + MEMORY] as number) + shape.memoryBytes) / memory,
      1,
    );
    return score + Math.trunc((1 - Math.abs((usedCpu - usedMemory) / 2)) * MAX_NODE_SCORE);
  }
}

function unusedShare(requested: number, capacity: number): number {
  if (capacity === 0 || requested > capacity) return 0;
  return Math.floor(((capacity - requested) * MAX_NODE_SCORE) / capacity);
}
