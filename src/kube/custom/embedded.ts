/** Whole objects inside of custom ones (`x-kubernetes-embedded-resource`) are named and labelled as all objects are. */
import { checkFields } from "../schema/check-fields.ts";
import { schemaNamed } from "../schema/schema.ts";
import type { StatusCause } from "../status-error.ts";
import type { ObjectMeta } from "../types/index.ts";
import { FieldErrors } from "../validation/field-errors.ts";
import { checkMetadata } from "../validation/metadata.ts";
import { dns1035Label, pathSegment } from "../validation/names.ts";
import { isFields } from "./correlation.ts";
import { type Fields, type StructuralSchema, valuesOf } from "./structural-schema.ts";

/** What is wrong with the embedded objects of a value. */
export function validateEmbedded(schema: StructuralSchema, value: unknown): readonly StatusCause[] {
  return look(checkEmbedded, schema, value);
}

/** Why an embedded object of a value cannot be read at all, whatever is in it: "object.kind: Invalid value: 5: must be a string". */
export function misshapenEmbedded(schema: StructuralSchema, value: unknown): string | undefined {
  const [cause] = look(checkShape, schema, value);
  return cause && `${cause.field}: ${cause.message}`;
}

/** Looks at one embedded object. */
type Look = (errors: FieldErrors, object: Fields, path: string) => void;

function look(at: Look, schema: StructuralSchema, value: unknown): readonly StatusCause[] {
  if (!hasEmbedded(schema)) return [];
  const errors = new FieldErrors();
  visit(errors, at, schema, value, "");
  return errors.list;
}

const known = new WeakMap<StructuralSchema, boolean>();

function hasEmbedded(schema: StructuralSchema): boolean {
  let found = known.get(schema);
  if (found === undefined) {
    const values = valuesOf(schema);
    const below = [schema.items, values, ...Object.values(schema.properties ?? {})];
    found =
      schema["x-kubernetes-embedded-resource"] === true ||
      below.some((each) => each !== undefined && hasEmbedded(each));
    known.set(schema, found);
  }
  return found;
}

function visit(errors: FieldErrors, at: Look, schema: StructuralSchema, value: unknown, path: string): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items === undefined) return;
    for (const [i, item] of value.entries()) visit(errors, at, items, item, `${path}[${i}]`);
    return;
  }
  if (!isFields(value)) return;
  if (schema["x-kubernetes-embedded-resource"] === true) at(errors, value, path);
  const values = valuesOf(schema);
  for (const [field, each] of Object.entries(value)) {
    const property = schema.properties?.[field];
    if (property !== undefined) visit(errors, at, property, each, path === "" ? field : `${path}.${field}`);
    else if (values !== undefined) visit(errors, at, values, each, `${path}[${field}]`);
  }
}

function checkShape(errors: FieldErrors, object: Fields, path: string): void {
  for (const field of ["apiVersion", "kind"]) {
    const value = object[field];
    if (value !== undefined && typeof value !== "string")
      errors.invalid(`${path}.${field}`, value, "must be a string");
  }
  const { metadata } = object;
  const { error } = checkFields(ANY_KIND, metadata, schemaNamed(OBJECT_META));
  if (error !== undefined) errors.invalid(`${path}.metadata`, metadata, error);
}

const OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const ANY_KIND = { group: "", version: "", kind: "" };

function checkEmbedded(errors: FieldErrors, { apiVersion, kind, metadata }: Fields, path: string): void {
  if (apiVersion === undefined) errors.required(`${path}.apiVersion`);
  else if (apiVersion === "") errors.invalid(`${path}.apiVersion`, apiVersion, "must not be empty");
  else if (typeof apiVersion === "string" && apiVersion.split("/").length > 2) {
    errors.invalid(`${path}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`);
  }
  if (kind === undefined) errors.required(`${path}.kind`);
  else if (kind === "") errors.invalid(`${path}.kind`, kind, "must not be empty");
  else if (typeof kind === "string") {
    const wrong = dns1035Label(kind.toLowerCase());
    const rule = `may have mixed case, but should otherwise match: ${wrong.join(",")}`;
    if (wrong.length > 0) errors.invalid(`${path}.kind`, kind, rule);
  }
  if (!isFields(metadata)) return;
  const meta = metadata as Partial<ObjectMeta>;
  const rules = { namespaced: Boolean(meta.namespace), name: pathSegment, knownFinalizers: false };
  // It may have no name yet.
  checkMetadata(errors, { ...meta, name: meta.name || "fakename" }, rules, `${path}.metadata`);
}
