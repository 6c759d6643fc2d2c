import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { autoscaler, web } from "../../../test/support/harden/yaml.ts";
import { autoscalerWithoutTarget } from "./autoscaler-without-target.ts";

describeCheck(autoscalerWithoutTarget, [
  {
    name: "another name",
    yaml: web({ name: "cart" }) + autoscaler(2, 3),
    finds: [
      "warning HorizontalPodAutoscaler default/web spec.scaleTargetRef: there is no Deployment web in its namespace",
    ],
  },
  { name: "its workload", yaml: web() + autoscaler(2, 3), finds: [] },
]);
