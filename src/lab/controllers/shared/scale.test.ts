import { expect, test } from "vitest";
import { testApi } from "../../../../test/support/api.ts";
import { defineGroves } from "../../../../test/support/custom-kinds.ts";
import { deploymentDraft, podTemplate } from "../../../../test/support/workloads.ts";
import { deployments, replicationControllers } from "../../../kube/kinds.ts";
import { readScale } from "./scale.ts";

test("a custom kind says at which paths its scale stands", () => {
  const lab = testApi();
  const groves = defineGroves(lab);
  const metadata = { name: "elms", namespace: "default" };
  const elms = lab.api.create(groves, { metadata, spec: { trees: 4 }, status: { selector: "tree=elm" } });
  expect(readScale(lab.api, groves, elms)).toEqual({ replicas: 4, selector: "tree=elm" });
  const bare = lab.api.create(groves, { metadata: { ...metadata, name: "none" } });
  expect(readScale(lab.api, groves, bare)).toEqual({ replicas: 0, selector: "" });
});

test("a workload's scale has its selector as text", () => {
  const { api } = testApi();
  const selector = {
    matchLabels: { app: "web" },
    matchExpressions: [{ key: "tier", operator: "In" as const, values: ["b", "a"] }],
  };
  const template = { ...podTemplate("web"), metadata: { labels: { app: "web", tier: "a" } } };
  const web = api.create(deployments, deploymentDraft("web", { selector, template, replicas: 2 }));
  expect(readScale(api, deployments, web)).toEqual({ replicas: 2, selector: "app=web,tier in (a,b)" });
});

test("the selector of a ReplicationController is plain labels", () => {
  const { api } = testApi();
  const old = api.create(replicationControllers, {
    metadata: { name: "old", namespace: "default" },
    spec: {
      replicas: 1,
      selector: { tier: "b", app: "old" },
      template: { ...podTemplate("old"), metadata: { labels: { tier: "b", app: "old" } } },
    },
  });
  expect(readScale(api, replicationControllers, old)).toEqual({ replicas: 1, selector: "app=old,tier=b" });
});
