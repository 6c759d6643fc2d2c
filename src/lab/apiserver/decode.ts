import type { Body } from "../../client/client.ts";
import { completeObject } from "../../kube/defaults/complete.ts";
import { apiVersionOf, type Kind } from "../../kube/kind.ts";
import { cannotBeHandled, checkFields, strictDecodingError } from "../../kube/schema/check-fields.ts";
import type { ObjectMeta } from "../../kube/types/index.ts";
import { badRequest } from "./errors.ts";
import type { LooseObject } from "./loose.ts";
import type { Caller, Target, WriteParameters } from "./server.ts";

/** What becomes of a sentence that says why a body is no object of its kind. */
export type Refuse = (why: string) => Error;

/** How a body is read. */
export interface Decoding {
  readonly kind: Kind;
  readonly parameters: WriteParameters;
  readonly caller: Caller;
  /** BadRequest in the words of a decoder unless told otherwise. */
  readonly refuse?: Refuse;
}

/** Turns a body into a whole object of a kind: types and field names are checked if asked for, defaults filled in. */
export function decodeObject(decoding: Decoding, body: Body): LooseObject {
  const { kind } = decoding;
  checkKind(decoding, body);
  if (decoding.parameters.fieldValidation !== undefined) checkBody(decoding, body);
  return completeObject(kind, body) as unknown as LooseObject;
}

function checkKind({ kind, refuse }: Decoding, body: Body): void {
  const apiVersion = body.apiVersion || apiVersionOf(kind);
  const name = body.kind || kind.kind;
  if (apiVersion === apiVersionOf(kind) && name === kind.kind) return;
  const given = String(name);
  const why =
    name === kind.kind
      ? `no kind ${JSON.stringify(given)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:110"`
      : `converting (${String(apiVersion).replace(/^.*\//, "")}.${given}) to (${kind.group === "" ? "core" : kind.group.replace(/\..*$/, "")}.${kind.kind}): unknown conversion`;
  const version = String(apiVersion).replace(/^.*\//, "");
  const handled = name === kind.kind ? kind : { kind: given, version };
  throw refuse?.(why) ?? badRequest(cannotBeHandledAs(handled, kind, why));
}

function cannotBeHandledAs(given: Pick<Kind, "kind" | "version">, kind: Kind, why: string): string {
  return `${given.kind} in version "${given.version}" cannot be handled as a ${kind.kind}: ${why}`;
}

function checkBody({ kind, parameters, caller, refuse }: Decoding, body: Body): void {
  const refusal = (why: string) => refuse?.(why) ?? badRequest(cannotBeHandled(kind, why));
  const { error, strict } = checkFields(kind, body);
  if (error !== undefined) throw refusal(error);
  const issues = [...(parameters.decodeIssues ?? []), ...strict];
  if (issues.length === 0) return;
  if (parameters.fieldValidation === "Strict") throw refusal(strictDecodingError(issues));
  if (parameters.fieldValidation === "Warn") for (const issue of issues) caller.warn?.(issue);
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
