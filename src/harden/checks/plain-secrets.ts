import type { Container } from "../../kube/types/index.ts";
import { type Check, nameOf } from "./check.ts";
import { isPlaceholder } from "./unfilled-placeholder.ts";

const SECRET_NAME = /(^|_)(password|passwd|passphrase|secret|secret_key|token|api_?key|private_?key)$/i;
/** "postgres://user:password@host" */
const IN_URL = /^[a-z][\w+.-]*:\/\/[^/\s:@]*:[^/\s:@]+@/i;
const DEFAULTS = new Set([
  "password",
  "changeme",
  "change-me",
  "admin",
  "root",
  "guest",
  "postgres",
  "secret",
  "test",
  "123456",
  "minioadmin",
  "rabbitmq",
]);

/** A password in a manifest is known to everybody who may read manifests, and the same in every copy of it. */
export const plainSecrets: Check = {
  id: "plain-secrets",
  severity: "warning",
  title: "Passwords stand in Secrets, and are no defaults",
  *find({ podSources }) {
    for (const { object, spec, path } of podSources) {
      for (const [at, container] of spec.containers.entries()) {
        for (const { index, name, isDefault } of secretsIn(container)) {
          yield {
            object: nameOf(object),
            field: `${path}.containers[${at}].env[${index}].value`,
            message: `${name} of container ${container.name} stands in the manifest${isDefault ? ", and is a password that everybody tries first" : ""}`,
            consequence: isDefault
              ? "whoever reaches the port is in; changing it later may lock out what was started with it"
              : "whoever may read the workload, its copies or its repository has it, and it cannot be changed without an update of the pods",
          };
        }
      }
    }
  },
};

function secretsIn({ env = [] }: Container) {
  return env.flatMap(({ name, value }, index) => {
    if (value === undefined || value === "" || value.startsWith("$(") || isPlaceholder(value)) return [];
    if (!SECRET_NAME.test(name) && !IN_URL.test(value)) return [];
    const password = IN_URL.test(value) ? (/:([^:@/]+)@/.exec(value)?.[1] ?? value) : value;
    return [{ index, name, isDefault: DEFAULTS.has(password.toLowerCase()) }];
  });
}
