import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { web } from "../../../test/support/harden/yaml.ts";
import { unfilledPlaceholder } from "./unfilled-placeholder.ts";

/** "${KEY}" */
const left = (name: string) => `\${${name}}`;

const IN = "Deployment default/web spec.template.spec.containers[0]";
const env = (value: string) => web({ container: `env: [{ name: KEY, value: "${value}" }]` });
const held = (kind: string, field: string, value: string) =>
  `---\napiVersion: v1\nkind: ${kind}\nmetadata: { name: keys }\n${field}: { key: "${value}" }\n`;

describeCheck(unfilledPlaceholder, [
  {
    name: "the tag of an image",
    yaml: web({ image: `"example/web:\${TAG}"` }),
    finds: [`critical ${IN}.image: container main has the image example/web:\${TAG}`],
  },
  {
    name: "a variable",
    yaml: env(left("KEY")),
    finds: [`warning ${IN}.env[0].value: KEY is \${KEY}, which Kubernetes does not fill in`],
  },
  {
    name: "a variable with a default",
    yaml: env(left("KEY:-none")),
    finds: [`warning ${IN}.env[0].value: KEY is \${KEY:-none}, which Kubernetes does not fill in`],
  },
  {
    name: "a value of a Secret",
    yaml: web() + held("Secret", "stringData", left("KEY")),
    finds: [`warning Secret default/keys data.key: key is ${left("KEY")}, which Kubernetes does not fill in`],
  },
  {
    name: "a value of a ConfigMap",
    yaml: web() + held("ConfigMap", "data", left("KEY")),
    finds: [
      `warning ConfigMap default/keys data.key: key is ${left("KEY")}, which Kubernetes does not fill in`,
    ],
  },
  { name: "what Kubernetes fills in", yaml: env("$(KEY)"), finds: [] },
  { name: "a part of a text for a program", yaml: env(`http://${left("HOST")}/`), finds: [] },
  { name: "a script", yaml: web() + held("ConfigMap", "data", `echo ${left("HOST")}`), finds: [] },
]);
