/** Expectations are what kube-controller-manager 1.34.4 makes of the same roles. */
import { expect, test } from "vitest";
import { testLab } from "../../../../test/support/lab-context.ts";
import { clusterRoles } from "../../../kube/kinds.ts";
import type { ClusterRole } from "../../../kube/types/index.ts";
import { clusterRoleAggregation, gatheredRules } from "./clusterrole-aggregation.ts";

const rule = (resource: string) => ({ verbs: ["get"], apiGroups: ["x.dev"], resources: [resource] });

function start() {
  const lab = testLab();
  clusterRoleAggregation(lab.context).start();
  return {
    ...lab,
    role: (name: string) => lab.api.get(clusterRoles, undefined, name) as ClusterRole,
    add(name: string, labels: Record<string, string>, ...resources: string[]) {
      lab.api.create(clusterRoles, { metadata: { name, labels }, rules: resources.map(rule) });
      lab.engine.runFor(1_000);
    },
  };
}

test("the stock roles are the sum of what they select already", () => {
  const { api } = start();
  const all = api.list(clusterRoles);
  const aggregated = all.filter(({ aggregationRule }) => aggregationRule !== undefined);
  expect(aggregated.map(({ metadata }) => metadata.name)).toEqual(["admin", "edit", "view"]);
  for (const role of aggregated) expect(gatheredRules(role, all)).toEqual(role.rules);
});

test("what is labelled for view goes on to edit and admin, and goes when it goes", () => {
  const { add, api, engine, role } = start();
  add("widgets", { "rbac.authorization.k8s.io/aggregate-to-view": "true" }, "widgets");
  for (const name of ["view", "edit", "admin"]) expect(role(name).rules).toContainEqual(rule("widgets"));
  api.delete(clusterRoles, undefined, "widgets");
  engine.runFor(1_000);
  for (const name of ["view", "edit", "admin"]) expect(role(name).rules).not.toContainEqual(rule("widgets"));
});

test("rules come in order of their roles' names, each once, and are the controller's to keep", () => {
  const { add, api, engine, role } = start();
  add("b", { part: "yes" }, "two", "shared");
  add("a", { part: "yes" }, "one", "shared");
  api.create(clusterRoles, {
    metadata: { name: "whole" },
    rules: [rule("mine")],
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: "yes" } }] },
  });
  engine.runFor(1_000);
  expect(role("whole").rules).toEqual(["one", "shared", "two"].map(rule));
  expect(role("whole").metadata.managedFields).toContainEqual(
    expect.objectContaining({ manager: "clusterrole-aggregation-controller", operation: "Apply" }),
  );
  api.update(clusterRoles, { ...role("whole"), rules: [] });
  engine.runFor(1_000);
  expect(role("whole").rules).toHaveLength(3);
});
