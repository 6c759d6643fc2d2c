import { deepEqual } from "../../../base/deep.ts";
import type { ObjectMeta, StringMap } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkImmutable } from "../metadata.ts";
import { configKey, dnsSubdomain } from "../names.ts";
import { AS_CHANGED, AS_NEW, type KindRules } from "../rules.ts";

interface LooseConfigMap {
  readonly data?: StringMap;
  readonly binaryData?: StringMap;
  readonly immutable?: boolean;
}

const BYTES_MAX = 1024 * 1024;
const FROZEN = "field is immutable when `immutable` is set";

/** ConfigMaps: keys that can be names of files, a MiB of them at most, and for ever where they say so. */
export const CONFIG_MAP_RULES: KindRules<LooseConfigMap> = {
  name: dnsSubdomain,
  passes: [...AS_CHANGED, ...AS_NEW],
  check: checkConfigMap,
  update(errors, next, old) {
    if (old.immutable === true) checkFrozen(errors, next, old, ["data", "binaryData"]);
  },
};

function checkConfigMap(errors: FieldErrors, { data = {}, binaryData = {} }: LooseConfigMap): void {
  let bytes = 0;
  for (const key in data) {
    errors.invalidEach(`data[${key}]`, key, configKey(key));
    if (Object.hasOwn(binaryData, key))
      errors.invalid(`data[${key}]`, key, "duplicate of key present in binaryData");
    bytes += Buffer.byteLength(data[key] ?? "");
  }
  for (const key in binaryData) {
    errors.invalidEach(`binaryData[${key}]`, key, configKey(key));
    bytes += bytesOf(binaryData[key]);
  }
  if (bytes > BYTES_MAX) errors.tooLong("[]", BYTES_MAX);
}

/** How many bytes a base64 text stands for. */
function bytesOf(base64 = ""): number {
  return Buffer.byteLength(base64, "base64");
}

interface Freezable {
  readonly immutable?: boolean;
}

function checkFrozen<T extends Freezable>(
  errors: FieldErrors,
  next: T,
  old: T,
  fields: readonly (keyof T)[],
): void {
  if (next.immutable !== true) errors.forbidden("immutable", FROZEN);
  for (const field of fields) {
    if (!deepEqual(next[field] ?? {}, old[field] ?? {})) errors.forbidden(String(field), FROZEN);
  }
}

interface LooseSecret {
  readonly metadata?: Partial<ObjectMeta>;
  readonly type?: string;
  readonly data?: StringMap;
  readonly immutable?: boolean;
}

/** Secrets: as ConfigMaps, and what their type promises must be there. */
export const SECRET_RULES: KindRules<LooseSecret> = {
  name: dnsSubdomain,
  passes: [...AS_CHANGED, ...AS_NEW],
  check: checkSecret,
  update(errors, next, old) {
    checkImmutable(errors, next.type, old.type, "type");
    if (old.immutable === true) checkFrozen(errors, next, old, ["data"]);
  },
};

function checkSecret(errors: FieldErrors, secret: LooseSecret): void {
  const { data = {} } = secret;
  let bytes = 0;
  for (const key in data) {
    errors.invalidEach(`data[${key}]`, key, configKey(key));
    bytes += bytesOf(data[key]);
  }
  if (bytes > BYTES_MAX) errors.tooLong("data", BYTES_MAX);
  checkSecretType(errors, secret, data);
}

const ACCOUNT = "kubernetes.io/service-account.name";

function checkSecretType(errors: FieldErrors, { type, metadata }: LooseSecret, data: StringMap): void {
  const requireKey = (key: string): void => {
    if (data[key] === undefined) errors.required(`data[${key}]`);
  };
  switch (type) {
    case "kubernetes.io/service-account-token":
      if (!metadata?.annotations?.[ACCOUNT]) errors.required(`metadata.annotations[${ACCOUNT}]`);
      break;
    case "kubernetes.io/dockercfg":
      checkJson(errors, data, ".dockercfg");
      break;
    case "kubernetes.io/dockerconfigjson":
      checkJson(errors, data, ".dockerconfigjson");
      break;
    case "kubernetes.io/basic-auth":
      if (data.username !== undefined || data.password !== undefined) break;
      requireKey("username");
      requireKey("password");
      break;
    case "kubernetes.io/ssh-auth":
      if (!data["ssh-privatekey"]) errors.required("data[ssh-privatekey]");
      break;
    case "kubernetes.io/tls":
      requireKey("tls.crt");
      requireKey("tls.key");
  }
}

function checkJson(errors: FieldErrors, data: StringMap, key: string): void {
  const value = data[key];
  if (value === undefined) {
    errors.required(`data[${key}]`);
    return;
  }
  const problem = jsonProblem(Buffer.from(value, "base64").toString("utf8"));
  if (problem !== undefined) errors.invalid(`data[${key}]`, "<secret contents redacted>", problem);
}

function jsonProblem(text: string): string | undefined {
  if (text.trim() === "") return "unexpected end of JSON input";
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && !Array.isArray(value)) return undefined;
    const found = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
    return `json: cannot unmarshal ${found} into Go value of type map[string]interface {}`;
  } catch {
    return `invalid character '${text.trim()[0]}' looking for beginning of value`;
  }
}
