import { apiVersionOf, type Kind } from "../../kube/kind.ts";
import { KINDS } from "../../kube/kinds.ts";

/** Two versions of one resource are stored once: objects of the first are kept as the second. */
const STORED_AS: Readonly<Record<string, string>> = {
  "events.k8s.io/v1/events": "/v1/events",
  "autoscaling/v1/horizontalpodautoscalers": "autoscaling/v2/horizontalpodautoscalers",
};

/**
 * The kinds that one API server serves: the built-in table and what CustomResourceDefinitions add while it runs.
 * Discovery and OpenAPI are rebuilt when it tells of a change.
 */
export class KindRegistry {
  readonly #byResource = new Map<string, Kind>();
  readonly #byKind = new Map<string, Kind>();
  readonly #storage = new Map<Kind, Kind>();
  readonly #handlers = new Set<() => void>();

  constructor(kinds: readonly Kind[] = KINDS) {
    for (const kind of kinds) this.#enter(kind);
    for (const [path, storedAs] of Object.entries(STORED_AS)) {
      const kind = this.#byResource.get(path);
      const storage = this.#byResource.get(storedAs);
      if (kind !== undefined && storage !== undefined) this.#storage.set(kind, storage);
    }
  }

  /** Every kind served, built-in ones first, in the order in which discovery tells them. */
  all(): readonly Kind[] {
    return [...this.#byResource.values()];
  }

  /** The row for an object's `apiVersion` and `kind`. */
  find(apiVersion: string, kind: string): Kind | undefined {
    return this.#byKind.get(`${apiVersion}/${kind}`);
  }

  /** The row for a path: `/apis/<group>/<version>/<plural>`. */
  findResource(group: string, version: string, plural: string): Kind | undefined {
    return this.#byResource.get(`${group}/${version}/${plural}`);
  }

  /** Whether the kind is served; rows are compared by what they say, not by identity. */
  served(kind: Kind): Kind | undefined {
    return this.#byResource.get(resourceKey(kind));
  }

  /** The version in which objects of this kind are kept; the kind itself for nearly all. */
  storageOf(kind: Kind): Kind {
    return this.#storage.get(kind) ?? kind;
  }

  /** Adds the served versions of one custom resource, kept in the version `storage`; replaces what it had before. */
  add(versions: readonly Kind[], storage: Kind): void {
    for (const old of this.all()) {
      if (old.group === storage.group && old.plural === storage.plural) this.#leave(old);
    }
    for (const kind of versions) {
      this.#enter(kind);
      if (kind !== storage) this.#storage.set(kind, storage);
    }
    this.#tell();
  }

  /** Removes every version of a custom resource. */
  remove(group: string, plural: string): void {
    for (const old of this.all()) if (old.group === group && old.plural === plural) this.#leave(old);
    this.#tell();
  }

  /** Tells of every later change; returns the way to stop it. */
  onChange(handler: () => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  #enter(kind: Kind): void {
    this.#byResource.set(resourceKey(kind), kind);
    this.#byKind.set(`${apiVersionOf(kind)}/${kind.kind}`, kind);
  }

  #leave(kind: Kind): void {
    this.#byResource.delete(resourceKey(kind));
    this.#byKind.delete(`${apiVersionOf(kind)}/${kind.kind}`);
    this.#storage.delete(kind);
  }

  #tell(): void {
    for (const handler of [...this.#handlers]) handler();
  }
}

function resourceKey(kind: Kind): string {
  return `${kind.group}/${kind.version}/${kind.plural}`;
}
