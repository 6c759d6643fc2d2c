import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { web } from "../../../test/support/harden/yaml.ts";
import { imageNeedsRegistry } from "./image-needs-registry.ts";

const CONTAINER = "Deployment default/web spec.template.spec.containers[0]";
const always = "imagePullPolicy: Always";

describeCheck(imageNeedsRegistry, [
  { name: "a version that nodes keep", yaml: web(), finds: [] },
  {
    name: "asked for at every start",
    yaml: web({ container: always }),
    finds: [
      `warning ${CONTAINER}.imagePullPolicy: container main: every start asks the registry for example/web:1`,
    ],
  },
  {
    name: "a tag that moves",
    yaml: web({ image: "example/web", container: "imagePullPolicy: IfNotPresent" }),
    finds: [`warning ${CONTAINER}.image: container main: example/web has a tag that moves`],
  },
  {
    name: "a registry of one node",
    yaml: web({ image: "localhost:5000/web:1" }),
    finds: [
      `critical ${CONTAINER}.image: container main: the registry of localhost:5000/web:1 is each node's own`,
    ],
  },
]);
