import { isDeeperThan } from "../../base/depth.ts";
import { jsonText } from "../../base/json-text.ts";
import type { Body } from "../../client/client.ts";
import { completeCustom } from "../../kube/custom/complete.ts";
import { misshapenEmbedded } from "../../kube/custom/embedded.ts";
import { METADATA_SCHEMA } from "../../kube/custom/merge-schema.ts";
import { type Completed, completeTyped } from "../../kube/defaults/complete.ts";
import { apiVersionOf, type Kind } from "../../kube/kind.ts";
import { KINDS, OPTIONAL_KINDS } from "../../kube/kinds.ts";
import { overflow } from "../../kube/schema/body-text.ts";
import {
  cannotBeHandled,
  checkFields,
  type FieldCheck,
  strictDecodingError,
} from "../../kube/schema/check-fields.ts";
import type { ObjectMeta } from "../../kube/types/index.ts";
import { validateTypes } from "../../kube/validation/validate.ts";
import { converted } from "./converted.ts";
import type { CustomVersion } from "./custom/custom-version.ts";
import { badRequest, invalid, invalidValue } from "./errors.ts";
import { type LooseObject, withMeta } from "./loose.ts";
import type { Caller, Target, WriteParameters } from "./server.ts";

/** What becomes of a sentence that says why a body is no object of its kind; `byOwnReader` as in `FieldCheck`. */
export type Refuse = (why: string, byOwnReader?: boolean) => Error;

/** How a body is read. */
export interface Decoding {
  readonly kind: Kind;
  readonly parameters: WriteParameters;
  readonly caller: Caller;
  /** What is known of a custom kind. */
  readonly custom?: CustomVersion | undefined;
  /** What the object is to take the place of, in the same version. What is stored is complete: parts of it are not looked at. */
  readonly stored?: LooseObject | undefined;
  /** BadRequest in the words of a decoder unless told otherwise. */
  readonly refuse?: Refuse;
}

/** Objects stand no deeper than this: whoever goes over one calls itself for every level, and a stack has an end. */
export const OBJECT_DEPTH_MAX = 1_000;

/** Fields that nobody knows may be deeper, for they are not kept. @throws {StatusError} BadRequest */
function shallow(object: LooseObject, { isDeep }: WriteParameters): LooseObject {
  if (isDeep && isDeeperThan(object, OBJECT_DEPTH_MAX)) {
    const levels = OBJECT_DEPTH_MAX.toLocaleString("en");
    throw badRequest(`exceeded max depth: a lab keeps no objects that are more than ${levels} levels deep`);
  }
  return object;
}

/** Turns a body into a whole object of a kind: field names are checked if asked for, types always, defaults filled in. */
export function decodeObject(decoding: Decoding, body: Body): LooseObject {
  const { kind, custom } = decoding;
  if (custom !== undefined) return decodeCustom(decoding, custom, body);
  checkKind(decoding, body);
  const { fieldValidation, text, decodeIssues = [] } = decoding.parameters;
  const found = fieldValidation === undefined ? NOTHING_WRONG : checkFields(kind, body, undefined, text);
  // Fields given twice stand where their object was looked at, if the text was read that far.
  const isTold = text !== undefined && text.duplicates.length > 0;
  judge(decoding, isTold ? found : { ...found, strict: [...decodeIssues, ...found.strict] });
  const whole = withReset(body, typed(kind, completeTyped(kind, body, decoding.stored)));
  return converted(kind, shallow(whole, decoding.parameters));
}

/** The object, when its types are right: nobody after this looks at them again. @throws {StatusError} Invalid */
function typed(kind: Kind, { object, isTyped }: Completed<Body>): LooseObject {
  if (!isTyped) {
    const causes = validateTypes(kind, object);
    const { name = "" } = (object.metadata ?? {}) as { name?: string };
    if (causes.length > 0) throw invalid(kind, name, causes);
  }
  return object as unknown as LooseObject;
}

/** An empty list of managers is not like none: it asks to forget them. */
function withReset(body: Body, object: LooseObject): LooseObject {
  const { managedFields } = (body.metadata ?? {}) as Partial<ObjectMeta>;
  const isReset = Array.isArray(managedFields) && managedFields.length === 0;
  return isReset ? withMeta(object, { managedFields }) : object;
}

const NOTHING_WRONG = { error: undefined, strict: [] };

function decodeCustom(decoding: Decoding, { structural }: CustomVersion, body: Body): LooseObject {
  const { kind, parameters } = decoding;
  const { text, decodeIssues = [] } = parameters;
  const isChecked = parameters.fieldValidation !== undefined;
  checkCustomKind(decoding, body, isChecked);
  const { error, strict } = isChecked
    ? checkFields(kind, { metadata: body.metadata }, METADATA_SCHEMA, text && { ...text, duplicates: [] })
    : NOTHING_WRONG;
  const named = withReset(body, typed(kind, completeTyped(kind, body)));
  const { object, issues } = structural ? completeCustom(structural, named) : { object: named, issues: [] };
  const found = isChecked ? [...decodeIssues, ...strict, ...issues] : decodeIssues;
  const fault = overflow(text) ?? error ?? (structural && misshapenEmbedded(structural, named));
  judge(decoding, { error: fault, strict: found });
  return shallow(object as unknown as LooseObject, parameters);
}

