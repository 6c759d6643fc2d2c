import { configMaps, secrets } from "../../kube/kinds.ts";
import type { KubeObject, StringMap } from "../../kube/types/index.ts";
import { type Check, nameOf } from "./check.ts";

/** "${POSTGRES_PASSWORD}", with a default or without. What Kubernetes itself fills in is written $(NAME). */
const PLACEHOLDER = /\$\{[A-Za-z_]\w*(:?[-?+][^}]*)?\}/;
/** Within a text it may be meant for a shell or a program. */
const WHOLE = new RegExp(`^${PLACEHOLDER.source}$`);

/** Whether a value is nothing else. */
export function isPlaceholder(value: string): boolean {
  return WHOLE.test(value);
}

/** Text that a template should have filled in, and that Kubernetes takes as it stands. */
export const unfilledPlaceholder: Check = {
  id: "unfilled-placeholder",
  severity: "warning",
  title: "No value is a placeholder that nobody has filled in",
  *find({ podSources, view }) {
    for (const { object, spec, path } of podSources) {
      for (const [at, { name, image, env = [] }] of spec.containers.entries()) {
        const field = `${path}.containers[${at}]`;
        if (PLACEHOLDER.test(image)) {
          yield {
            object: nameOf(object),
            field: `${field}.image`,
            severity: "critical",
            message: `container ${name} has the image ${image}`,
            consequence: "no node can read that name: the pods never start (InvalidImageName)",
          };
        }
        for (const [index, { name: variable, value = "" }] of env.entries()) {
          if (isPlaceholder(value)) yield taken(object, `${field}.env[${index}].value`, variable, value);
        }
      }
    }
    for (const secret of view.list(secrets)) {
      for (const [key, value] of Object.entries(secret.data ?? {})) {
        const text = Buffer.from(value, "base64").toString("utf8");
        if (isPlaceholder(text)) yield taken({ ...secret, kind: "Secret" }, `data.${key}`, key, text);
      }
    }
    for (const configMap of view.list(configMaps)) {
      for (const [key, text] of Object.entries((configMap.data ?? {}) as StringMap)) {
        if (isPlaceholder(text)) yield taken({ ...configMap, kind: "ConfigMap" }, `data.${key}`, key, text);
      }
    }
  },
};

function taken(object: KubeObject, field: string, name: string, text: string) {
  return {
    object: nameOf(object),
    field,
    message: `${name} is ${text}, which Kubernetes does not fill in`,
    consequence:
      "programs get these very characters: a password that everybody can read here, or an address that leads nowhere",
  };
}
