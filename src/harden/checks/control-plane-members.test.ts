import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { node, web } from "../../../test/support/harden/yaml.ts";
import { controlPlaneMembers } from "./control-plane-members.ts";

const FIELD = "warning Node node-1 metadata.labels:";
const member = (name: string) => node(name, "node-role.kubernetes.io/control-plane");

describeCheck(controlPlaneMembers, [
  {
    name: "one",
    yaml: member("node-1") + node("node-2") + web(),
    finds: [`${FIELD} it is the only node of the control plane`],
  },
  {
    name: "two",
    yaml: member("node-1") + member("node-2") + web(),
    finds: [`${FIELD} the control plane has 2 nodes`],
  },
  { name: "three", yaml: member("node-1") + member("node-2") + member("node-3") + web(), finds: [] },
  { name: "somebody else's", yaml: node("node-1") + node("node-2") + web(), finds: [] },
]);
