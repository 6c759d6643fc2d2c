import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { apart, autoscaler, web } from "../../../test/support/harden/yaml.ts";
import { autoscalerAboveNodes } from "./autoscaler-above-nodes.ts";

describeCheck(autoscalerAboveNodes, [
  {
    name: "more pods than nodes, one a node",
    yaml: web({ pod: apart() }) + autoscaler(2, 6),
    finds: [
      "warning HorizontalPodAutoscaler default/web spec.maxReplicas: it may ask for 6 pods of which no two may share a node, and 3 nodes may run them",
    ],
  },
  { name: "as many as nodes", yaml: web({ pod: apart() }) + autoscaler(2, 3), finds: [] },
  { name: "pods that may share nodes", yaml: web() + autoscaler(2, 6), finds: [] },
]);
