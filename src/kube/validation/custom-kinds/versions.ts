import { deepEqual } from "../../../base/deep.ts";
import { followPath } from "../../custom/field-path.ts";
import type { StructuralSchema } from "../../custom/structural-schema.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkWord } from "./names.ts";
import { checkSchemaProps } from "./openapi-schema.ts";
import { checkRules } from "./rule-costs.ts";
import { checkDefaults } from "./schema-defaults.ts";
import { internalNames, internalSchema, type SchemaProps } from "./schema-props.ts";
import { structuralErrors } from "./structural.ts";

/** What a definition says of one version. */
export interface Version {
  readonly name?: string;
  readonly served?: boolean;
  readonly storage?: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  readonly schema?: { readonly openAPIV3Schema?: SchemaProps };
  readonly subresources?: { readonly status?: object; readonly scale?: Scale };
  readonly additionalPrinterColumns?: readonly Column[];
  readonly selectableFields?: readonly { readonly jsonPath?: string }[];
}

interface Scale {
  readonly specReplicasPath?: string;
  readonly statusReplicasPath?: string;
  readonly labelSelectorPath?: string;
}

interface Column {
  readonly name?: string;
  readonly type?: string;
  readonly format?: string;
  readonly jsonPath?: string;
}

/** What is judged in its own place for each version. */
export function checkVersion(errors: FieldErrors, version: Version, path: string): void {
  checkWord(errors, version.name ?? "", `${path}.name`);
  const { deprecated = false, deprecationWarning: warning } = version;
  if (warning === undefined) return;
  const at = `${path}.deprecationWarning`;
  if (!deprecated) errors.invalid(at, warning, "can only be set for deprecated versions");
  else {
    if (Buffer.byteLength(warning) > 256) errors.invalid(at, warning, "must be <= 256 characters long");
    if (warning === "") errors.invalid(at, warning, "must not be an empty string");
    const odd = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(warning);
    if (odd !== null) {
      const place = Buffer.byteLength(warning.slice(0, odd.index));
      const rule = `must only contain printable UTF-8 characters; non-printable character found at index ${place}`;
      errors.invalid(at, warning, rule);
    }
  }
}

type Part = "schema" | "subresources" | "additionalPrinterColumns" | "selectableFields";

/** Where a part stood when a definition had only one version. What all versions say alike is said of the whole. */
const SHARED: Readonly<Record<Part, string>> = {
  schema: "spec.validation",
  subresources: "spec.subresources",
  additionalPrinterColumns: "spec.additionalPrinterColumns",
  selectableFields: "spec.selectableFields",
};

/** What is judged once when all versions say the same. */
export function checkVersionParts(
  errors: FieldErrors,
  versions: readonly Version[],
  old: readonly Version[],
): void {
  eachPart(versions, "schema", ({ openAPIV3Schema: schema }, path, version) => {
    if (schema === undefined) return;
    const hasStatus = version.subresources?.status !== undefined;
    const before = old.find(({ name }) => name === version.name)?.schema?.openAPIV3Schema;
    const isUnchanged = before !== undefined && deepEqual(before, schema);
    checkSchema(errors, schema, `${path}.openAPIV3Schema`, { hasStatus, isUnchanged });
  });
  eachPart(versions, "subresources", ({ scale }, path) => {
    if (scale) checkScale(errors, scale, `${path}.scale`);
  });
  eachPart(versions, "additionalPrinterColumns", (columns, path) => checkColumns(errors, columns, path));
  eachPart(versions, "selectableFields", (fields, path, { schema }) => {
    if (schema?.openAPIV3Schema === undefined) return;
    checkSelectable(errors, fields, schema.openAPIV3Schema as StructuralSchema, path);
  });
}

function isShared(versions: readonly Version[], part: Part): boolean {
  const [first] = versions;
  return versions.every((version) => deepEqual(version[part], first?.[part]));
}

function eachPart<P extends Part>(
  versions: readonly Version[],
  part: P,
  check: (value: NonNullable<Version[P]>, path: string, version: Version) => void,
): void {
  const once = isShared(versions, part);
  versions.forEach((version, i) => {
    const value = version[part];
    if (value === undefined || value === null || (once && i > 0)) return;
    check(value, once ? SHARED[part] : `spec.versions[${i}].${part}`, version);
  });
}

/** Versions as the API server quotes them: without what all say alike. */
export function internalVersions(versions: readonly Version[]): readonly object[] {
  const own = <P extends Part>(version: Version, part: P) =>
    isShared(versions, part) ? null : (version[part] ?? null);
  return versions.map((version) => ({
    Name: version.name ?? "",
    Served: version.served ?? false,
    Storage: version.storage ?? false,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: own(version, "schema"),
    Subresources: own(version, "subresources"),
    AdditionalPrinterColumns: own(version, "additionalPrinterColumns"),
    SelectableFields: own(version, "selectableFields"),
  }));
}

const ROOT_FIELDS =
  "Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations".split(
    " ",
  );

interface SchemaOccasion {
  readonly hasStatus: boolean;
  /** Whether this version had the same schema before. */
  readonly isUnchanged: boolean;
}

