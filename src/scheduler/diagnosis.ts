import type { PluginName, Rejection } from "./plugin.ts";

/** Why a pod could not be scheduled: node by node, and which plugins to ask when something changes. */
export class Diagnosis {
  readonly #nodeCount: number;
  readonly #byNode = new Map<string, Rejection>();
  readonly #rejectors = new Set<PluginName>();
  /** What holds for every node that has no rejection of its own. */
  #others: { readonly reasons: readonly string[]; readonly resolvable: boolean } = NOT_LOOKED_AT;
  #preFilterMessage: string | undefined;

  constructor(nodeCount: number) {
    this.#nodeCount = nodeCount;
  }

  /** The plugins that rejected the pod, on some node or at once. */
  get rejectors(): ReadonlySet<PluginName> {
    return this.#rejectors;
  }

  /** How many nodes have a rejection of their own. */
  get rejectedNodes(): number {
    return this.#byNode.size;
  }

  rejectNode(nodeName: string, rejection: Rejection): void {
    this.#byNode.set(nodeName, rejection);
    this.#rejectors.add(rejection.plugin);
  }

  /** No node was looked at: the pod itself will not do as things are. */
  rejectAll({ plugin, reasons, resolvable }: Rejection): void {
    this.#others = { reasons, resolvable };
    this.#preFilterMessage = reasons.join(", ");
    this.#rejectors.add(plugin);
  }

  /** The plugin named the only nodes that could do; the others are not looked at. */
  excludeOthers(plugin: PluginName): void {
    this.#rejectors.add(plugin);
    this.#others = { reasons: [`node(s) didn't satisfy plugin(s) [${plugin}]`], resolvable: false };
  }

  /** Preemption looked at some nodes only, because the others cannot be helped by it. */
  declareOthersBeyondHelp(): void {
    this.#others = { reasons: ["Preemption is not helpful for scheduling"], resolvable: false };
  }

  /** Whether taking pods off that node could make room for this one. */
  isResolvable(nodeName: string): boolean {
    return (this.#byNode.get(nodeName) ?? this.#others).resolvable;
  }

  /** The sentence that ends up in the pod's condition and in its FailedScheduling event. */
  message(postFilterMessage = ""): string {
    const found = this.#preFilterMessage ?? this.#histogram();
    const reasons = found === "" ? "" : ` ${found}.`;
    const afterwards = postFilterMessage === "" ? "" : ` ${postFilterMessage}`;
    return `0/${this.#nodeCount} nodes are available:${reasons}${afterwards}`;
  }

  #histogram(): string {
    const counts = new Map<string, number>();
    const count = (reasons: readonly string[], times: number) => {
      for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + times);
    };
    for (const { reasons } of this.#byNode.values()) count(reasons, 1);
    const others = this.#nodeCount - this.#byNode.size;
    if (others > 0) count(this.#others.reasons, others);
    return [...counts]
      .map(([reason, times]) => `${times} ${reason}`)
      .sort()
      .join(", ");
  }
}

const NOT_LOOKED_AT = Object.freeze({ reasons: Object.freeze([]), resolvable: false });
