/** Who made what: from a pod's controller up to the workload that a person made. */
import { controllerOf } from "../../kube/owners.ts";
import type { KubeObject, OwnerReference } from "../../kube/types/index.ts";

/** "apps/ReplicaSet", "/Pod": a kind whatever its version. */
export function groupKindOf({ apiVersion = "", kind }: Pick<OwnerReference, "apiVersion" | "kind">): string {
  const slash = apiVersion.indexOf("/");
  return `${slash < 0 ? "" : apiVersion.slice(0, slash)}/${kind}`;
}

/** What is known of an object that may own others. */
interface Known extends OwnerReference {
  readonly namespace: string | undefined;
  readonly owner: OwnerReference | undefined;
}

/** Where a chain of owners ends. */
export interface TopOwner {
  readonly reference: OwnerReference;
  /** Absent for owners that are not in a namespace. */
  readonly namespace: string | undefined;
  /** Owners that the input does not hold end the chain. */
  readonly isMissing: boolean;
  /** A chain that comes back to itself ends nowhere: the names on it. */
  readonly cycle?: readonly string[];
}

/** Every object that may own pods or their owners, by uid and by name. */
export class Owners {
  readonly #all: Known[] = [];
  readonly #byUid = new Map<string, Known>();
  /** Only needed where uids are missing, as in manifests. */
  #byName: ReadonlyMap<string, Known> | undefined;

  add(object: KubeObject): void {
    const { apiVersion, kind, metadata } = object;
    const { name, namespace, uid = "" } = metadata;
    const known = { apiVersion, kind, name, uid, namespace, owner: controllerOf(object) };
    this.#all.push(known);
    this.#byName = undefined;
    if (uid !== "") this.#byUid.set(uid, known);
  }

  /** Follows a pod's controller up to the object that nobody controls. */
  topOf(reference: OwnerReference, namespace: string): TopOwner {
    const seen = new Set<Known>();
    let at = reference;
    for (;;) {
      const known = this.#find(at, namespace);
      if (known === undefined) return { reference: at, namespace, isMissing: true };
      if (seen.has(known)) {
        const cycle = [...seen].slice([...seen].indexOf(known)).map(({ kind, name }) => `${kind} ${name}`);
        return { reference, namespace, isMissing: false, cycle };
      }
      seen.add(known);
      if (known.owner === undefined)
        return { reference: known, namespace: known.namespace, isMissing: false };
      at = known.owner;
    }
  }

  /** An owner stands in the namespace of what it owns, or in none. */
  #find(reference: OwnerReference, namespace: string): Known | undefined {
    const byUid = reference.uid ? this.#byUid.get(reference.uid) : undefined;
    if (byUid !== undefined) return byUid;
    this.#byName ??= new Map(this.#all.map((known) => [nameKey(known, known.namespace), known]));
    const byName =
      this.#byName.get(nameKey(reference, namespace)) ?? this.#byName.get(nameKey(reference, undefined));
    // One of the same name with another uid is a successor, which owns nothing of its predecessor's.
    return byName !== undefined && (!reference.uid || byName.uid === "") ? byName : undefined;
  }
}

function nameKey(
  reference: Pick<OwnerReference, "apiVersion" | "kind" | "name">,
  namespace?: string,
): string {
  return `${groupKindOf(reference)} ${namespace ?? ""}/${reference.name}`;
}
