/** What a client-side upgrade makes of an object. Each case is as helm 3.22 does it (test/clients/helm-upgrades.test.ts plays them). */
import { expect, test } from "vitest";
import { deployments } from "../../kube/kinds.ts";
import { strategicMergePatch } from "../../kube/patch/strategic-merge-patch.ts";
import { schemaOf } from "../../kube/schema/schema.ts";
import { threeWayPatch } from "./three-way.ts";

const pod = (spec: object) => ({ template: { spec } });

test.each([
  {
    name: "what the chart says wins",
    deployed: { replicas: 1 },
    chart: { replicas: 1 },
    live: { replicas: 3 },
    result: { replicas: 1 },
  },
  {
    name: "what it never said stays",
    deployed: {},
    chart: {},
    live: { replicas: 3 },
    result: { replicas: 3 },
  },
  {
    name: "what it no longer says goes",
    deployed: { replicas: 1, minReadySeconds: 5 },
    chart: { replicas: 1 },
    live: { replicas: 1, minReadySeconds: 7 },
    result: { replicas: 1 },
  },
  {
    name: "what is not known to have been said stays",
    deployed: undefined,
    chart: { replicas: 1 },
    live: { replicas: 1, minReadySeconds: 7 },
    result: { replicas: 1, minReadySeconds: 7 },
  },
  {
    name: "null takes away",
    deployed: {},
    chart: { replicas: null },
    live: { replicas: 3, paused: true },
    result: { paused: true },
  },
  {
    name: "of a strategy nothing stays beside what the chart says",
    deployed: {},
    chart: { strategy: { type: "RollingUpdate" } },
    live: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } },
    result: { strategy: { type: "RollingUpdate" } },
  },
  {
    name: "containers are told by name, and keep what others set in them",
    deployed: pod({ containers: [{ name: "a", image: "a:1" }, { name: "gone" }] }),
    chart: pod({ containers: [{ name: "a", image: "a:2" }] }),
    live: pod({
      containers: [{ name: "a", image: "a:1", lifecycle: {} }, { name: "gone" }, { name: "other" }],
    }),
    result: pod({ containers: [{ name: "a", image: "a:2", lifecycle: {} }, { name: "other" }] }),
  },
  {
    name: "tolerations are one value",
    deployed: {},
    chart: pod({ tolerations: [{ key: "spot" }] }),
    live: pod({ tolerations: [{ key: "unreachable" }] }),
    result: pod({ tolerations: [{ key: "spot" }] }),
  },
  {
    name: "a volume that becomes another kind of volume is that alone",
    deployed: pod({ volumes: [{ name: "d", emptyDir: {} }] }),
    chart: pod({ volumes: [{ name: "d", hostPath: { path: "/d" } }] }),
    live: pod({ volumes: [{ name: "d", emptyDir: {} }] }),
    result: pod({ volumes: [{ name: "d", hostPath: { path: "/d" } }] }),
  },
])("$name", ({ deployed, chart, live, result }) => {
  const schema = schemaOf(deployments);
  if (schema === undefined) throw new Error("Deployments have no schema");
  const patch = threeWayPatch(deployed && { spec: deployed }, { spec: chart }, schema);
  expect(strategicMergePatch({ spec: live }, patch, schema)).toEqual({ spec: result });
});
