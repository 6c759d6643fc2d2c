/**
 * Judging an object: whether a real API server 1.34 would store it, and if not, every reason, with its field and its words.
 *
 * Objects come in completed (`defaults/complete.ts`). `RULES` holds what single kinds demand; a kind without rules is held to
 * its schema and to the metadata that all objects share. On update the parts that are shared with the old object by reference
 * are not looked at again. Admission (quotas, service accounts, priorities) and uniqueness are no matter of this folder:
 * nothing here knows of other objects, and nothing throws.
 */
import type { Kind } from "../kind.ts";
import { makeSchema, type Schema, schemaNamed, schemaOf } from "../schema/schema.ts";
import { type StatusCause, StatusError } from "../status-error.ts";
import type { ObjectMeta } from "../types/index.ts";
import { FieldErrors, quote } from "./field-errors.ts";
import { checkBySchema } from "./generic.ts";
import { checkKnownFinalizers, checkMetadata, checkMetadataUpdate, type MetadataRules } from "./metadata.ts";
import { dnsSubdomain, pathSegment } from "./names.ts";
import type { KindRules, UpdatePass } from "./rules.ts";
import { RULES } from "./rules-by-kind.ts";
import { findMistyped } from "./well-typed.ts";

type JudgedKind = Pick<Kind, "group" | "version" | "kind" | "namespaced">;

/** Why a new object cannot be stored; none when it can. `isTyped` tells that its types were seen to be right already. */
export function validateCreate(
  kind: JudgedKind,
  object: unknown,
  isTyped: boolean = false,
): readonly StatusCause[] {
  const errors = new FieldErrors();
  if (!isTyped && !checkTypes(errors, kind, object)) return errors.list;
  const rules = rulesOf(kind);
  if (rules?.metadataLast !== true) checkMetadata(errors, metadataOf(object), metadataRules(kind, rules));
  checkBody(errors, kind, rules, object);
  if (rules?.metadataLast === true && errors.isEmpty) {
    checkMetadata(errors, metadataOf(object), { ...metadataRules(kind, rules), ...ANY_METADATA });
  }
  return errors.list;
}

/** How metadata is judged for all kinds alike. */
const ANY_METADATA = { name: pathSegment, knownFinalizers: false };

/** What is known beforehand of an update. */
export interface UpdateFacts {
  /** Whether its types were seen to be right already. */
  readonly isTyped?: boolean;
  /** Whether it is a write to the status alone. */
  readonly ofStatus?: boolean;
  /** Whether it is a write to "approval" alone. */
  readonly ofApproval?: boolean;
}

/** Why an object cannot take the place of the one that is stored; none when it can. */
export function validateUpdate(
  kind: JudgedKind,
  object: unknown,
  old: unknown,
  { isTyped = false, ofStatus = false, ofApproval = false }: UpdateFacts = {},
): readonly StatusCause[] {
  const errors = new FieldErrors();
  if (!isTyped && !checkTypes(errors, kind, object, old)) return errors.list;
  const rules = rulesOf(kind);
  const [metadata, before] = [metadataOf(object), metadataOf(old)];
  checkMetadataUpdate(errors, metadata, before);
  const own = metadataRules(kind, rules);
  const isSuspect = !errors.isEmpty || metadata.finalizers !== before.finalizers;
  errors.list.length = 0;
  if (isSuspect) {
    checkMetadata(errors, metadata, { ...own, ...ANY_METADATA });
    checkMetadataUpdate(errors, metadata, before);
  }
  const isNews = !isSameBody(object as object, old as object);
  for (const pass of ofStatus ? statusPassesOf(rules) : passesOf(rules)) {
    if (pass === "metadata" && isSuspect) checkMetadata(errors, metadata, own);
    if (pass === "changed metadata" && isSuspect) {
      checkMetadataUpdate(errors, metadata, before);
      if (own.knownFinalizers) checkKnownFinalizers(errors, metadata);
    }
    if (pass === "body" && isNews) checkBody(errors, kind, rules, object, old);
    if (pass === "changed body") rules?.update?.(errors, object as object, old as object);
  }
  if (statusOf(object) !== statusOf(old)) {
    const part = ofApproval ? "approval" : "status";
    rules?.[part]?.(errors, object as object, old as object);
  }
  return errors.list;
}

