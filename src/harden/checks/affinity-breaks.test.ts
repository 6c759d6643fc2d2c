import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { service, web } from "../../../test/support/harden/yaml.ts";
import { affinityBreaks } from "./affinity-breaks.ts";

const yaml = (rest: string) => web() + service("80", rest);
const FIELD = "warning Service default/web spec.sessionAffinity: it keeps clients by address behind a";

describeCheck(affinityBreaks, [
  {
    name: "behind a NodePort",
    yaml: yaml("type: NodePort\nsessionAffinity: ClientIP"),
    finds: [`${FIELD} NodePort`],
  },
  { name: "inside the cluster", yaml: yaml("sessionAffinity: ClientIP"), finds: [] },
  { name: "none", yaml: yaml("type: NodePort"), finds: [] },
]);