function checkCustomKind({ kind, refuse }: Decoding, body: Body, isChecked: boolean): void {
  const expected = apiVersionOf(kind);
  if (isChecked && !body.kind) {
    const text = jsonText(body);
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind.kind}): Object 'Kind' is missing in '${text}' (${text})`,
    );
  }
  const given = { ...kind, kind: String(body.kind || kind.kind) };
  const { name = "" } = (body.metadata ?? {}) as { name?: string };
  if (body.apiVersion && body.apiVersion !== expected) {
    const { apiVersion } = body;
    if (refuse === undefined) {
      const why = `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`;
      throw badRequest(why);
    }
    const group = String(apiVersion).replace(/\/?[^/]*$/, "");
    throw invalid({ ...given, group }, name, [invalidValue("apiVersion", apiVersion, `must be ${expected}`)]);
  }
  if (given.kind === kind.kind) return;
  throw invalid(given, name, [invalidValue("kind", given.kind, `must be ${kind.kind}`)]);
}

function checkKind({ kind, refuse }: Decoding, body: Body): void {
  const apiVersion = textOr(body.apiVersion, apiVersionOf(kind));
  const name = textOr(body.kind, kind.kind);
  if (apiVersion === apiVersionOf(kind) && name === kind.kind) return;
  const given = String(name);
  if (name === kind.kind && isRegistered(String(apiVersion))) {
    throw (
      refuse?.(`no kind ${JSON.stringify(name)} is registered for version ${JSON.stringify(apiVersion)}`) ??
      badRequest(
        `the API version in the data (${apiVersion}) does not match the expected API version (${apiVersionOf(kind)})`,
      )
    );
  }
  const why =
    name === kind.kind
      ? `no kind ${JSON.stringify(given)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:110"`
      : `converting (${String(apiVersion).replace(/^.*\//, "")}.${given}) to (${kind.group === "" ? "core" : kind.group.replace(/\..*$/, "")}.${kind.kind}): unknown conversion`;
  const version = String(apiVersion).replace(/^.*\//, "");
  const handled = { kind: given, version };
  throw refuse?.(why) ?? badRequest(cannotBeHandledAs(handled, kind, why));
}

/** What stands in a field of type meta, if it is a text that says something. */
function textOr(value: unknown, fallback: string): string {
  return typeof value === "string" && value !== "" ? value : fallback;
}

/** Versions that are no longer served, and are known all the same (k8s.io/kubernetes/pkg/api/legacyscheme). */
const PAST_VERSIONS = [
  "apps/v1beta1",
  "apps/v1beta2",
  "extensions/v1beta1",
  "networking.k8s.io/v1beta1",
  "policy/v1beta1",
  "batch/v1beta1",
  "rbac.authorization.k8s.io/v1beta1",
  "storage.k8s.io/v1beta1",
];

function isRegistered(apiVersion: string): boolean {
  return (
    PAST_VERSIONS.includes(apiVersion) ||
    [...KINDS, ...OPTIONAL_KINDS].some((row) => apiVersionOf(row) === apiVersion)
  );
}

function cannotBeHandledAs(given: Pick<Kind, "kind" | "version">, kind: Kind, why: string): string {
  return `${given.kind} in version "${given.version}" cannot be handled as a ${kind.kind}: ${why}`;
}

function judge(
  { kind, parameters, caller, refuse }: Decoding,
  { error, byOwnReader, strict }: FieldCheck,
): void {
  const refusal = (why: string) => refuse?.(why, byOwnReader) ?? badRequest(cannotBeHandled(kind, why));
  if (error !== undefined) throw refusal(error);
  if (strict.length === 0) return;
  if (parameters.fieldValidation === "Strict") throw refusal(strictDecodingError(strict));
  if (parameters.fieldValidation === "Warn") for (const issue of strict) caller.warn?.(issue);
}

/** The object with the names that the path tells; those that it carries itself must agree with them. */
export function placeObject({ kind, namespace, name }: Target, object: LooseObject): LooseObject {
  const { metadata } = object;
  if (metadata.namespace && (!kind.namespaced || metadata.namespace !== namespace)) {
    // Real servers ignore a namespace on objects that have none when they are created.
    if (kind.namespaced || name !== undefined) {
      throw badRequest(
        "the namespace of the provided object does not match the namespace sent on the request",
      );
    }
  }
  if (name !== undefined && !metadata.name) {
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (name !== undefined && metadata.name !== name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
  }
  if (metadata.namespace === (kind.namespaced ? namespace : undefined)) return object;
  const { namespace: _, ...rest } = metadata;
  return { ...object, metadata: (kind.namespaced ? { ...rest, namespace } : rest) as ObjectMeta };
}
