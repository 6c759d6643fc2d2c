import { expect, test } from "vitest";
import { testControllers } from "../../../../test/support/controllers.ts";
import { podTemplate } from "../../../../test/support/workloads.ts";
import { pods, replicationControllers } from "../../../kube/kinds.ts";
import { controllerOf } from "../../../kube/owners.ts";
import { replicationController } from "./replicationcontroller.ts";

test("keeps the number of pods that its plain selector matches", () => {
  const { api, runSeconds, messages } = testControllers([replicationController]);
  api.create(replicationControllers, {
    metadata: { name: "old", namespace: "default" },
    spec: { replicas: 2, selector: { app: "old" }, template: podTemplate("old") },
  });
  runSeconds(10);
  const [first, second] = api.list(pods);
  expect(controllerOf(second ?? { metadata: { ...first?.metadata } as never })).toMatchObject({
    apiVersion: "v1",
    kind: "ReplicationController",
    name: "old",
  });
  expect(api.get(replicationControllers, "default", "old")?.status).toMatchObject({
    replicas: 2,
    fullyLabeledReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
  });
  api.delete(pods, "default", first?.metadata.name ?? "");
  runSeconds(10);
  expect(api.list(pods)).toHaveLength(2);
  expect(messages("ReplicationController old", "SuccessfulCreate")).toHaveLength(3);
});
