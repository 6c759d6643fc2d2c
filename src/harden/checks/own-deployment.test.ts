/** What `deploy/` runs in a cluster is held to the checks that everything else is. There is no operator yet: once there is, this judges it. */
import { expect, test } from "vitest";
import { modelOf } from "../../prove/model-of.ts";
import { DEFAULT_NODES } from "../../prove/stage/assumed-nodes.ts";
import { stageManifests } from "../../prove/stage/stage.ts";
import { readManifests } from "../../view/manifests.ts";
import { nameText } from "./check.ts";
import { checkCluster } from "./check-cluster.ts";

const PARTS = ["deploy/rbac", "deploy/helm", "deploy/autoscalers"];
/** Autoscalers are for workloads that a distribution brings, not these files. */
const LEAD_ELSEWHERE = "HorizontalPodAutoscaler";

test("nothing that deploy/ runs would hurt when something fails", () => {
  const { objects } = stageManifests(readManifests(PARTS), { nodes: DEFAULT_NODES, seed: 1 });
  expect(objects.filter(({ kind }) => kind === "Job")).toHaveLength(1);
  const { findings } = checkCluster({ objects, model: modelOf(objects), traitsOf: () => ({}), scope: {} });
  const own = findings.filter(({ object }) => object.kind !== LEAD_ELSEWHERE);
  expect(own.map(({ rule, object, message }) => `${rule} ${nameText(object)}: ${message}`)).toEqual([]);
});
