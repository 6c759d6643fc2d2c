import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { web } from "../../../test/support/harden/yaml.ts";
import { singleDataStore } from "./single-data-store.ts";

const FIELD = "critical Deployment default/web spec.replicas:";

describeCheck(singleDataStore, [
  {
    name: "a database",
    yaml: web({ replicas: 1, image: "postgres:16" }),
    finds: [`${FIELD} it is the only database, and more replicas would not make it two of one`],
  },
  {
    name: "a queue",
    yaml: web({ replicas: 1, image: "rabbitmq:3" }),
    finds: [`${FIELD} it is the only queue, and more replicas would not make it two of one`],
  },
  { name: "what answers requests", yaml: web({ replicas: 1 }), finds: [] },
]);