/** The message of an Invalid status: `Deployment.apps "x" is invalid: [spec.a: Required value, spec.b: …]`. */
export function invalidMessage(
  kind: Pick<Kind, "group" | "kind">,
  name: string,
  causes: readonly StatusCause[],
): string {
  const groupKind = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  const subject = `${groupKind} ${quote(name)} is invalid`;
  const sentences = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  if (sentences.length === 0) return subject;
  return `${subject}: ${sentences.length === 1 ? sentences[0] : `[${sentences.join(", ")}]`}`;
}

/** The answer to a request whose object was found wanting. */
export function invalidError(
  kind: Pick<Kind, "group" | "kind">,
  name: string,
  causes: readonly StatusCause[],
): StatusError {
  const details = { name, ...(kind.group === "" ? {} : { group: kind.group }), kind: kind.kind, causes };
  return new StatusError("Invalid", invalidMessage(kind, name, causes), details);
}

function passesOf(rules: KindRules<object> | undefined): readonly UpdatePass[] {
  return rules?.passes ?? ["changed metadata", rules?.update ? "changed body" : "body"];
}

function statusPassesOf(rules: KindRules<object> | undefined): readonly UpdatePass[] {
  return rules?.statusPasses ?? ["changed metadata"];
}

/** Whether all that the rules of a new object look at was judged with the old one. Annotations mean something to some kinds. */
function isSameBody(object: object, old: object): boolean {
  if (metadataOf(object).annotations !== metadataOf(old).annotations) return false;
  const names = new Set([...Object.keys(object), ...Object.keys(old)]);
  const isSame = (name: string) => object[name as keyof object] === old[name as keyof object];
  return [...names].every((name) => name === "metadata" || name === "status" || isSame(name));
}

function statusOf(object: unknown): unknown {
  return (object as { readonly status?: unknown }).status;
}

const FREE_FINALIZERS = [
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "coordination.k8s.io",
];

function metadataRules(kind: JudgedKind, rules: KindRules<object> | undefined): MetadataRules {
  return {
    namespaced: kind.namespaced,
    name: rules?.name ?? dnsSubdomain,
    knownFinalizers: schemaOf(kind) !== undefined && !FREE_FINALIZERS.includes(kind.group),
  };
}

function rulesOf(kind: JudgedKind): KindRules<object> | undefined {
  return RULES[`${kind.group}/${kind.kind}`];
}

function checkBody(
  errors: FieldErrors,
  kind: JudgedKind,
  rules: KindRules<object> | undefined,
  object: unknown,
  old?: unknown,
): void {
  if (rules?.check) {
    rules.check(errors, object as object);
    return;
  }
  const schema = schemaOf(kind);
  if (schema !== undefined) checkBySchema(errors, schema, object, old);
}

/** The first value of a complete object that is of the wrong type; none when all are right. */
export function validateTypes(kind: JudgedKind, object: unknown): readonly StatusCause[] {
  const errors = new FieldErrors();
  checkTypes(errors, kind, object);
  return errors.list;
}

function checkTypes(errors: FieldErrors, kind: JudgedKind, object: unknown, old?: unknown): boolean {
  const found = findMistyped(schemaOf(kind) ?? customSchema(), object, old);
  if (found === undefined) return true;
  errors.typeInvalid(found.path, found.value, `must be of type ${found.expected}`);
  return false;
}

/** Of a custom kind only the metadata is known. */
function customSchema(): Schema {
  const metadata = schemaNamed("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
  return makeSchema({ type: "object", fields: new Map(metadata ? [["metadata", metadata]] : []) });
}

function metadataOf(object: unknown): Partial<ObjectMeta> {
  return (object as { readonly metadata?: ObjectMeta }).metadata ?? {};
}
