import type { Pod, Service, StringMap } from "../../kube/types/index.ts";
import { type ClusterObjects, ObjectTable } from "../../scheduler/cluster-objects.ts";

/** Finds the Services that may select a pod without asking all of its namespace: by a label that the selector wants. */
export class ServiceIndex {
  readonly #objects: ClusterObjects;
  readonly #byLabel = new Map<string, Service[]>();

  constructor(objects: ClusterObjects) {
    this.#objects = objects;
    for (const service of objects.services.all()) {
      const { namespace } = service.metadata;
      // One without a selector selects nobody, and one that wants nothing says nothing about whom it selects.
      for (const key in service.spec.selector) {
        append(this.#byLabel, labelKey(namespace, key, service.spec.selector[key] as string), service);
        break;
      }
    }
  }

  /** The objects, with no Services but those that may select a pod with these labels. */
  around({ metadata }: Pod): ClusterObjects {
    const services = new ObjectTable<Service>();
    const labels: StringMap = metadata.labels ?? {};
    for (const key in labels) {
      const found = this.#byLabel.get(labelKey(metadata.namespace, key, labels[key] as string)) ?? [];
      for (const service of found) services.set(service);
    }
    return { ...this.#objects, services };
  }
}

function labelKey(namespace: string | undefined, key: string, value: string): string {
  return `${namespace ?? ""}/${key}=${value}`;
}

function append(map: Map<string, Service[]>, key: string, service: Service): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [service]);
  else list.push(service);
}
