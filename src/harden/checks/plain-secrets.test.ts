import { describeCheck } from "../../../test/support/harden/check-manifests.ts";
import { web } from "../../../test/support/harden/yaml.ts";
import { plainSecrets } from "./plain-secrets.ts";

const FIELD = "warning Deployment default/web spec.template.spec.containers[0].env[0].value:";
const env = (name: string, value: string) =>
  web({ container: `env: [{ name: ${name}, value: "${value}" }]` });
const DEFAULT = ", and is a password that everybody tries first";

describeCheck(plainSecrets, [
  {
    name: "a password",
    yaml: env("POSTGRES_PASSWORD", "kai4Ohph"),
    finds: [`${FIELD} POSTGRES_PASSWORD of container main stands in the manifest`],
  },
  {
    name: "a default",
    yaml: env("RABBITMQ_DEFAULT_PASSWORD", "guest"),
    finds: [`${FIELD} RABBITMQ_DEFAULT_PASSWORD of container main stands in the manifest${DEFAULT}`],
  },
  {
    name: "inside an address",
    yaml: env("DATABASE_URL", "postgres://shop:changeme@db/shop"),
    finds: [`${FIELD} DATABASE_URL of container main stands in the manifest${DEFAULT}`],
  },
  { name: "an address without one", yaml: env("DATABASE_URL", "postgres://db/shop"), finds: [] },
  { name: "a placeholder, which is told by its own check", yaml: env("PASSWORD", `\${OTHER}`), finds: [] },
  { name: "from elsewhere", yaml: env("PASSWORD", "$(OTHER)"), finds: [] },
  { name: "what is none", yaml: env("PASSWORD_FILE", "/run/secrets/password"), finds: [] },
]);
