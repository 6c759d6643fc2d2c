import type { Pod } from "../../kube/types/index.ts";
import type { NodeInfo } from "../../scheduler/node-info.ts";
import type { ScorePlugin } from "../../scheduler/plugin.ts";
import {
  imageLocality,
  SIZE_MIN_BYTES,
  spreadSize,
  withTag,
} from "../../scheduler/plugins/image-locality.ts";
import { nodeAffinityScore } from "../../scheduler/plugins/node-affinity.ts";
import { taintTolerationScore } from "../../scheduler/plugins/taint-toleration.ts";
import { type PodInfo, podInfo } from "../../scheduler/pod-info.ts";
import type { Snapshot } from "../../scheduler/snapshot.ts";
import { firstUntolerated } from "../../scheduler/tolerations.ts";
import { LOST_TAINTS } from "../model/after-loss.ts";
import { ColumnNumbers } from "./column-numbers.ts";
import type { Footprint } from "./footprints.ts";
import type { Ports } from "./ports.ts";
import { SameText } from "./same-text.ts";

/** What of a pod decides how a node suits it, apart from the company of other pods: pods of many workloads share one. */
export interface Shape {
  readonly index: number;
  /** The dimensions that it asks something of, and how much. */
  readonly asked: Int32Array;
  readonly amounts: Float64Array;
  readonly milliCpu: number;
  readonly memoryBytes: number;
  readonly scoredMilliCpu: number;
  readonly scoredMemoryBytes: number;
  /** Pods that ask for neither CPU nor memory are not rated by balance. */
  readonly isBalanced: boolean;
  /** By node, 1 where everything that does not depend on other pods lets it go while nothing is lost. */
  readonly open: Uint8Array;
  readonly toleratesLoss: boolean;
  /** Ports of which none may be taken. */
  readonly portConflicts: readonly number[] | undefined;
  /** By node, what the pod's images there are worth; absent where that is nothing everywhere. */
  readonly images: Int32Array | undefined;
  /** By node, the taints that the pod would rather not have, and the weights of its preferred node affinity. */
  readonly softTaints: Int32Array | undefined;
  readonly wishes: Int32Array | undefined;
}

export interface ShapeInput {
  /** The nodes without pods. */
  readonly bare: Snapshot;
  /** Those nodes in the model's order. */
  readonly infos: readonly NodeInfo[];
  readonly ports: Ports;
}

/** Shapes of classes, rated on bare nodes by the scheduler's own plugins. */
export class Shapes {
  readonly #input: ShapeInput;
  readonly #texts = new SameText();
  readonly #byText = new Map<string, Shape>();
  readonly #ratings = new Map<string, Int32Array | undefined>();
  readonly #numbers = new ColumnNumbers();
  /** By an image's name, what it counts for where it is. */
  readonly #imageBytes: ReadonlyMap<string, number>;

  constructor(input: ShapeInput) {
    this.#input = input;
    this.#imageBytes = new Map(
      input.infos.flatMap(({ images }) =>
        [...images].map(([name, state]) => [name, spreadSize(state, input.infos.length)] as const),
      ),
    );
  }

  /** The shape of a class whose pods may go to the open nodes. */
  of(podClass: number, prototype: Pod, footprint: Footprint, open: Uint8Array): Shape {
    const pod = podInfo(prototype);
    const { tolerations, affinity } = prototype.spec;
    const preferred = affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
    const softTaints = this.#rate(`taints ${this.#texts.numberOf(tolerations)}`, taintTolerationScore, pod);
    const wishes =
      preferred && this.#rate(`wishes ${this.#texts.numberOf(preferred)}`, nodeAffinityScore, pod);
    const images = this.#rateImages(pod);
    const { requests, ports } = footprint;
    const { scoredMilliCpu, scoredMemoryBytes } = pod;
    const taints = this.#texts.numberOf(tolerations);
    const numbers = [open, softTaints, wishes, images].map((column) => this.#numbers.of(column));
    const key = [taints, numbers, ports, requests, scoredMilliCpu, scoredMemoryBytes].join("|");
    const known = this.#byText.get(key);
    if (known !== undefined) return known;
    const asked = Int32Array.from(requests.keys()).filter((d) => requests[d] !== 0);
    const { milliCpu, memoryBytes } = pod.requests;
    const shape = {
      index: this.#byText.size,
      asked,
      amounts: Float64Array.from(asked, (d) => requests[d] as number),
      milliCpu,
      memoryBytes,
      scoredMilliCpu,
      scoredMemoryBytes,
      isBalanced: milliCpu !== 0 || memoryBytes !== 0,
      open,
      toleratesLoss: firstUntolerated(LOST_TAINTS, tolerations) === undefined,
      portConflicts: this.#input.ports.conflictsOf(podClass),
      images,
      softTaints,
      wishes,
    };
    this.#byText.set(key, shape);
    return shape;
  }

  /** A plugin's scores before they are normalized; nothing where all are 0. */
  #rate(key: string, plugin: ScorePlugin, pod: PodInfo): Int32Array | undefined {
    if (this.#ratings.has(key)) return this.#ratings.get(key);
    const { bare, infos } = this.#input;
    const scorer = plugin.preScore(pod, bare, infos);
    const scores = Int32Array.from(infos, (node) => scorer?.score(node) ?? 0);
    const rating = scores.some((score) => score !== 0) ? scores : undefined;
    this.#ratings.set(key, rating);
    return rating;
  }

  /** Most images are too small, or on too few nodes, to count anywhere: then no node is asked. */
  #rateImages(pod: PodInfo): Int32Array | undefined {
    const { containers, initContainers = [] } = pod.pod.spec;
    const images = [...initContainers, ...containers].map(({ image }) => image);
    let bytes = 0;
    for (const image of images) bytes += this.#imageBytes.get(withTag(image)) ?? 0;
    return bytes <= SIZE_MIN_BYTES ? undefined : this.#rate(`images ${images.join(" ")}`, imageLocality, pod);
  }
}
