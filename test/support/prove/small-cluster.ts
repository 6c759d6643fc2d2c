/**
 * Small random clusters for judging certificates: nodes with room in three dimensions, workloads with requests, open nodes,
 * anti-affinity by host, a host port and hard spreads; and a scheduler that takes pods in any order to any node that will do.
 */
import type { RandomStream } from "../../../src/base/random.ts";
import { nodesAtOnceMax } from "../../../src/prove/certificates/nodes-at-once.ts";
import { type Demand, largestRequests, type Room, slotsFor } from "../../../src/prove/certificates/slots.ts";

const DIMENSIONS = 3;

interface SmallWorkload {
  readonly requests: readonly number[];
  readonly open: readonly boolean[];
  /** Workloads whose pods it does not bear on its node. */
  readonly shuns: ReadonlySet<number>;
  readonly port: number | undefined;
  readonly hostSkewMax: number | undefined;
  readonly zoneSkewMax: number | undefined;
}

interface SmallPod {
  readonly workload: number;
  readonly node: number;
}

export class SmallCluster {
  readonly #random: RandomStream;
  readonly #zones: readonly number[];
  readonly #workloads: readonly SmallWorkload[];
  readonly #capacity: readonly (readonly number[])[];
  readonly pods: SmallPod[] = [];
  lost: ReadonlySet<number> = new Set();

