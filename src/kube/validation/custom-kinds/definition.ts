import type { ObjectMeta } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkImmutable } from "../metadata.ts";
import { dnsSubdomain } from "../names.ts";
import type { KindRules } from "../rules.ts";
import { type Conversion, checkConversion } from "./conversion.ts";
import { checkNames, checkWord, type Names } from "./names.ts";
import { checkVersion, checkVersionParts, internalVersions, type Version } from "./versions.ts";

interface LooseDefinition {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: {
    readonly group?: string;
    readonly scope?: string;
    readonly names?: Names;
    readonly versions?: readonly Version[] | null;
    readonly conversion?: Conversion;
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
    checkDefinition(errors, definition, undefined);
    checkApproval(errors, definition);
  },
  update(errors, next, old) {
    if (next.spec === old.spec) {
      checkStoredVersions(errors, next.status?.storedVersions ?? [], next.spec?.versions ?? []);
      return;
    }
    checkDefinition(errors, next, old);
    if (isEstablished(old)) {
      checkImmutable(errors, next.spec?.scope, old.spec?.scope, "spec.scope");
      checkImmutable(errors, next.spec?.names?.kind, old.spec?.names?.kind, "spec.names.kind");
    }
    checkImmutable(errors, next.spec?.group, old.spec?.group, "spec.group");
    checkImmutable(errors, next.spec?.names?.plural, old.spec?.names?.plural, "spec.names.plural");
  },
};

function isEstablished({ status }: LooseDefinition): boolean {
  const conditions = status?.conditions ?? [];
  return conditions.some((each) => each.type === "Established" && each.status === "True");
}

const SCOPES = ["Cluster", "Namespaced"];

function checkDefinition(
  errors: FieldErrors,
  { spec = {}, status = {} }: LooseDefinition,
  old: LooseDefinition | undefined,
): void {
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
  versions.forEach((version, i) => {
    checkVersion(errors, version, `spec.versions[${i}]`);
  });
  checkVersionParts(errors, versions, old?.spec?.versions ?? []);
  checkAll(errors, spec.versions);
  for (const field of ["plural", "singular", "kind", "listKind"] as const) {
    if (!names[field]) errors.required(`spec.names.${field}`);
  }
  checkNames(errors, names, "spec.names");
  if (spec.conversion !== undefined) checkConversion(errors, spec.conversion, "spec.conversion");
  if (status.acceptedNames !== undefined) checkNames(errors, status.acceptedNames, "status.acceptedNames");
  checkStoredVersions(errors, status.storedVersions ?? [], versions);
  if (spec.preserveUnknownFields === true) {
    const rule =
      "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
    errors.invalid("spec.preserveUnknownFields", true, rule);
  }
}

/** What versions have to be among each other. */
function checkAll(errors: FieldErrors, given: readonly Version[] | null | undefined): void {
  const versions = given ?? [];
  const shown = given ? internalVersions(versions) : null;
  const names = versions.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    errors.invalid("spec.versions", shown, "must contain unique version names");
  }
  if (versions.filter(({ storage }) => storage === true).length !== 1) {
    const rule = "must have exactly one version marked as storage version";
    errors.invalid("spec.versions", shown, rule);
  }
  // In the first version's name, a definition had the only one before there could be several.
  const [first] = names;
  if (first) checkWord(errors, first, "spec.version");
}

function checkStoredVersions(
  errors: FieldErrors,
  stored: readonly string[],
  versions: readonly Version[],
): void {
  const path = "status.storedVersions";
  if (stored.length === 0) {
    errors.invalid(path, null, "must have at least one stored version");
    return;
  }
  const left = new Set(stored);
  for (const { name = "", storage } of versions) {
    if (storage && !left.has(name)) errors.invalid(path, stored, `must have the storage version ${name}`);
    left.delete(name);
  }
  stored.forEach((name, i) => {
    if (!left.has(name)) return;
    const rule = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.invalid(`${path}[${i}]`, name, rule);
  });
}

const APPROVAL = "api-approved.kubernetes.io";

/** Groups of the community's own are protected: somebody has to have looked at what is in them. */
function checkApproval(errors: FieldErrors, { metadata, spec }: LooseDefinition): void {
  const group = spec?.group ?? "";
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return;
  const approval = metadata?.annotations?.[APPROVAL];
  const path = `metadata.annotations[${APPROVAL}]`;
  if (approval === undefined || approval === "") {
    const rule = `protected groups must have approval annotation "${APPROVAL}", see https://github.com/kubernetes/enhancements/pull/1111`;
    errors.required(path, rule);
  } else if (!approval.startsWith("unapproved") && !URL.canParse(approval)) {
    const rule = `protected groups must have approval annotation "${APPROVAL}" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111`;
    errors.invalid(path, approval, rule);
  }
}
