import type { Kind } from "../../../kube/kind.ts";
import { controllerOf } from "../../../kube/owners.ts";
import type { KubeObject } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";
import { watchAll } from "./watch.ts";

/**
 * The objects of a kind that no controller owns, by namespace: candidates for adoption. There are few or none of them,
 * so asking here is cheaper than asking the API for everything in a namespace at each turn.
 */
export class OrphanIndex<T extends KubeObject> {
  readonly #byNamespace = new Map<string, Map<string, T>>();

  constructor(api: Api, kind: Kind<T>) {
    watchAll(api, kind, ({ type, object }) => {
      const isOrphan = type !== "DELETED" && controllerOf(object) === undefined;
      const namespace = object.metadata.namespace ?? "";
      if (isOrphan) this.#put(namespace, object);
      else this.#byNamespace.get(namespace)?.delete(object.metadata.name);
    });
  }

  /** In the order in which they lost or never had a controller. */
  in(namespace: string): Iterable<T> {
    return this.#byNamespace.get(namespace)?.values() ?? [];
  }

  #put(namespace: string, object: T): void {
    let objects = this.#byNamespace.get(namespace);
    if (objects === undefined) {
      objects = new Map();
      this.#byNamespace.set(namespace, objects);
    }
    objects.set(object.metadata.name, object);
  }
}
