import { jsonText } from "../../base/json-text.ts";
import type { Pending } from "../../base/pending.ts";
import { type Kind, resourceName } from "../../kube/kind.ts";
import { type StatusCause, type StatusDetails, StatusError } from "../../kube/status-error.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { invalidError } from "../../kube/validation/validate.ts";

/** What an optimistic writer is told whose copy is out of date. */
export const OBJECT_MODIFIED =
  "the object has been modified; please apply your changes to the latest version and try again";

export function notFound(kind: Kind, name: string): StatusError {
  return new StatusError("NotFound", `${resourceName(kind)} "${name}" not found`, details(kind, name));
}

/** `taken` is what stands in the way; one that is going already is worth another try. */
export function alreadyExists(kind: Kind, { metadata }: KubeObject): StatusError {
  const { name, deletionTimestamp } = metadata;
  const going = deletionTimestamp === undefined ? "" : "object is being deleted: ";
  const message = `${going}${resourceName(kind)} "${name}" already exists`;
  return new StatusError("AlreadyExists", message, details(kind, name));
}

/** `why` follows the colon. */
export function conflict(kind: Kind, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`;
  return new StatusError("Conflict", message, details(kind, name));
}

export function forbidden(kind: Kind, name: string, why: string): StatusError {
  const object = name === "" ? "" : ` "${name}"`;
  const message = `${resourceName(kind)}${object} is forbidden: ${why}`;
  return new StatusError("Forbidden", message, details(kind, name));
}

/** 422 with one cause for each wrong field; options have no name. */
export function invalid(kind: Kind, name: string, causes: readonly StatusCause[]): StatusError {
  const error = invalidError(kind, name, causes);
  if (name !== "") return error;
  const { name: _, ...rest } = error.details;
  return new StatusError("Invalid", error.message, rest);
}

export function badRequest(message: string): StatusError {
  return new StatusError("BadRequest", message);
}

/** The verb is not among the kind's. */
export function methodNotSupported(kind: Kind, verb: string): StatusError {
  return new StatusError(
    "MethodNotAllowed",
    `${verb} is not supported on resources of kind "${resourceName(kind)}"`,
    details(kind, ""),
  );
}

/** Nothing is served at this path. */
export function noSuchResource(): StatusError {
  return new StatusError("NotFound", "the server could not find the requested resource");
}

export function expired(message: string): StatusError {
  return new StatusError("Expired", message);
}

/** The answer of a server that is down, as seen by a client in the same process. */
export function unavailable(): StatusError {
  return new StatusError("ServiceUnavailable", "the server is currently unable to handle the request");
}

/** What those are told who cannot wait for an answer from outside; its cause tells when it has come. */
export function notYet(pending: Pending): StatusError {
  const error = new StatusError("ServiceUnavailable", pending.message);
  error.cause = pending;
  return error;
}

/** Something went wrong inside the server, or there is no better word for it. */
export function internalError(why: string): StatusError {
  return new StatusError("InternalError", `Internal error occurred: ${why}`, {
    causes: [{ reason: "", message: why, field: "" }],
  });
}

/** One wrong field, worded "Invalid value: …". Strings are quoted, everything else is printed as JSON. */
export function invalidValue(field: string, value: unknown, why: string): StatusCause {
  return {
    reason: "FieldValueInvalid",
    message: `Invalid value: ${jsonText(value)}: ${why}`,
    field,
  };
}

function details(kind: Kind, name: string): StatusDetails {
  return {
    ...(name === "" ? {} : { name }),
    ...(kind.group === "" ? {} : { group: kind.group }),
    kind: kind.plural,
  };
}
