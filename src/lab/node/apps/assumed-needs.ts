import { pods } from "../../../kube/kinds.ts";
import { labelsContain } from "../../../kube/selectors.ts";
import { isStatus } from "../../../kube/status-error.ts";
import type { Container, Pod } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";
import type { WorkloadProfile } from "../profile.ts";
import type { ServiceLog } from "../proxy/service-log.ts";
import type { ServiceTable } from "../proxy/service-table.ts";
import type { Need } from "./needs.ts";
import { portsOf } from "./process-planner.ts";

/** Where guesses are taken from. */
export interface AssumedNeedsOptions {
  readonly api: Api;
  readonly services: ServiceLog;
  readonly profileOf: (pod: Pod, container: Container) => WorkloadProfile;
}

/**
 * What is taken for granted where nobody has said what a web application needs: the one database Service of its namespace.
 * Each such guess is remembered, so that it can be told.
 */
export class AssumedNeeds {
  readonly #options: AssumedNeedsOptions;
  /** By namespace; worked out anew when its Services change. */
  readonly #databases = new Map<string, { readonly version: number; readonly needs: readonly Need[] }>();
  readonly #told = new Set<string>();

  constructor(options: AssumedNeedsOptions) {
    this.#options = options;
  }

  /** Sentences for people, in order of their coming up. */
  get sentences(): readonly string[] {
    return [...this.#told];
  }

  of(pod: Pod, workload: string): readonly Need[] {
    const namespace = pod.metadata.namespace ?? "";
    const needs = this.#inNamespace(namespace);
    for (const need of needs) {
      if (need.kind !== "service") continue;
      this.#told.add(
        `${namespace}/${workload} is taken to keep its data in ${need.namespace}/${need.name}, the only database Service of its namespace`,
      );
    }
    return needs;
  }

  #inNamespace(namespace: string): readonly Need[] {
    const known = this.#databases.get(namespace);
    const version = this.#options.services.end;
    if (known?.version === version) return known.needs;
    const found = this.#find(namespace) ?? known?.needs ?? [];
    this.#databases.set(namespace, { version, needs: found });
    return found;
  }

  /** `undefined` while the API server cannot be asked. */
  #find(namespace: string): readonly Need[] | undefined {
    let candidates: readonly Pod[];
    try {
      candidates = this.#options.api.list(pods, { namespace });
    } catch (error) {
      if (isStatus(error, "ServiceUnavailable")) return undefined;
      throw error;
    }
    const found: Need[] = [];
    for (const table of this.#options.services.all()) {
      if (table.service.metadata.namespace !== namespace) continue;
      const port = this.#databasePort(table, candidates);
      if (port === undefined) continue;
      found.push({ kind: "service", namespace, name: table.service.metadata.name, port });
    }
    return found.length === 1 ? found : [];
  }

  /** The Service's port behind which a database listens. */
  #databasePort({ service }: ServiceTable, candidates: readonly Pod[]): number | undefined {
    const { selector, ports = [] } = service.spec;
    if (selector === undefined) return undefined;
    for (const pod of candidates) {
      if (!labelsContain(pod.metadata.labels, selector)) continue;
      for (const container of pod.spec.containers) {
        if (this.#options.profileOf(pod, container).role !== "database") continue;
        const listening = portsOf(container);
        const port = ports.find(({ targetPort }) => {
          if (listening === "any") return true;
          if (typeof targetPort === "number") return listening.has(targetPort);
          return container.ports?.some(({ name }) => name === targetPort) ?? false;
        });
        if (port !== undefined) return port.port;
      }
    }
    return undefined;
  }
}
