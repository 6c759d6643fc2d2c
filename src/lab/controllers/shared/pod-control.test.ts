import { expect, test } from "vitest";
import { testApi } from "../../../../test/support/api.ts";
import { podTemplate, replicaSetDraft } from "../../../../test/support/workloads.ts";
import { replicaSets } from "../../../kube/kinds.ts";
import { podFromTemplate } from "./pod-control.ts";

test("a pod gets what its template says, a name that starts with its owner's, and its owner", () => {
  const owner = testApi().api.create(replicaSets, replicaSetDraft("web"));
  const { spec } = podTemplate("web");
  const metadata = {
    labels: { app: "web" },
    annotations: { "example.com/team": "blue" },
    finalizers: ["example.com/drain"],
  };
  expect(podFromTemplate(owner, { metadata: { ...metadata, name: "not taken" }, spec })).toEqual({
    metadata: {
      ...metadata,
      generateName: "web-",
      ownerReferences: [
        {
          apiVersion: "apps/v1",
          kind: "ReplicaSet",
          name: "web",
          uid: owner.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec,
  });
});
