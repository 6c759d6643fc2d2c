import type { RandomStream } from "../../../base/random.ts";
import type { Engine } from "../../../time/engine.ts";
import type { ServiceLog } from "./service-log.ts";
import type { Backend, ServicePortTable, ServiceTable } from "./service-table.ts";
import { type ProxyPlace, type Side, usableBackends } from "./usable-backends.ts";

/** From a commit until a proxy's informer has it. */
const WATCH_MS = [2, 30] as const;
/** Writing the rules (iptables-restore). */
const WRITE_MS = [50, 250] as const;
/** From a boot until the kubelet has brought the proxy up. */
const START_MS = [3_000, 8_000] as const;
/** --iptables-min-sync-period: between the beginnings of two writes. */
const MIN_SYNC_PERIOD_MS = 1_000;
/** client-go's reflector pauses between tries to watch again, doubling. */
const RECONNECT_MS = [800, 30_000] as const;
const DEFAULT_AFFINITY_SECONDS = 10_800;

/** What a node's rules do with a new connection. */
export type Choice =
  | { readonly kind: "backend"; readonly backend: Backend }
  | { readonly kind: "refused" }
  | { readonly kind: "dropped" };

interface Affinity {
  readonly backend: Backend;
  readonly lastMs: number;
}

/**
 * One node's kube-proxy: the rules that it has written, which lag behind the API. Nothing runs here: how far the rules have got
 * follows from what changed when, and is worked out when somebody sends something.
 */
export class NodeProxy {
  readonly #engine: Engine;
  readonly #log: ServiceLog;
  /** A stream for each sort of chance: how often somebody looks must not shift what another draws. */
  readonly #random: Readonly<Record<"watch" | "write" | "start" | "pick", RandomStream>>;
  readonly #place: ProxyPlace;
  readonly #tables = new Map<string, ServiceTable>();
  readonly #nodePorts = new Map<number, string>();
  readonly #affinities = new Map<string, Affinity>();
  /** Entries of the log that have arrived but are not written, with when they arrived. */
  #arrived: { readonly index: number; readonly atMs: number }[] = [];
  #cursor = 0;
  #write: { readonly doneMs: number; readonly upTo: number } | undefined;
  /** "empty": it runs, or will soon, but has not read anything yet. */
  #state: "up" | "down" | "empty" = "up";
  #lastStartMs = Number.NEGATIVE_INFINITY;
  #cutOffSinceMs: number | undefined;
  /** Until then it has not heard of anything again. */
  #deafUntilMs = 0;

