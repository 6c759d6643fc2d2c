import { deepFreeze } from "../base/deep.ts";
import type { Reader } from "../client/client.ts";
import { apiVersionOf, type Kind } from "../kube/kind.ts";
import type { KubeObject } from "../kube/types/index.ts";

/**
 * A frozen picture of a cluster: objects by kind, in order of namespace and name. Checks, plans and proofs read it;
 * it never changes and never asks anybody.
 */
export class ClusterView {
  readonly #objects: ReadonlyMap<string, readonly KubeObject[]>;

  constructor(objects: Iterable<KubeObject>) {
    const byKind = new Map<string, KubeObject[]>();
    for (const object of objects) {
      const key = `${object.apiVersion}/${object.kind}`;
      const list = byKind.get(key) ?? [];
      list.push(deepFreeze(object));
      byKind.set(key, list);
    }
    for (const list of byKind.values()) list.sort(byNamespaceAndName);
    this.#objects = byKind;
  }

  list<T extends KubeObject>(kind: Kind<T>, namespace?: string): readonly T[] {
    const all = (this.#objects.get(`${apiVersionOf(kind)}/${kind.kind}`) ?? []) as readonly T[];
    return namespace === undefined ? all : all.filter((object) => object.metadata.namespace === namespace);
  }

  get<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined, name: string): T | undefined {
    return this.list(kind, namespace).find((object) => object.metadata.name === name);
  }
}

/** Reads the given kinds of a cluster, one list each. */
export async function viewOf(reader: Reader, kinds: readonly Kind[]): Promise<ClusterView> {
  const lists = await Promise.all(
    kinds.map(async (kind) => {
      const list = await reader.list(kind);
      // A list's items may leave out what the list itself says.
      return list.items.map((item) => ({ ...item, apiVersion: apiVersionOf(kind), kind: kind.kind }));
    }),
  );
  return new ClusterView(lists.flat());
}

function byNamespaceAndName(a: KubeObject, b: KubeObject): number {
  const left = `${a.metadata.namespace ?? ""}/${a.metadata.name}`;
  const right = `${b.metadata.namespace ?? ""}/${b.metadata.name}`;
  return left < right ? -1 : left > right ? 1 : 0;
}
