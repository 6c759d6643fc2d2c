import { describe, expect, test } from "vitest";
import { completeObject } from "../../kube/defaults/complete.ts";
import { findKind } from "../../kube/kinds.ts";
import type { HighAvailabilityPolicy, KubeObject, PolicyTarget } from "../../kube/types/index.ts";
import { ClusterView } from "../../view/cluster-view.ts";
import { nameOf, resolveTargets } from "./targets.ts";

function workload(kind: string, namespace: string, name: string): KubeObject {
  const labels = { app: name };
  const row = findKind("apps/v1", kind);
  if (row === undefined) throw new Error(kind);
  const spec = {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name, image: "nginx" }] } },
  };
  const metadata = { name, namespace, labels };
  return completeObject(row, { apiVersion: "apps/v1", kind, metadata, spec } as unknown as KubeObject);
}

const view = new ClusterView([
  workload("Deployment", "shop", "web"),
  workload("Deployment", "shop", "cart"),
  workload("StatefulSet", "shop", "db"),
  workload("Deployment", "blog", "web"),
]);

function policy(name: string, targets: readonly PolicyTarget[], namespace?: string): HighAvailabilityPolicy {
  const kind = namespace === undefined ? "HighAvailabilityPolicy" : "NamespacedHighAvailabilityPolicy";
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  return { apiVersion: "holdfast.dev/v1alpha1", kind, metadata, spec: { tier: 2, targets } } as never;
}

function resolved(...policies: readonly HighAvailabilityPolicy[]) {
  return resolveTargets(policies, view).map(({ workloads, refusals }) => ({
    workloads: workloads.map(nameOf),
    refused: refusals.map(({ why, wouldHelp }) => `${why}; ${wouldHelp}`),
  }));
}

describe("targets", () => {
  test.each([
    {
      name: "a name in all namespaces",
      target: { name: "web" },
      found: ["Deployment blog/web", "Deployment shop/web"],
    },
    { name: "a name in one", target: { name: "web", namespace: "shop" }, found: ["Deployment shop/web"] },
    { name: "a kind", target: { kind: "StatefulSet" as const }, found: ["StatefulSet shop/db"] },
    {
      name: "labels",
      target: {
        selector: { matchExpressions: [{ key: "app", operator: "In" as const, values: ["cart", "db"] }] },
      },
      found: ["Deployment shop/cart", "StatefulSet shop/db"],
    },
  ])("are found by $name", ({ target, found }) => {
    expect(resolved(policy("p", [target]))).toEqual([{ workloads: found, refused: [] }]);
  });

  test("of a policy of a namespace are in that namespace", () => {
    expect(resolved(policy("p", [{ name: "web" }], "blog"))[0]?.workloads).toEqual(["Deployment blog/web"]);
  });

  test.each([
    {
      name: "a name that is misspelt",
      target: { name: "crat", namespace: "shop" },
      why: "there is no Deployment or StatefulSet named crat in namespace shop; the nearest is Deployment shop/cart",
    },
    {
      name: "another kind",
      target: { kind: "Deployment" as const, name: "db" },
      why: "there is no Deployment named db; the nearest is StatefulSet shop/db",
    },
    {
      name: "another namespace",
      target: { name: "cart", namespace: "blog" },
      why: "there is no Deployment or StatefulSet named cart in namespace blog; the nearest is Deployment shop/cart",
    },
    {
      name: "a namespace that is misspelt",
      target: { namespace: "shopp" },
      why: "there is no Deployment or StatefulSet in namespace shopp; the nearest namespace is shop",
    },
    {
      name: "labels that nobody has",
      target: { selector: { matchLabels: { app: "none" } } },
      why: "there is no Deployment or StatefulSet with app=none; make the workload first, or take the target out",
    },
  ])("that match nothing are refused: $name", ({ target, why }) => {
    expect(resolved(policy("p", [target]))).toEqual([{ workloads: [], refused: [why] }]);
  });

  test("that another policy has already stay its own", () => {
    expect(resolved(policy("first", [{ name: "cart" }]), policy("second", [{ namespace: "shop" }]))).toEqual([
      { workloads: ["Deployment shop/cart"], refused: [] },
      {
        workloads: ["Deployment shop/web", "StatefulSet shop/db"],
        refused: [
          "Deployment shop/cart is a target of HighAvailabilityPolicy first already; take it out of one of the two, by naming targets or by a label that only one selects",
        ],
      },
    ]);
  });

  test("that are named twice by one policy are its own once", () => {
    expect(resolved(policy("p", [{ name: "cart" }, { name: "cart" }]))).toEqual([
      { workloads: ["Deployment shop/cart"], refused: [] },
    ]);
  });
});
