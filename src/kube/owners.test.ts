import { expect, test } from "vitest";
import { controllerOf, controllerReferenceTo, isControlledBy, ownerReferenceTo } from "./owners.ts";
import type { KubeObject, OwnerReference } from "./types/meta.ts";

function object(name: string, ownerReferences?: readonly OwnerReference[]): KubeObject {
  const metadata = {
    name,
    uid: `uid-of-${name}`,
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
  };
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: ownerReferences === undefined ? metadata : { ...metadata, ownerReferences },
  };
}

const cart = object("cart");

test("the controller is the owner that manages, not any owner", () => {
  const backup = ownerReferenceTo(object("backup"));
  const owned = object("cart-0", [backup, controllerReferenceTo(cart)]);
  expect(controllerOf(owned)).toEqual({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    name: "cart",
    uid: "uid-of-cart",
    controller: true,
    blockOwnerDeletion: true,
  });
  expect(isControlledBy(owned, cart)).toBe(true);
  expect(controllerOf(object("cart-0", [backup]))).toBeUndefined();
  expect(controllerOf(object("cart-0"))).toBeUndefined();
});

test("a successor of the same name is not the controller", () => {
  const successor = { ...cart, metadata: { ...cart.metadata, uid: "another" } };
  expect(isControlledBy(object("cart-0", [controllerReferenceTo(cart)]), successor)).toBe(false);
});
