import { clusterRoleBindings, roleBindings } from "../../../kube/kinds.ts";
import type { RoleBinding, Subject } from "../../../kube/types/index.ts";
import type { Api } from "../api.ts";
import type { UserInfo } from "./access.ts";
import { accountUserName } from "./account-user.ts";

/** A binding, and the subject of it that a user is. */
export interface Grant {
  readonly binding: RoleBinding;
  readonly subject: Subject;
}

/** Bindings by who they are for: a request is answered by looking at those of its user, however many there are. */
export class BindingIndex {
  /** By namespace, "" for ClusterRoleBindings; then by subject. */
  readonly #places = new Map<string, Map<string, Grant[]>>();

  /** Follows the server's bindings from now on. */
  constructor(api: Api) {
    for (const kind of [clusterRoleBindings, roleBindings]) {
      for (const binding of api.list(kind)) this.#add(binding);
      api.onChange(kind, ({ type, object, previous }) => {
        if (previous !== undefined) this.#remove(previous);
        if (type !== "DELETED") this.#add(object);
      });
    }
  }

  /** What is bound to a user in a namespace, or everywhere by ClusterRoleBindings when none is named. */
  *grants({ name, groups }: UserInfo, namespace: string | undefined): Iterable<Grant> {
    const place = this.#places.get(namespace ?? "");
    if (place === undefined) return;
    yield* place.get(`User ${name}`) ?? [];
    for (const group of groups) yield* place.get(`Group ${group}`) ?? [];
  }

  #add(binding: RoleBinding): void {
    const { namespace = "" } = binding.metadata;
    let place = this.#places.get(namespace);
    if (place === undefined) {
      place = new Map();
      this.#places.set(namespace, place);
    }
    for (const subject of binding.subjects ?? []) {
      const key = keyOf(binding, subject);
      const grants = place.get(key);
      if (grants === undefined) place.set(key, [{ binding, subject }]);
      else grants.push({ binding, subject });
    }
  }

  #remove({ metadata, subjects }: RoleBinding): void {
    const place = this.#places.get(metadata.namespace ?? "");
    if (place === undefined) return;
    for (const subject of subjects ?? []) {
      const key = keyOf({ metadata }, subject);
      const left = place.get(key)?.filter(({ binding }) => binding.metadata.name !== metadata.name) ?? [];
      if (left.length > 0) place.set(key, left);
      else place.delete(key);
    }
    if (place.size === 0) this.#places.delete(metadata.namespace ?? "");
  }
}

/** Service accounts are users of a name of their own. */
function keyOf({ metadata }: Pick<RoleBinding, "metadata">, subject: Subject): string {
  if (subject.kind !== "ServiceAccount") return `${subject.kind} ${subject.name}`;
  const namespace = subject.namespace || (metadata.namespace ?? "");
  return `User ${accountUserName({ namespace, name: subject.name })}`;
}
