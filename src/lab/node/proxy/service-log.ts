import { withEndpoints } from "../../../kube/endpoint-slices.ts";
import { endpointSlices, services } from "../../../kube/kinds.ts";
import type { EndpointSlice, KubeObject, Service } from "../../../kube/types/index.ts";
import type { Clock } from "../../../time/engine.ts";
import type { Api } from "../../apiserver/api.ts";
import { type ServiceTable, serviceTable } from "./service-table.ts";

/** A new version of one Service's table; without one the Service is gone. */
export interface ServiceChange {
  readonly atMs: number;
  readonly key: string;
  readonly table: ServiceTable | undefined;
}

const SERVICE_NAME_LABEL = "kubernetes.io/service-name";

/**
 * What proxies have to learn, in order: every version of every Service's table, as the API server commits it. Each node reads
 * the log in its own time; what all have read is dropped.
 */
export class ServiceLog {
  readonly #clock: Clock;
  readonly #tables = new Map<string, ServiceTable>();
  readonly #services = new Map<string, Service>();
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();
  readonly #handlers: (() => void)[] = [];
  #changes: ServiceChange[] = [];
  #dropped = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Follows the API from now on. */
  start(api: Pick<Api, "list" | "onChange">): void {
    for (const service of api.list(services)) this.#setService(service);
    for (const slice of api.list(endpointSlices)) this.#setSlice(withEndpoints(slice), false);
    api.onChange(services, ({ type, object }) => {
      if (type === "DELETED") this.#services.delete(keyOf(object));
      else this.#services.set(keyOf(object), object);
      this.#publish(keyOf(object));
    });
    api.onChange(endpointSlices, ({ type, object }) =>
      this.#setSlice(withEndpoints(object), type === "DELETED"),
    );
  }

  /** Tells of every new entry. */
  onAppend(handler: () => void): void {
    this.#handlers.push(handler);
  }

  /** One past the last entry. */
  get end(): number {
    return this.#dropped + this.#changes.length;
  }

  at(index: number): ServiceChange | undefined {
    return this.#changes[index - this.#dropped];
  }

  /** The newest table of a Service: what the API server has, whatever proxies know of it. */
  current(key: string): ServiceTable | undefined {
    return this.#tables.get(key);
  }

  /** The newest tables of all Services. */
  all(): IterableIterator<ServiceTable> {
    return this.#tables.values();
  }

  /** Everything before `index` has been read by all. */
  dropBefore(index: number): void {
    const count = index - this.#dropped;
    if (count <= 0) return;
    this.#changes = this.#changes.slice(count);
    this.#dropped = index;
  }

  #setService(service: Service): void {
    this.#services.set(keyOf(service), service);
    this.#publish(keyOf(service));
  }

  #setSlice(slice: EndpointSlice, isGone: boolean): void {
    const name = slice.metadata.labels?.[SERVICE_NAME_LABEL];
    if (name === undefined) return;
    const key = `${slice.metadata.namespace}/${name}`;
    const slices = this.#slices.get(key) ?? new Map<string, EndpointSlice>();
    if (isGone) slices.delete(slice.metadata.name);
    else slices.set(slice.metadata.name, slice);
    this.#slices.set(key, slices);
    this.#publish(key);
  }

  #publish(key: string): void {
    const service = this.#services.get(key);
    const table = service && serviceTable(service, this.#slices.get(key)?.values() ?? []);
    if (table === undefined && !this.#tables.has(key)) return;
    if (table === undefined) this.#tables.delete(key);
    else this.#tables.set(key, table);
    this.#changes.push({ atMs: this.#clock.now(), key, table });
    for (const handler of this.#handlers) handler();
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}
