import type { NodeInfo } from "../../scheduler/node-info.ts";
import { isRejection, type NodeFilter, type Rejection } from "../../scheduler/plugin.ts";
import { nodeAffinity } from "../../scheduler/plugins/node-affinity.ts";
import { nodeUnschedulable } from "../../scheduler/plugins/node-unschedulable.ts";
import { taintToleration } from "../../scheduler/plugins/taint-toleration.ts";
import { volumeBinding } from "../../scheduler/plugins/volume-binding.ts";
import { volumeZone } from "../../scheduler/plugins/volume-zone.ts";
import type { PodInfo } from "../../scheduler/pod-info.ts";
import type { Snapshot } from "../../scheduler/snapshot.ts";
import { SameText } from "./same-text.ts";

/** Filters that look at nothing but the node itself, and at volumes that are bound. */
const STANDING_FILTERS = [nodeUnschedulable, taintToleration, nodeAffinity, volumeBinding, volumeZone];

/** Which nodes are open to pods as far as that does not depend on other pods. */
export class OpenNodes {
  readonly #bare: Snapshot;
  readonly #infos: readonly NodeInfo[];
  readonly #texts = new SameText();
  readonly #known = new Map<string, Uint8Array | Rejection>();
  readonly #masks = new Map<string, Uint8Array>();

  /** `infos` are the nodes of `bare` in the model's order. */
  constructor(bare: Snapshot, infos: readonly NodeInfo[]) {
    this.#bare = bare;
    this.#infos = infos;
  }

  /** By node, 1 where it is open; the same array for equal answers. A rejection when the pod is rejected whatever the node. */
  to(pod: PodInfo): Uint8Array | Rejection {
    const { tolerations, nodeSelector, affinity } = pod.pod.spec;
    const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    const numbers = [tolerations, nodeSelector, required].map((value) => this.#texts.numberOf(value));
    const claims = pod.claimNames.length === 0 ? "" : `${pod.namespace}/${pod.claimNames.join("/")}`;
    const key = `${numbers.join(" ")} ${claims}`;
    let open = this.#known.get(key);
    if (open === undefined) {
      open = this.#find(pod);
      this.#known.set(key, open);
    }
    return open;
  }

  #find(pod: PodInfo): Uint8Array | Rejection {
    const filters: NodeFilter[] = [];
    for (const plugin of STANDING_FILTERS) {
      const answer = plugin.preFilter(pod, this.#bare);
      if (answer === undefined) continue;
      if (isRejection(answer)) return answer;
      filters.push(answer);
    }
    return this.#shared(
      Uint8Array.from(this.#infos, (node) =>
        filters.some((filter) => filter.filter(node) !== undefined) ? 0 : 1,
      ),
    );
  }

  #shared(mask: Uint8Array): Uint8Array {
    const text = Buffer.from(mask).toString("latin1");
    const known = this.#masks.get(text);
    if (known !== undefined) return known;
    this.#masks.set(text, mask);
    return mask;
  }
}
