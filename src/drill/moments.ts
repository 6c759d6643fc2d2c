import { endpointSlices, nodes, pods, services } from "../kube/kinds.ts";
import type { EndpointSlice, Node, Pod } from "../kube/types/index.ts";
import type { Sample } from "./client-probe.ts";
import { follow } from "./follow.ts";
import { seconds } from "./recorder.ts";
import type { Subject } from "./subject.ts";
import type { DrillTarget } from "./target.ts";

/**
 * What happens after a failure, in the usual order, each in seconds after it; `null` for what did not happen while it was
 * watched. They are the figures by which a lab and a real cluster can be held against each other.
 */
export interface Moments {
  /** The Ready condition of a node became Unknown. */
  readonly nodeUnknown: number | null;
  /** Something behind the Service was ready for requests and is no more. */
  readonly endpointGone: number | null;
  /** The first request that failed, by when it was sent; requests to nodes that the failure took away do not count. */
  readonly firstFailed: number | null;
  readonly lastFailed: number | null;
  /** A pod that was not there before became Ready. */
  readonly replacementReady: number | null;
}

type Sight = "nodeUnknown" | "endpointGone" | "replacementReady";

/** Watches, as the API tells it, for the moments that a failure of the subject leads to. */
export class MomentWatch {
  readonly #target: DrillTarget;
  readonly #subject: Subject;
  readonly #sights: { readonly atMs: number; readonly what: Sight }[] = [];
  readonly #stops: (() => void)[] = [];
  readonly #unknownNodes = new Set<string>();
  /** Addresses that are ready, by their slice. */
  readonly #ready = new Map<string, readonly string[]>();
  /** Pods that are no replacements: they were there before, or are Ready already. */
  readonly #settledPods = new Set<string>();

  constructor(target: DrillTarget, subject: Subject) {
    this.#target = target;
    this.#subject = subject;
  }

  /** Takes what is there for granted, and notes what changes from now on. */
  async start(): Promise<void> {
    const { client } = this.#target;
    const { app, appService } = this.#subject;
    const { spec } = await client.get(services, app.namespace, appService);
    const theirs = { namespace: app.namespace, labelSelector: selectorText(spec.selector ?? {}) };
    for (const pod of (await client.list(pods, theirs)).items) this.#settledPods.add(pod.metadata.uid);
    const slices = { namespace: app.namespace, labelSelector: `kubernetes.io/service-name=${appService}` };
    this.#stops.push(
      await follow(client, nodes, (node) => this.#seeNode(node)),
      await follow(client, endpointSlices, (slice, gone) => this.#seeSlice(slice, gone), slices),
      await follow(client, pods, (pod) => this.#seePod(pod), theirs),
    );
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  /** The moments from a failure until watching stopped. `samples` are the requests sent in that time that count. */
  between(faultMs: number, untilMs: number, samples: readonly Sample[]): Moments {
    const after = (atMs: number | undefined) => (atMs === undefined ? null : seconds(atMs - faultMs));
    const within = this.#sights.filter(({ atMs }) => atMs >= faultMs && atMs < untilMs);
    const first = (what: Sight) => after(within.find((sight) => sight.what === what)?.atMs);
    const failed = samples.filter(({ client, answer }) => client === "reader" && !answer.ok);
    const sent = failed.map(({ sentMs }) => sentMs).sort((a, b) => a - b);
    return {
      nodeUnknown: first("nodeUnknown"),
      endpointGone: first("endpointGone"),
      firstFailed: after(sent[0]),
      lastFailed: after(sent.at(-1)),
      replacementReady: first("replacementReady"),
    };
  }

  #note(what: Sight): void {
    this.#sights.push({ atMs: this.#target.clock.now(), what });
  }

  #seeNode({ metadata: { name }, status }: Node): void {
    const ready = status.conditions?.find(({ type }) => type === "Ready");
    if (ready?.status !== "Unknown") this.#unknownNodes.delete(name);
    else if (!this.#unknownNodes.has(name)) {
      this.#unknownNodes.add(name);
      this.#note("nodeUnknown");
    }
  }

  #seeSlice({ metadata: { name }, endpoints }: EndpointSlice, gone: boolean): void {
    const before = this.#readyAddresses();
    // A real API server says null of a slice that holds nothing.
    const ready = gone ? [] : (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
    this.#ready.set(
      name,
      ready.flatMap(({ addresses }) => addresses),
    );
    const now = this.#readyAddresses();
    if ([...before].some((address) => !now.has(address))) this.#note("endpointGone");
  }

  #readyAddresses(): ReadonlySet<string> {
    return new Set([...this.#ready.values()].flat());
  }

  #seePod({ metadata: { uid }, status }: Pod): void {
    const isReady = status.conditions?.some((one) => one.type === "Ready" && one.status === "True") ?? false;
    if (!isReady || this.#settledPods.has(uid)) return;
    this.#settledPods.add(uid);
    this.#note("replacementReady");
  }
}

function selectorText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}
