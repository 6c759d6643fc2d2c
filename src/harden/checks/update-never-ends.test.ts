import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { apart, web } from "../../../test/support/harden/yaml.ts";
import { updateNeverEnds } from "./update-never-ends.ts";

const surging = "strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }";
const STUCK = "critical Deployment default/web spec.strategy.rollingUpdate: an update of it never ends";

describeCheck(updateNeverEnds, [
  {
    name: "a third pod that may not share a node, on two nodes",
    yaml: web({ spec: surging, pod: apart() }),
    nodes: "2",
    finds: [STUCK],
  },
  { name: "the same on three nodes", yaml: web({ spec: surging, pod: apart() }), finds: [] },
  {
    name: "two nodes, where one goes first",
    yaml: web({ spec: "strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } }", pod: apart() }),
    nodes: "2",
    finds: [],
  },
]);
