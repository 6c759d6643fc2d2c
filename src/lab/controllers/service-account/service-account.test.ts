import { expect, test } from "vitest";
import { testControllers } from "../../../../test/support/controllers.ts";
import { namespaces, serviceAccounts } from "../../../kube/kinds.ts";
import { serviceAccount } from "./service-account.ts";

test("every namespace has a service account default, those from before the start included", () => {
  const { api, runSeconds } = testControllers([serviceAccount]);
  api.create(namespaces, { metadata: { name: "shop" } });
  runSeconds(1);
  const found = api.list(serviceAccounts).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  expect(found).toEqual(
    ["default", "kube-node-lease", "kube-public", "kube-system", "shop"].map((name) => `${name}/default`),
  );
});

test("one that is deleted comes back", () => {
  const { api, runSeconds } = testControllers([serviceAccount]);
  runSeconds(1);
  api.delete(serviceAccounts, "default", "default");
  expect(api.get(serviceAccounts, "default", "default")).toBeUndefined();
  runSeconds(1);
  expect(api.get(serviceAccounts, "default", "default")).toBeDefined();
});
