import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { web } from "../../../test/support/harden/yaml.ts";
import { mustNotRunTwice } from "./must-not-run-twice.ts";

const FIELD = "critical Deployment default/web spec.replicas:";

describeCheck(mustNotRunTwice, [
  {
    name: "two that double every series",
    yaml: web({ image: "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.13.0" }),
    finds: [`${FIELD} kube-state-metrics is made to run once and runs 2 times`],
  },
  { name: "one", yaml: web({ replicas: 1, image: "quay.io/metallb/controller:v0.14.8" }), finds: [] },
  {
    name: "two of what elects a leader",
    yaml: web({ image: "quay.io/jetstack/cert-manager-controller:v1.16.1" }),
    finds: [],
  },
  { name: "two of what nobody knows", yaml: web(), finds: [] },
]);
