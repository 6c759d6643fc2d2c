import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { pod, web } from "../../../test/support/harden/yaml.ts";
import { barePod } from "./bare-pod.ts";

describeCheck(barePod, [
  {
    name: "a pod by itself",
    yaml: pod("tool"),
    finds: [
      "critical Pod default/tool metadata.ownerReferences: it is a pod by itself, which no controller replaces",
    ],
  },
  {
    name: "a static pod",
    yaml: pod("etcd-node-1", "annotations: { kubernetes.io/config.mirror: abc }", "nodeName: node-1"),
    finds: [],
  },
  { name: "a Deployment's", yaml: web(), finds: [] },
]);