  constructor(engine: Engine, log: ServiceLog, place: ProxyPlace) {
    this.#engine = engine;
    this.#log = log;
    this.#place = place;
    const stream = (what: string) => engine.random(`proxy/${place.nodeName}/${what}`);
    this.#random = {
      watch: stream("watch"),
      write: stream("write"),
      start: stream("start"),
      pick: stream("pick"),
    };
  }

  /** What has been read of the log for good. */
  get readUpTo(): number {
    if (this.#state === "down") return this.#log.end;
    return this.#arrived[0]?.index ?? this.#cursor;
  }

  /** The way to the API server is shut: the rules stay as they are. */
  cutOff(): void {
    this.catchUp();
    this.#cutOffSinceMs ??= this.#engine.now();
  }

  /** The way is open again: it hears of everything it has missed, after a while. */
  connected(): void {
    if (this.#cutOffSinceMs === undefined) return;
    const [first, last] = RECONNECT_MS;
    const pauseMs = Math.min(last, Math.max(first, this.#engine.now() - this.#cutOffSinceMs));
    this.#deafUntilMs = this.#engine.now() + this.#random.start.between(0, pauseMs);
    this.#cutOffSinceMs = undefined;
    if (this.#state === "empty") this.#engine.at(this.#deafUntilMs, () => this.#list());
  }

  /** The machine has lost its power: the rules are gone. */
  losePower(): void {
    this.#state = "down";
    this.#tables.clear();
    this.#nodePorts.clear();
    this.#affinities.clear();
    this.#arrived = [];
    this.#write = undefined;
    this.#lastStartMs = Number.NEGATIVE_INFINITY;
  }

  /** The machine has booted: once the proxy runs it reads everything anew. */
  boot(): void {
    this.#state = "empty";
    this.#engine.after(this.#random.start.between(...START_MS), () => this.#list());
  }

  /** Writes what is due by now; the moment at which there will be something to look at again, if there will be. */
  catchUp(): number | undefined {
    if (this.#state !== "up") return undefined;
    const now = this.#engine.now();
    for (;;) {
      this.#hear();
      this.#write ??= this.#beginWrite();
      if (this.#write === undefined) return this.#nextStartMs();
      if (this.#write.doneMs > now) return this.#write.doneMs;
      this.#install(this.#write.upTo);
      this.#write = undefined;
    }
  }

  /** The rules for a Service; its table as far as this node knows it. */
  table(key: string): ServiceTable | undefined {
    this.catchUp();
    return this.#tables.get(key);
  }

  /** The Service that this node answers for on one of its own ports. */
  tableOfNodePort(port: number): { table: ServiceTable; port: ServicePortTable } | undefined {
    this.catchUp();
    const key = this.#nodePorts.get(port);
    const table = key === undefined ? undefined : this.#tables.get(key);
    const found = table?.ports.find((each) => each.port.nodePort === port);
    return table === undefined || found === undefined ? undefined : { table, port: found };
  }

  /** Picks where a new connection goes. */
  choose(table: ServiceTable, port: ServicePortTable, side: Side, clientIp: string): Choice {
    const usable = usableBackends(table, port, side, this.#place);
    if (usable.kind === "none") return { kind: "refused" };
    if (usable.kind === "not-here") return { kind: "dropped" };
    const { sessionAffinity, sessionAffinityConfig } = table.service.spec;
    if (sessionAffinity !== "ClientIP") return this.#pick(usable.backends);
    const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS;
    const key = `${table.key}/${port.port.port}/${clientIp}`;
    const now = this.#engine.now();
    const known = this.#affinities.get(key);
    const holds = known !== undefined && now - known.lastMs < seconds * 1000;
    const backend = holds ? usable.backends.find((each) => isSame(each, known.backend)) : undefined;
    const choice =
      backend === undefined ? this.#pick(usable.backends) : { kind: "backend" as const, backend };
    this.#affinities.set(key, { backend: choice.backend, lastMs: now });
    return choice;
  }

  #pick(backends: readonly Backend[]): { kind: "backend"; backend: Backend } {
    return { kind: "backend", backend: this.#random.pick.pick(backends) };
  }

  /** Takes up what has reached the node by now. */
  #hear(): void {
    if (this.#cutOffSinceMs !== undefined) return;
    const now = this.#engine.now();
    while (this.#cursor < this.#log.end) {
      const change = this.#log.at(this.#cursor);
      if (change === undefined) break;
      const earliest = Math.max(change.atMs, this.#deafUntilMs);
      if (earliest > now) break;
      this.#arrived.push({ index: this.#cursor, atMs: earliest + this.#random.watch.between(...WATCH_MS) });
      this.#cursor++;
    }
  }

  #nextStartMs(): number | undefined {
    const first = this.#arrived[0];
    return first && Math.max(first.atMs, this.#lastStartMs + MIN_SYNC_PERIOD_MS);
  }

  /** What arrives until a write begins is part of it. */
  #beginWrite() {
    const startMs = this.#nextStartMs();
    if (startMs === undefined || startMs > this.#engine.now()) return undefined;
    let upTo = -1;
    for (const { index, atMs } of this.#arrived) if (atMs <= startMs) upTo = Math.max(upTo, index);
    this.#lastStartMs = startMs;
    return { doneMs: startMs + this.#random.write.between(...WRITE_MS), upTo };
  }

  #list(): void {
    if (this.#state !== "empty" || this.#cutOffSinceMs !== undefined) return;
    this.#state = "up";
    this.#cursor = this.#log.end;
    for (const table of this.#log.all()) this.#setTable(table);
  }

  #install(upTo: number): void {
    for (const { index } of this.#arrived) {
      if (index > upTo) break;
      const change = this.#log.at(index);
      if (change === undefined) continue;
      this.#forgetPorts(change.key);
      if (change.table === undefined) {
        this.#tables.delete(change.key);
        continue;
      }
      this.#setTable(change.table);
    }
    this.#arrived = this.#arrived.filter(({ index }) => index > upTo);
  }

  #setTable(table: ServiceTable): void {
    this.#tables.set(table.key, table);
    for (const { port } of table.ports) {
      if (port.nodePort !== undefined) this.#nodePorts.set(port.nodePort, table.key);
    }
  }

  #forgetPorts(key: string): void {
    for (const { port } of this.#tables.get(key)?.ports ?? []) {
      if (port.nodePort !== undefined) this.#nodePorts.delete(port.nodePort);
    }
  }
}

function isSame(a: Backend, b: Backend): boolean {
  return a.ip === b.ip && a.port === b.port;
}