function checkSchema(
  errors: FieldErrors,
  schema: SchemaProps,
  path: string,
  { hasStatus, isUnchanged }: SchemaOccasion,
): void {
  if (hasStatus) checkRootOfStatus(errors, schema, path);
  if (schema.nullable === true) errors.forbidden(`${path}.nullable`, "nullable cannot be true at the root");
  const atStructure = errors.list.length;
  const structural = canBeStructural(schema) ? structuralErrors(schema, path) : undefined;
  errors.list.push(...(structural ?? []));
  if (structural?.length === 0) checkDefaults(errors, schema, path);
  const isSound = structural !== undefined && errors.list.length === atStructure;
  const atProps = errors.list.length;
  checkSchemaProps(errors, schema, { path, isRoot: true });
  if (!isSound) return;
  // Rules about a part that is wrong would only be misunderstood.
  const wrong = errors.list.slice(atProps).map(({ field }) => field);
  checkRules(errors, schema, path, {
    isUnchanged,
    isWrong: (at) => wrong.some((field) => field.startsWith(at)),
  });
}

/** What cannot even be written down as a structural schema is told by other words. */
function canBeStructural(schema: SchemaProps): boolean {
  const { id, $ref, patternProperties, dependencies, additionalItems, definitions, items, properties } =
    schema;
  const unknown = [id, $ref, patternProperties, dependencies, additionalItems, definitions];
  if (unknown.some((each) => each !== undefined) || Array.isArray(items)) return false;
  if (schema["x-kubernetes-preserve-unknown-fields"] === false) return false;
  const { additionalProperties, allOf = [], anyOf = [], oneOf = [], not } = schema;
  const below = [
    items,
    additionalProperties,
    not,
    ...Object.values(properties ?? {}),
    ...allOf,
    ...anyOf,
    ...oneOf,
  ];
  return below.every(
    (each) => typeof each !== "object" || each === null || canBeStructural(each as SchemaProps),
  );
}

/** Where status is judged on its own, nothing at the root may be about both. */
function checkRootOfStatus(errors: FieldErrors, schema: SchemaProps, path: string): void {
  for (const name of internalNames(schema)) {
    if (name === "Type") {
      if (schema.type === "object") continue;
      const rule =
        'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
      errors.invalid(`${path}.type`, schema.type, rule);
      return;
    }
    if (ROOT_FIELDS.includes(name)) continue;
    const rule = `only [${ROOT_FIELDS.join(" ")}] fields are allowed at the root of the schema if the status subresource is enabled`;
    errors.invalid(path, internalSchema(schema), rule);
    return;
  }
}

const COLUMN_TYPES = ["boolean", "date", "integer", "number", "string"];
const COLUMN_FORMATS = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

function checkColumns(errors: FieldErrors, columns: readonly Column[], path: string): void {
  columns.forEach(({ name = "", type = "", format = "", jsonPath = "" }, i) => {
    const at = `${path}[${i}]`;
    const rule = `must be one of ${COLUMN_TYPES.join(",")}`;
    if (name === "") errors.required(`${at}.name`);
    if (type === "") errors.required(`${at}.type`, rule);
    else if (!COLUMN_TYPES.includes(type)) errors.invalid(`${at}.type`, type, rule);
    if (format !== "" && !COLUMN_FORMATS.includes(format)) {
      errors.invalid(`${at}.format`, format, `must be one of ${COLUMN_FORMATS.join(",")}`);
    }
    if (jsonPath === "") errors.required(`${at}.JSONPath`);
    else checkSimplePath(errors, jsonPath, `${at}.JSONPath`);
  });
}

function checkSimplePath(errors: FieldErrors, text: string, path: string): boolean {
  if (text.startsWith(".")) return true;
  errors.invalid(path, text, "must be a simple json path starting with .");
  return false;
}

function checkScale(errors: FieldErrors, scale: Scale, path: string): void {
  for (const [field, root] of [
    ["specReplicasPath", ".spec"],
    ["statusReplicasPath", ".status"],
  ] as const) {
    const place = scale[field] ?? "";
    const at = `${path}.${field}`;
    if (place === "") errors.required(at);
    else if (checkSimplePath(errors, place, at) && !place.startsWith(`${root}.`)) {
      errors.invalid(at, place, `should be a json path under ${root}`);
    }
  }
  const { labelSelectorPath: place = "" } = scale;
  const at = `${path}.labelSelectorPath`;
  const isPath = place !== "" && checkSimplePath(errors, place, at);
  if (isPath && !place.startsWith(".spec.") && !place.startsWith(".status.")) {
    errors.invalid(at, place, "should be a json path under either .spec or .status");
  }
}

const SELECTABLE_MAX = 8;

function checkSelectable(
  errors: FieldErrors,
  fields: NonNullable<Version["selectableFields"]>,
  schema: StructuralSchema,
  path: string,
): void {
  const seen = new Set<string>();
  fields.forEach(({ jsonPath = "" }, i) => {
    const at = `${path}[${i}].jsonPath`;
    if (jsonPath === "") {
      errors.required(at);
      return;
    }
    const followed = followPath(schema, jsonPath, false);
    if (!followed.ok) {
      errors.invalid(at, jsonPath, `is an invalid path: ${followed.why}`);
      return;
    }
    if (/^metadata\b/.test(followed.path))
      errors.invalid(at, jsonPath, "must not point to fields in metadata");
    if (!["string", "boolean", "integer"].includes(followed.schema.type ?? "")) {
      const rule =
        "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.";
      errors.invalid(at, jsonPath, rule);
    }
    if (seen.has(followed.path)) errors.duplicate(at, jsonPath);
    seen.add(followed.path);
  });
  if (seen.size > SELECTABLE_MAX) errors.tooMany(path, seen.size, SELECTABLE_MAX);
}