  constructor(random: RandomStream) {
    this.#random = random;
    const nodes = 3 + random.below(7);
    const zones = 1 + random.below(3);
    this.#zones = Array.from({ length: nodes }, (_, i) => i % zones);
    this.#capacity = this.#zones.map(() => [
      8 + random.below(40),
      8 + random.below(40),
      2 + random.below(12),
    ]);
    const workloads = 1 + random.below(5);
    this.#workloads = Array.from({ length: workloads }, () => this.#randomWorkload(nodes, workloads));
    const pods = random.below(24);
    for (let i = 0; i < pods; i++) this.#place(this.pods, random.below(workloads));
  }

  get nodes(): number {
    return this.#zones.length;
  }

  #randomWorkload(nodes: number, workloads: number): SmallWorkload {
    const random = this.#random;
    const chance = (share: number) => random.next() < share;
    const isPicky = chance(0.4);
    return {
      // Nothing at all is asked for now and then, but every pod is one pod.
      requests: [random.below(7), random.below(7), 1],
      open: Array.from({ length: nodes }, () => !isPicky || chance(0.75)),
      shuns: new Set(
        Array.from({ length: workloads }, (_, i) => i).filter(() => chance(0.25 / Math.sqrt(workloads))),
      ),
      port: chance(0.15) ? random.below(2) : undefined,
      hostSkewMax: chance(0.15) ? 1 + random.below(2) : undefined,
      zoneSkewMax: chance(0.25) ? 1 + random.below(2) : undefined,
    };
  }

  /** Loses nodes; the pods on them come back as displaced workloads. */
  lose(lost: ReadonlySet<number>): readonly number[] {
    this.lost = lost;
    return this.pods.filter(({ node }) => lost.has(node)).map(({ workload }) => workload);
  }

  /** What is left, for `certifiesPlacement`. */
  room(): Room {
    const free = new Float64Array(this.nodes * DIMENSIONS);
    for (let i = 0; i < free.length; i++) {
      const node = Math.trunc(i / DIMENSIONS);
      free[i] = this.#freeOf(this.pods, node, i % DIMENSIONS);
    }
    return { dimensions: DIMENSIONS, free };
  }

  /** The displaced pods by workload, for `certifiesPlacement`. */
  demands(displaced: readonly number[]): readonly Demand[] {
    const alive = this.#alive();
    return [...new Set(displaced)].map((index) => {
      const workload = this.#workloads[index] as SmallWorkload;
      const open = this.#allNodes().filter(
        (node) =>
          this.#isOpen(index, node) &&
          this.#bearsCompany(alive, index, node) &&
          this.#keepsHosts(alive, index, node),
      );
      const zones = workload.zoneSkewMax === undefined ? undefined : this.#countedZones(index);
      const nodes = zones?.map((zone) => open.filter((node) => this.#zones[node] === zone)) ?? [open];
      return {
        count: displaced.filter((other) => other === index).length,
        requests: Float64Array.from(workload.requests),
        nodes: nodes.map((list) => Int32Array.from(list)),
        isExclusive:
          workload.port !== undefined ||
          workload.hostSkewMax !== undefined ||
          displaced.some((other) => this.#shun(index, other)),
      };
    });
  }

  /** `nodesAtOnceMax` for this cluster as it stands, by the demands that its workloads would be. */
  nodesAtOnceMax(): number {
    const room = this.room();
    const displaced = new Int32Array(this.nodes);
    for (const { node } of this.pods) displaced[node] = (displaced[node] as number) + 1;
    const indices = [...new Set(this.pods.map(({ workload }) => workload))];
    const requests = indices.map((index) => ({
      requests: Float64Array.from((this.#workloads[index] as SmallWorkload).requests),
    }));
    const largest = largestRequests(DIMENSIONS, requests);
    const demands = indices.map((index, i) => {
      const { zoneSkewMax, hostSkewMax, port } = this.#workloads[index] as SmallWorkload;
      const closing = this.pods.filter(({ workload }) => this.#shun(index, workload) || workload === index);
      const isExclusive =
        port !== undefined || hostSkewMax !== undefined || indices.some((other) => this.#shun(index, other));
      const open = this.#allNodes().filter((node) => this.#isOpen(index, node));
      const zones = zoneSkewMax === undefined ? undefined : this.#countedZones(index);
      const lists = zones?.map((zone) => open.filter((node) => this.#zones[node] === zone)) ?? [open];
      const demand = { requests: (requests[i] as { requests: Float64Array }).requests, isExclusive };
      return {
        slots: lists.map((nodes) => Int32Array.from(nodes, (node) => slotsFor(demand, node, room, largest))),
        // Ports are taken by whomever: a node is closed for each pod that has one.
        closedMax: isExclusive ? closing.length + (port === undefined ? 0 : this.pods.length) : 0,
      };
    });
    return nodesAtOnceMax(displaced, demands);
  }

  /** The nodes that each displaced workload can ever go to, for `refutePlacement`. */
  reachable(demands: readonly Demand[], displaced: readonly number[]): readonly Demand[] {
    const indices = [...new Set(displaced)];
    return demands.map((demand, i) => ({
      ...demand,
      nodes: [Int32Array.from(this.#allNodes().filter((node) => this.#isOpen(indices[i] as number, node)))],
    }));
  }

  /** One run of a scheduler without preference: whether every displaced pod found a node. */
  placesAll(displaced: readonly number[]): boolean {
    const pods = [...this.#alive()];
    const order = [...displaced];
    for (let i = order.length - 1; i > 0; i--) {
      const j = this.#random.below(i + 1);
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    return order.every((workload) => this.#place(pods, workload));
  }

  #place(pods: SmallPod[], index: number): boolean {
    const workload = this.#workloads[index] as SmallWorkload;
    const feasible = this.#allNodes().filter(
      (node) =>
        this.#isOpen(index, node) &&
        workload.requests.every((request, d) => request === 0 || request <= this.#freeOf(pods, node, d)) &&
        this.#bearsCompany(pods, index, node) &&
        this.#keepsHosts(pods, index, node) &&
        this.#keepsZones(pods, index, node),
    );
    if (feasible.length === 0) return false;
    pods.push({ workload: index, node: this.#random.pick(feasible) });
    return true;
  }

  #allNodes(): readonly number[] {
    return this.#zones.map((_, node) => node);
  }

  #alive(): readonly SmallPod[] {
    return this.pods.filter(({ node }) => !this.lost.has(node));
  }

  #freeOf(pods: readonly SmallPod[], node: number, d: number): number {
    let free = this.#capacity[node]?.[d] as number;
    for (const pod of pods)
      if (pod.node === node) free -= this.#workloads[pod.workload]?.requests[d] as number;
    return free;
  }

  #isOpen(index: number, node: number): boolean {
    return !this.lost.has(node) && this.#workloads[index]?.open[node] === true;
  }

  #shun(a: number, b: number): boolean {
    return Boolean(this.#workloads[a]?.shuns.has(b) || this.#workloads[b]?.shuns.has(a));
  }

  #bearsCompany(pods: readonly SmallPod[], index: number, node: number): boolean {
    const port = this.#workloads[index]?.port;
    return pods.every(
      (pod) =>
        pod.node !== node ||
        (!this.#shun(index, pod.workload) &&
          (port === undefined || this.#workloads[pod.workload]?.port !== port)),
    );
  }

  #keepsHosts(pods: readonly SmallPod[], index: number, node: number): boolean {
    const { hostSkewMax, open } = this.#workloads[index] as SmallWorkload;
    if (hostSkewMax === undefined) return true;
    const countOn = (host: number) =>
      pods.filter((pod) => pod.workload === index && pod.node === host).length;
    const fewest = Math.min(
      ...this.#allNodes()
        .filter((host) => open[host])
        .map(countOn),
    );
    return countOn(node) + 1 - fewest <= hostSkewMax;
  }

  #keepsZones(pods: readonly SmallPod[], index: number, node: number): boolean {
    const { zoneSkewMax } = this.#workloads[index] as SmallWorkload;
    if (zoneSkewMax === undefined) return true;
    const countIn = (zone: number) =>
      pods.filter((pod) => pod.workload === index && this.#zones[pod.node] === zone).length;
    const fewest = Math.min(...this.#countedZones(index).map(countIn));
    return countIn(this.#zones[node] as number) + 1 - fewest <= zoneSkewMax;
  }

  /** Zones with an open node, dead or alive: kube-scheduler counts lost nodes' domains unless told to honor taints. */
  #countedZones(index: number): readonly number[] {
    const { open } = this.#workloads[index] as SmallWorkload;
    return [
      ...new Set(
        this.#allNodes()
          .filter((node) => open[node])
          .map((node) => this.#zones[node] as number),
      ),
    ];
  }
}
