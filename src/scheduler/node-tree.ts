import type { Node } from "../kube/types/index.ts";

/** The order in which nodes are looked at: one of each zone in turn, so that a search that stops early has seen every zone. */
export class NodeTree {
  readonly #zones = new Map<string, string[]>();
  readonly #zoneOf = new Map<string, string>();
  #order: readonly string[] | undefined;

  /** Adds a node, or moves it when its zone has changed. Whether the order is another one now. */
  set(node: Node): boolean {
    const { name } = node.metadata;
    const zone = zoneKey(node);
    const known = this.#zoneOf.get(name);
    if (known === zone) return false;
    if (known !== undefined) this.delete(name);
    const names = this.#zones.get(zone);
    if (names === undefined) this.#zones.set(zone, [name]);
    else names.push(name);
    this.#zoneOf.set(name, zone);
    this.#order = undefined;
    return true;
  }

  delete(name: string): void {
    const zone = this.#zoneOf.get(name);
    if (zone === undefined) return;
    const names = (this.#zones.get(zone) ?? []).filter((other) => other !== name);
    if (names.length === 0) this.#zones.delete(zone);
    else this.#zones.set(zone, names);
    this.#zoneOf.delete(name);
    this.#order = undefined;
  }

  /** Every node's name; the same list until a node or a zone changes. */
  get order(): readonly string[] {
    this.#order ??= this.#roundRobin();
    return this.#order;
  }

  #roundRobin(): readonly string[] {
    const zones = [...this.#zones.values()];
    const order: string[] = [];
    for (let i = 0; order.length < this.#zoneOf.size; i++) {
      for (const names of zones) {
        const name = names[i];
        if (name !== undefined) order.push(name);
      }
    }
    return order;
  }
}

/** Region and zone in one; empty for a node that names neither. */
function zoneKey({ metadata: { labels = {} } }: Node): string {
  const zone =
    labels["failure-domain.beta.kubernetes.io/zone"] ?? labels["topology.kubernetes.io/zone"] ?? "";
  const region =
    labels["failure-domain.beta.kubernetes.io/region"] ?? labels["topology.kubernetes.io/region"] ?? "";
  return region === "" && zone === "" ? "" : `${region}:\0:${zone}`;
}
