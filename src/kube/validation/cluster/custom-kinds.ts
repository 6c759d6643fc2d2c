import { deepEqual } from "../../../base/deep.ts";
import type { ObjectMeta } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkImmutable } from "../metadata.ts";
import { dns1035Label, dnsSubdomain } from "../names.ts";
import type { KindRules } from "../rules.ts";

interface Names {
  readonly plural?: string;
  readonly singular?: string;
  readonly kind?: string;
  readonly listKind?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

interface Version {
  readonly name?: string;
  readonly served?: boolean;
  readonly storage?: boolean;
  readonly schema?: { readonly openAPIV3Schema?: Structure };
  readonly subresources?: {
    readonly scale?: {
      readonly specReplicasPath?: string;
      readonly statusReplicasPath?: string;
      readonly labelSelectorPath?: string;
    };
  };
  readonly additionalPrinterColumns?: readonly {
    readonly name?: string;
    readonly type?: string;
    readonly jsonPath?: string;
  }[];
}

/** A part of a structural schema, as far as it is judged. */
interface Structure {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Structure>>;
  readonly items?: unknown;
  readonly additionalProperties?: unknown;
  readonly nullable?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
}

interface LooseDefinition {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: {
    readonly group?: string;
    readonly scope?: string;
    readonly names?: Names;
    readonly versions?: readonly Version[] | null;
    readonly preserveUnknownFields?: boolean;
  };
  readonly status?: {
    readonly acceptedNames?: Names;
    readonly storedVersions?: readonly string[] | null;
    readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] | null;
  };
}

/** CustomResourceDefinitions: names that are words, one stored version, schemas that say of every field what it is. */
export const CUSTOM_DEFINITION_RULES: KindRules<LooseDefinition> = {
  name: dnsSubdomain,
  check(errors, definition) {
    const { names = {}, group = "" } = definition.spec ?? {};
    const name = definition.metadata?.name ?? "";
    if (name !== `${names.plural ?? ""}.${group}`) {
      errors.invalid("metadata.name", name, 'must be spec.names.plural+"."+spec.group');
    }
    checkDefinition(errors, definition);
  },
  update(errors, next, old) {
    if (next.spec === old.spec) return;
    checkDefinition(errors, next);
    const isEstablished = old.status?.conditions?.some(
      ({ type, status }) => type === "Established" && status === "True",
    );
    if (isEstablished) {
      checkImmutable(errors, next.spec?.scope, old.spec?.scope, "spec.scope");
      checkImmutable(errors, next.spec?.names?.kind, old.spec?.names?.kind, "spec.names.kind");
    }
    checkImmutable(errors, next.spec?.group, old.spec?.group, "spec.group");
    checkImmutable(errors, next.spec?.names?.plural, old.spec?.names?.plural, "spec.names.plural");
  },
};

const SCOPES = ["Cluster", "Namespaced"];

function checkDefinition(errors: FieldErrors, { spec = {}, status = {} }: LooseDefinition): void {
  const { group = "", scope = "", names = {} } = spec;
  const versions = spec.versions ?? [];
  const wrong = dnsSubdomain(group);
  if (group === "") errors.required("spec.group");
  else if (wrong.length > 0) errors.invalid("spec.group", group, wrong.join(","));
  else if (!group.includes("."))
    errors.invalid("spec.group", group, "should be a domain with at least one dot");
  if (scope === "") errors.required("spec.scope");
  else if (!SCOPES.includes(scope)) errors.notSupported("spec.scope", scope, SCOPES);
  versions.forEach((version, i) => {
    if (!version.schema?.openAPIV3Schema) errors.required(`spec.versions[${i}].schema.openAPIV3Schema`);
  });
  versions.forEach(({ name = "" }, i) => {
    checkWord(errors, name, `spec.versions[${i}].name`);
  });
  checkEach(errors, versions, "schema", "spec.validation", checkSchema);
  checkEach(errors, versions, "subresources", "spec.subresources", checkSubresources);
  checkEach(errors, versions, "additionalPrinterColumns", "spec.additionalPrinterColumns", checkColumns);
  if (new Set(versions.map(({ name }) => name)).size < versions.length) {
    errors.invalid("spec.versions", versions, "must contain unique version names");
  }
  if (versions[0]?.name) checkWord(errors, versions[0].name, "spec.version");
  if (versions.filter(({ storage }) => storage === true).length !== 1) {
    errors.invalid(
      "spec.versions",
      spec.versions ?? null,
      "must have exactly one version marked as storage version",
    );
  }
  for (const field of ["plural", "singular", "kind", "listKind"] as const) {
    if (!names[field]) errors.required(`spec.names.${field}`);
  }
  checkNames(errors, names, "spec.names");
  if (spec.preserveUnknownFields === true) {
    const rule =
      "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
    errors.invalid("spec.preserveUnknownFields", true, rule);
  }
  checkStoredVersions(errors, status.storedVersions ?? [], versions);
}

function checkStoredVersions(
  errors: FieldErrors,
  stored: readonly string[],
  versions: readonly Version[],
): void {
  const path = "status.storedVersions";
  if (stored.length === 0) {
    errors.invalid(path, stored.length === 0 ? null : stored, "must have at least one stored version");
    return;
  }
  for (const { name = "", storage } of versions) {
    if (storage && !stored.includes(name))
      errors.invalid(path, stored, `must have the storage version ${name}`);
  }
  stored.forEach((name, i) => {
    if (versions.some((version) => version.name === name)) return;
    const rule = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.invalid(`${path}[${i}]`, name, rule);
  });
}

