import { nodeState, podState } from "../../../src/drill/recorder.ts";
import { endpointSlices, nodes, pods } from "../../../src/kube/kinds.ts";
import { controllerOf } from "../../../src/kube/owners.ts";
import type { EndpointSlice, Pod } from "../../../src/kube/types/index.ts";
import { createLab, type Lab } from "../../../src/lab/lab.ts";
import type { LabOptions } from "../../../src/lab/options.ts";
import { drive } from "../../../src/time/drive.ts";

/**
 * Where a text scenario plays: a lab, and the lines that its changes print. Pods are called by their workload and a number
 * in order of appearance ("cart/2"), so that a transcript does not depend on random name endings.
 */
export class Stage {
  #lab: Lab | undefined;
  #zeroMs = 0;
  #lines: string[] = [];
  readonly #last = new Map<string, string>();
  readonly #podNames = new Map<string, string>();
  readonly #podCounts = new Map<string, number>();

  get lab(): Lab {
    if (this.#lab === undefined) throw new Error('A scenario begins with "cluster"');
    return this.#lab;
  }

  /** Starts the lab, waits until its nodes are Ready, and notes every change from then on. */
  async start(options: LabOptions): Promise<void> {
    const lab = createLab(options);
    this.#lab = lab;
    await drive(lab.engine, lab.ready());
    this.#zeroMs = lab.engine.now();
    lab.api.onChange(nodes, ({ object, type }) => {
      this.#note(object.metadata.name, type === "DELETED" ? "gone" : nodeState(object).label);
    });
    lab.api.onChange(pods, ({ object, type }) => {
      if (object.metadata.namespace !== "default") return;
      this.#note(this.nameOf(object), type === "DELETED" ? "gone" : podState(object).label);
    });
    lab.api.onChange(endpointSlices, ({ object, type }) => {
      if (object.metadata.namespace !== "default" || object.metadata.name === "kubernetes") return;
      this.#note(
        `service ${object.metadata.labels?.["kubernetes.io/service-name"]}`,
        endpointText(type === "DELETED" ? undefined : object),
      );
    });
    for (const node of lab.api.list(nodes)) this.#last.set(node.metadata.name, nodeState(node).label);
  }

  /** "cart/2": the pod's workload and its number in order of appearance. */
  nameOf(pod: Pod): string {
    const known = this.#podNames.get(pod.metadata.uid);
    if (known !== undefined) return known;
    const owner = controllerOf(pod);
    const workload =
      (owner?.kind === "ReplicaSet" ? owner.name.replace(/-[^-]+$/, "") : owner?.name) ?? pod.metadata.name;
    const number = (this.#podCounts.get(workload) ?? 0) + 1;
    this.#podCounts.set(workload, number);
    const name = owner === undefined ? workload : `${workload}/${number}`;
    this.#podNames.set(pod.metadata.uid, name);
    return name;
  }

  /** A line of the transcript, dated from the moment when the nodes were Ready. */
  print(text: string): void {
    const seconds = Math.round((this.lab.engine.now() - this.#zeroMs) / 100) / 10;
    this.#lines.push(`+${seconds.toFixed(1)}s`.padEnd(9) + text);
  }

  /** What was printed since the last time. */
  take(): string {
    const lines = this.#lines;
    this.#lines = [];
    return lines.join("\n");
  }

  #note(where: string, what: string): void {
    if (this.#last.get(where) === what) return;
    this.#last.set(where, what);
    this.print(`${where}: ${what}`);
  }
}

function endpointText(slice: EndpointSlice | undefined): string {
  const endpoints = slice?.endpoints ?? [];
  const ready = endpoints.filter((endpoint) => endpoint.conditions.ready === true).length;
  return `${ready} of ${endpoints.length} endpoints ready`;
}
