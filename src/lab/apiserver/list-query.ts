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
}

/** @throws {StatusError} BadRequest for a text that is no number */
export function parseResourceVersion(text: string): number {
  const isNumber = /^\d+$/.test(text);
  if (isNumber && BigInt(text) < 2n ** 64n) return Number(text);
  const quoted = JSON.stringify(text);
  throw badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: ${isNumber ? "value out of range" : "invalid syntax"}`,
  );
}

/** Refuses a revision that is still to come; a real server waits three seconds for it first.
 * @throws {StatusError} Timeout */
export function checkNotFuture(resourceVersion: string | undefined, current: number): void {
  const asked = resourceVersion ? parseResourceVersion(resourceVersion) : 0;
  if (asked <= current) return;
  throw new StatusError(
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