function checkNames(errors: FieldErrors, names: Names, path: string): void {
  for (const field of ["plural", "singular"] as const) {
    const name = names[field] ?? "";
    if (name !== "") checkWord(errors, name, `${path}.${field}`);
  }
  for (const field of ["kind", "listKind"] as const) {
    const name = names[field] ?? "";
    const wrong = dns1035Label(name.toLowerCase());
    if (name === "" || wrong.length === 0) continue;
    const rule = `may have mixed case, but should otherwise match: ${wrong.join(",")}`;
    errors.invalid(`${path}.${field}`, name, rule);
  }
  names.shortNames?.forEach((name, i) => {
    checkWord(errors, name, `${path}.shortNames[${i}]`);
  });
  if (names.kind && names.kind === names.listKind) {
    errors.invalid(`${path}.listKind`, names.listKind, "kind and listKind may not be the same");
  }
  names.categories?.forEach((name, i) => {
    checkWord(errors, name, `${path}.categories[${i}]`);
  });
}

function checkWord(errors: FieldErrors, name: string, path: string): void {
  const wrong = dns1035Label(name);
  if (wrong.length > 0) errors.invalid(path, name, wrong.join(","));
}

/** What all versions say alike counts as said of the whole, and is judged once, under the name that it had in v1beta1. */
function checkEach<K extends "schema" | "subresources" | "additionalPrinterColumns">(
  errors: FieldErrors,
  versions: readonly Version[],
  field: K,
  shared: string,
  check: (errors: FieldErrors, value: NonNullable<Version[K]>, path: string) => void,
): void {
  const [first] = versions;
  const isShared = versions.every((version) => deepEqual(version[field], first?.[field]));
  versions.forEach((version, i) => {
    const value = version[field];
    if (value === undefined || value === null || (isShared && i > 0)) return;
    check(errors, value, isShared ? shared : `spec.versions[${i}].${field}`);
  });
}

const COLUMN_TYPES = ["boolean", "date", "integer", "number", "string"];

function checkColumns(
  errors: FieldErrors,
  columns: NonNullable<Version["additionalPrinterColumns"]>,
  path: string,
): void {
  columns.forEach(({ name = "", type = "", jsonPath = "" }, i) => {
    const at = `${path}[${i}]`;
    const rule = `must be one of ${COLUMN_TYPES.join(",")}`;
    if (name === "") errors.required(`${at}.name`);
    if (type === "") errors.required(`${at}.type`, rule);
    else if (!COLUMN_TYPES.includes(type)) errors.invalid(`${at}.type`, type, rule);
    if (jsonPath === "") errors.required(`${at}.JSONPath`);
  });
}

function checkSchema(
  errors: FieldErrors,
  { openAPIV3Schema: root }: NonNullable<Version["schema"]>,
  path: string,
): void {
  if (root) checkRoot(errors, root, `${path}.openAPIV3Schema`);
}

function checkSubresources(
  errors: FieldErrors,
  { scale }: NonNullable<Version["subresources"]>,
  path: string,
): void {
  if (scale) checkScale(errors, scale, `${path}.scale`);
}

type Scale = NonNullable<NonNullable<Version["subresources"]>["scale"]>;

function checkScale(errors: FieldErrors, scale: Scale, path: string): void {
  for (const [field, root] of [
    ["specReplicasPath", ".spec"],
    ["statusReplicasPath", ".status"],
  ] as const) {
    const place = scale[field] ?? "";
    if (place === "") errors.required(`${path}.${field}`);
    else if (!place.startsWith(`${root}.`)) {
      errors.invalid(`${path}.${field}`, place, `should be a json path under ${root}`);
    }
  }
  const { labelSelectorPath: place = "" } = scale;
  if (place !== "" && !place.startsWith(".spec.") && !place.startsWith(".status.")) {
    const rule = "should be a json path under either .spec or .status";
    errors.invalid(`${path}.labelSelectorPath`, place, rule);
  }
}

const TYPES = ["array", "boolean", "integer", "number", "object", "string"];

function checkRoot(errors: FieldErrors, root: Structure, path: string): void {
  if (root.nullable) errors.forbidden(`${path}.nullable`, "nullable cannot be true at the root");
  if (!root.type) errors.required(`${path}.type`, "must not be empty at the root");
  else if (root.type !== "object") errors.invalid(`${path}.type`, root.type, "must be object at the root");
  checkInside(errors, root, path);
}

function checkInside(errors: FieldErrors, structure: Structure, path: string): void {
  for (const [name, property] of Object.entries(structure.properties ?? {})) {
    checkStructure(
      errors,
      property,
      `${path}.properties[${name}]`,
      "must not be empty for specified object fields",
    );
  }
  const { items, additionalProperties } = structure;
  if (isStructure(items)) {
    checkStructure(errors, items, `${path}.items`, "must not be empty for specified array items");
  } else if (structure.type === "array") errors.required(`${path}.items`, "must be specified");
  if (isStructure(additionalProperties)) {
    const rule = "must not be empty for specified object fields";
    checkStructure(errors, additionalProperties, `${path}.additionalProperties`, rule);
  }
}

function checkStructure(errors: FieldErrors, structure: Structure, path: string, emptyRule: string): void {
  const { type = "" } = structure;
  const isFree = structure["x-kubernetes-int-or-string"] || structure["x-kubernetes-preserve-unknown-fields"];
  if (type === "" && !isFree) errors.required(`${path}.type`, emptyRule);
  else if (type !== "" && !TYPES.includes(type)) errors.notSupported(`${path}.type`, type, TYPES);
  checkInside(errors, structure, path);
}

function isStructure(value: unknown): value is Structure {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
