import { expect, test } from "vitest";
import { ownerOf } from "./field-owner.ts";

test.each([
  ["kubectl", "person"],
  ["kubectl-client-side-apply", "person"],
  ["kubectl-edit", "person"],
  ["helm", "person"],
  ["Helm", "person"],
  ["terraform", "person"],
  ["holdfast", "ours"],
  ["argocd-controller", "controller"],
  ["argocd-application-controller", "controller"],
  ["kustomize-controller", "controller"],
  ["helm-controller", "controller"],
  ["deploy@server-1", "controller"],
  ["longhorn-manager", "controller"],
  ["kube-controller-manager", "controller"],
  ["some-operator", "controller"],
])("%s is a %s's", (manager, sort) => {
  expect(ownerOf({ manager, operation: "Update", apiVersion: "apps/v1" }).sort).toBe(sort);
});
