/** The index must say what a look at every binding says, whatever was made, changed and taken away before. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { assertProperty } from "../../../../test/support/fuzz.ts";
import type { Kind } from "../../../kube/kind.ts";
import { clusterRoleBindings, roleBindings } from "../../../kube/kinds.ts";
import type { KubeObject, RoleBinding, Subject } from "../../../kube/types/index.ts";
import type { Api } from "../api.ts";
import { type CommitHandler, Store } from "../store.ts";
import type { UserInfo } from "./access.ts";
import { BindingIndex } from "./binding-index.ts";

const GROUP = "rbac.authorization.k8s.io";
const PLACES = [undefined, "default", "other"] as const;

const subject = fc.oneof(
  fc.constantFrom("ann", "bob").map((name): Subject => ({ kind: "User", apiGroup: GROUP, name })),
  fc.constantFrom("dev", "ops").map((name): Subject => ({ kind: "Group", apiGroup: GROUP, name })),
  fc
    .constantFrom("default", "other")
    .map((namespace): Subject => ({ kind: "ServiceAccount", name: "robot", namespace })),
);
const step = fc.record({
  place: fc.constantFrom(...PLACES),
  name: fc.constantFrom("one", "two", "three"),
  /** None: the binding goes. */
  subjects: fc.option(fc.array(subject, { maxLength: 4 })),
});

const USERS: readonly UserInfo[] = [
  { name: "ann", groups: ["dev"] },
  { name: "bob", groups: [] },
  { name: "carl", groups: ["ops", "dev"] },
  { name: "system:serviceaccount:default:robot", groups: ["system:serviceaccounts"] },
  { name: "dev", groups: ["ann"] },
];

function applies({ kind, name, namespace }: Subject, user: UserInfo): boolean {
  if (kind === "User") return user.name === name;
  if (kind === "Group") return user.groups.includes(name);
  return user.name === `system:serviceaccount:${namespace}:${name}`;
}

/** A store of bindings and nothing else, so that every case can have one of its own. */
function bindingStore() {
  const store = new Store();
  const collectionOf = (kind: Kind) => store.collection(kind);
  const api = {
    list: (kind: Kind) => collectionOf(kind).list(),
    onChange: (kind: Kind, handler: CommitHandler) => store.onCommit(collectionOf(kind), handler),
  } as unknown as Api;
  return {
    api,
    all: (place: string | undefined) =>
      collectionOf(kindIn(place)).list(place) as readonly KubeObject[] as readonly RoleBinding[],
    write(place: string | undefined, name: string, subjects: readonly Subject[] | null): void {
      const collection = collectionOf(kindIn(place));
      if (subjects !== null) store.put(collection, binding(place, name, subjects));
      else if (collection.get(place, name) !== undefined) store.remove(collection, place, name);
    },
  };
}

function kindIn(place: string | undefined): Kind {
  return place === undefined ? clusterRoleBindings : roleBindings;
}

function binding(place: string | undefined, name: string, subjects: readonly Subject[]): KubeObject {
  const metadata = place === undefined ? { name } : { name, namespace: place };
  const roleRef = { apiGroup: GROUP, kind: "ClusterRole", name: "view" };
  return { metadata, roleRef, subjects } as unknown as KubeObject;
}

test("grants are those of all bindings whose subjects the user is", () => {
  assertProperty(
    fc.property(fc.array(step, { maxLength: 10 }), fc.nat(10), (steps, before) => {
      const { api, all, write } = bindingStore();
      const apply = (some: typeof steps) => {
        for (const { place, name, subjects } of some) write(place, name, subjects);
      };
      // Some are there when the index begins, the rest comes later.
      apply(steps.slice(0, before));
      const index = new BindingIndex(api);
      apply(steps.slice(before));
      const found = USERS.map((user) =>
        PLACES.map((place) => [
          ...new Set([...index.grants(user, place)].map((grant) => grant.binding.metadata.name)),
        ]),
      );
      const wanted = USERS.map((user) =>
        PLACES.map((place) =>
          all(place)
            .filter(({ subjects }) => subjects?.some((each) => applies(each, user)))
            .map(({ metadata }) => metadata.name),
        ),
      );
      const sorted = (names: string[][][]) => names.map((places) => places.map((list) => list.sort()));
      expect(sorted(found)).toEqual(sorted(wanted));
    }),
  );
});
