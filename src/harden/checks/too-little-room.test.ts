import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { web } from "../../../test/support/harden/yaml.ts";
import { tooLittleRoom } from "./too-little-room.ts";

const large = "resources: { requests: { cpu: 2500m } }";

describeCheck(tooLittleRoom, [
  {
    name: "two large pods on two nodes",
    yaml: web({ container: large }),
    nodes: "2,cpu=4",
    finds: [
      "critical Deployment default/web spec.template.spec: when node-1 is lost, a pod of it finds no place",
    ],
  },
  { name: "the same on three", yaml: web({ container: large }), nodes: "3,cpu=4", finds: [] },
]);
