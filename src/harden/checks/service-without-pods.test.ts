import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { service, web } from "../../../test/support/harden/yaml.ts";
import { serviceWithoutPods } from "./service-without-pods.ts";

describeCheck(serviceWithoutPods, [
  {
    name: "nobody's pods",
    yaml: web({ name: "cart" }) + service("80"),
    finds: ["warning Service default/web spec.selector: no workload of its namespace has pods with app=web"],
  },
  { name: "a workload's", yaml: web() + service("80"), finds: [] },
]);
