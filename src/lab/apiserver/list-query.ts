import type { ListQuery, WatchQuery } from "../../client/client.ts";
import type { Kind } from "../../kube/kind.ts";
import { type StatusCause, StatusError } from "../../kube/status-error.ts";
import { badRequest, invalid } from "./errors.ts";

const LIST_OPTIONS = { group: "meta.k8s.io", kind: "ListOptions" } as Kind;

/** Refuses combinations of list parameters that mean nothing. @throws {StatusError} Invalid or BadRequest */
export function checkListQuery(query: ListQuery): void {
  const { resourceVersion, resourceVersionMatch: match } = query;
  const field = "resourceVersionMatch";
  const causes: StatusCause[] = [];
  if (match) {
    if (!resourceVersion) {
      causes.push(
        forbiddenField(field, "resourceVersionMatch is forbidden unless resourceVersion is provided"),
      );
    }
    if (query.continue) {
      causes.push(forbiddenField(field, "resourceVersionMatch is forbidden when continue is provided"));
    }
    if (match !== "Exact" && match !== "NotOlderThan") {
      causes.push(unsupportedValue(field, match, ["Exact", "NotOlderThan", ""]));
    }
    if (match === "Exact" && resourceVersion === "0") {
      causes.push(forbiddenField(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (causes.length > 0) throw invalid(LIST_OPTIONS, "", causes);
  if (resourceVersion) parseResourceVersion(resourceVersion);
}

/** Refuses combinations of watch parameters that mean nothing. @throws {StatusError} Invalid or BadRequest */
export function checkWatchQuery(query: WatchQuery): void {
  const { resourceVersionMatch: match, sendInitialEvents } = query;
  const field = "resourceVersionMatch";
  const causes: StatusCause[] = [];
  if (sendInitialEvents !== undefined && match !== "NotOlderThan") {
    causes.push(
      forbiddenField(field, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"),
    );
  }
  if (match) {
    if (sendInitialEvents === undefined) {
      const why = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided";
      causes.push(forbiddenField(field, why));
    }
    if (match !== "NotOlderThan") causes.push(unsupportedValue(field, match, ["NotOlderThan"]));
  }
  if (causes.length > 0) throw invalid(LIST_OPTIONS, "", causes);
  checkResourceVersion(query.resourceVersion);
}

/** @throws {StatusError} BadRequest for a text that is no number */
export function parseResourceVersion(text: string): number {
  const wrong = numberFault(text);
  if (wrong === undefined) return Number(text);
  throw badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: ${wrong}`,
  );
}

/** Where no list is asked for, real servers give the same fault no reason. @throws {StatusError} Unknown */
export function checkResourceVersion(text: string | undefined): void {
  const wrong = text ? numberFault(text) : undefined;
  if (wrong === undefined) return;
  throw new StatusError("Unknown", `resourceVersion: Invalid value: ${JSON.stringify(text)}: ${wrong}`);
}

/** Why a text is no unsigned number of 64 bits, in Go's words. */
export function numberFault(text: string): string | undefined {
  const isNumber = /^\d+$/.test(text);
  if (isNumber && BigInt(text) < 2n ** 64n) return undefined;
  return `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${isNumber ? "value out of range" : "invalid syntax"}`;
}

/** Refuses a revision that is still to come; a real server waits three seconds for it first.
 * @throws {StatusError} Timeout */
export function checkNotFuture(resourceVersion: string | undefined, current: number): void {
  checkResourceVersion(resourceVersion);
  const asked = resourceVersion ? Number(resourceVersion) : 0;
  if (asked > current) throw tooLargeVersion(asked, current);
}

/** How a revision is answered that has not come in time. */
export function tooLargeVersion(resourceVersion: number, current: number): StatusError {
  return new StatusError(
    "Timeout",
    `Timeout: Too large resource version: ${resourceVersion}, current: ${current}`,
    {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version", field: "" }],
      retryAfterSeconds: 1,
    },
  );
}

function forbiddenField(field: string, why: string): StatusCause {
  return { reason: "FieldValueForbidden", message: `Forbidden: ${why}`, field };
}

function unsupportedValue(field: string, value: string, supported: readonly string[]): StatusCause {
  const values = supported.map((each) => JSON.stringify(each)).join(", ");
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${values}`;
  return { reason: "FieldValueNotSupported", message, field };
}
