/**
 * Reads what a request carries besides its object: the query string's options and the DeleteOptions of a body. Values are
 * judged here only where the registry's types cannot hold what a client may send; the rest is the registry's to judge.
 */
import type { ListQuery, WatchQuery } from "../../../client/client.ts";
import { type StatusCause, StatusError } from "../../../kube/status-error.ts";
import type { DeleteParameters, PatchParameters, WriteParameters } from "../server.ts";
import { decodeOptions, type RawBody } from "./decode.ts";
import type { DecodedBody } from "./decoded-body.ts";
import { durationFault, quoteText, readInteger } from "./go-values.ts";
import { isTrue } from "./request-info.ts";

/** The options kind that messages name. */
type OptionsKind = "ListOptions" | "CreateOptions" | "UpdateOptions" | "PatchOptions" | "DeleteOptions";

/** Refuses a request that would not know how long it may take; watches have another way to say it.
 * @throws {StatusError} BadRequest */
export function checkTimeout(query: URLSearchParams): void {
  const timeout = query.get("timeout");
  const fault = timeout === null || timeout === "" ? undefined : durationFault(timeout);
  if (fault === undefined) return;
  throw new StatusError("BadRequest", `invalid timeout specified in the request URL - ${fault}`);
}

/** Parameters of GET on a collection. */
export function listQuery(query: URLSearchParams, namespace: string | undefined): ListQuery {
  if (query.get("sendInitialEvents"))
    throw forbiddenOption("sendInitialEvents", "sendInitialEvents is forbidden for list");
  return selection(query, namespace);
}

function selection(query: URLSearchParams, namespace: string | undefined): ListQuery {
  const limit = readInteger(query.get("limit"));
  readInteger(query.get("timeoutSeconds"));
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...texts(query, ["labelSelector", "fieldSelector", "continue", "resourceVersion"]),
    ...(limit === undefined ? {} : { limit }),
    ...match(query),
  };
}

/**
 * Parameters of a watch; a `name` in the path selects one object. The client counts in its own seconds, of which
 * `secondsPerSecond` pass in the lab.
 */
export function watchQuery(
  query: URLSearchParams,
  place: { readonly namespace?: string; readonly name?: string },
  timing: { readonly defaultSeconds: number; readonly secondsPerSecond: number },
): WatchQuery {
  const { limit: _limit, continue: from, ...list } = selection(query, place.namespace);
  if (from !== undefined) {
    throw forbiddenOption(
      "resourceVersionMatch",
      "resourceVersionMatch is forbidden when continue is provided",
    );
  }
  const initial = query.get("sendInitialEvents");
  const names = place.name === undefined ? [] : [`metadata.name=${place.name}`];
  const fields = [...names, ...(list.fieldSelector === undefined ? [] : [list.fieldSelector])];
  const seconds = readInteger(query.get("timeoutSeconds")) || timing.defaultSeconds;
  return {
    ...(list as WatchQuery),
    ...(fields.length === 0 ? {} : { fieldSelector: fields.join(",") }),
    ...(isTrue(query.get("allowWatchBookmarks")) ? { allowWatchBookmarks: true } : {}),
    ...(initial === null ? {} : { sendInitialEvents: isTrue(initial) }),
    timeoutSeconds: seconds * timing.secondsPerSecond,
  };
}

function forbiddenOption(field: string, why: string): StatusError {
  return invalidOptions("ListOptions", [
    { reason: "FieldValueForbidden", message: `Forbidden: ${why}`, field },
  ]);
}

function match(query: URLSearchParams): Pick<ListQuery, "resourceVersionMatch"> {
  const value = query.get("resourceVersionMatch");
  // The registry refuses what is none of the two.
  return value ? { resourceVersionMatch: value as "Exact" | "NotOlderThan" } : {};
}

/** Parameters of POST and PUT. */
export function writeParameters(
  kind: "CreateOptions" | "UpdateOptions" | "PatchOptions",
  query: URLSearchParams,
  { issues, text, isDeep }: Omit<DecodedBody, "value"> = { issues: [] },
): WriteParameters {
  const causes: StatusCause[] = [...managerCauses(query), ...dryRunCauses(query.getAll("dryRun"))];
  const validation = query.get("fieldValidation") ?? "";
  if (!["", "Ignore", "Strict", "Warn"].includes(validation)) {
    causes.push(unsupported("fieldValidation", JSON.stringify(validation), ["", "Ignore", "Strict", "Warn"]));
  }
  if (causes.length > 0) throw invalidOptions(kind, causes);
  return {
    ...(query.getAll("dryRun").includes("All") ? { dryRun: true } : {}),
    ...texts(query, ["fieldManager"]),
    fieldValidation: validation === "Strict" || validation === "Ignore" ? validation : "Warn",
    ...(issues.length > 0 ? { decodeIssues: issues } : {}),
    ...(text === undefined ? {} : { text }),
    ...(isDeep && { isDeep }),
  };
}

/** Parameters of PATCH. */
export function patchParameters(query: URLSearchParams): PatchParameters {
  const force = query.get("force");
  return {
    ...writeParameters("PatchOptions", query),
    ...(force === null ? {} : { force: isTrue(force) }),
  };
}

/** Parameters of DELETE: the body's when there is one, the query's otherwise. */
export function deleteParameters(query: URLSearchParams, body: RawBody): DeleteParameters {
  const given = body.bytes.length > 0 ? bodyOptions(body) : queryOptions(query);
  const { propagationPolicy, orphanDependents, dryRun = [] } = given;
  const causes: StatusCause[] = dryRunCauses(dryRun);
  if (propagationPolicy !== undefined && orphanDependents !== undefined) {
    causes.push({
      reason: "FieldValueInvalid",
      message: `Invalid value: ${JSON.stringify(propagationPolicy)}: orphanDependents and deletionPropagation cannot be both set`,
      field: "propagationPolicy",
    });
  }
  if (propagationPolicy !== undefined && !isPolicy(propagationPolicy)) {
    const known = ["Foreground", "Background", "Orphan", "nil"];
    causes.push(unsupported("propagationPolicy", JSON.stringify(propagationPolicy), known));
  }
  if (causes.length > 0) throw invalidOptions("DeleteOptions", causes);
  return {
    ...(given.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: given.gracePeriodSeconds }),
    ...(isPolicy(propagationPolicy) ? { propagationPolicy } : {}),
    ...(orphanDependents === undefined ? {} : { orphanDependents }),
    ...(given.preconditions === undefined ? {} : { preconditions: given.preconditions }),
    ...(dryRun.includes("All") ? { dryRun: true } : {}),
  };
}

interface GivenDeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: readonly string[];
}

function queryOptions(query: URLSearchParams): GivenDeleteOptions {
  const grace = readInteger(query.get("gracePeriodSeconds"));
  const orphan = query.get("orphanDependents");
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...texts(query, ["propagationPolicy"]),
    ...(orphan === null ? {} : { orphanDependents: isTrue(orphan) }),
    dryRun: query.getAll("dryRun"),
  };
}

function bodyOptions(body: RawBody): GivenDeleteOptions {
  const read = decodeOptions(body);
  // Real servers have no reason for these: they took the body for one of their own making.
  if (!read.ok) throw new StatusError("Unknown", read.error);
  const value = (read.value.value ?? {}) as Record<string, unknown>;
  const kind = value.kind ?? "DeleteOptions";
  if (kind !== "DeleteOptions") {
    throw new StatusError(
      "Unknown",
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(value.apiVersion)} in scheme "pkg/runtime/scheme.go:110"`,
    );
  }
  for (const [field, type] of Object.entries(OPTION_TYPES)) {
    checkOption(`DeleteOptions.${field}`, value[field], type, GO_TYPES[field] ?? "");
  }
  const preconditions = (value.preconditions ?? {}) as Record<string, unknown>;
  checkOption("Preconditions.preconditions.uid", preconditions.uid, "string", "types.UID");
  checkOption(
    "Preconditions.preconditions.resourceVersion",
    preconditions.resourceVersion,
    "string",
    "string",
  );
  for (const item of (value.dryRun ?? []) as readonly unknown[]) {
    checkOption("DeleteOptions.dryRun", item, "string", "string");
  }
  return Object.fromEntries(
    Object.keys(OPTION_TYPES)
      .filter((field) => value[field] !== undefined && value[field] !== null)
      .map((field) => [field, value[field]]),
  );
}

function checkOption(field: string, given: unknown, type: string, goType: string): void {
  if (given === undefined || given === null) return;
  const found = typeOf(given);
  // A number that is not whole is told with its figures.
  const shown =
    found === "number" && type === "number" && !Number.isSafeInteger(given) ? `number ${given}` : found;
  if (shown === type) return;
  throw new StatusError(
    "Unknown",
    `json: cannot unmarshal ${shown === "boolean" ? "bool" : shown} into Go struct field ${field} of type ${goType}`,
  );
}

const OPTION_TYPES: Readonly<Record<string, string>> = {
  gracePeriodSeconds: "number",
  propagationPolicy: "string",
  orphanDependents: "boolean",
  preconditions: "object",
  dryRun: "array",
};

const GO_TYPES: Readonly<Record<string, string>> = {
  gracePeriodSeconds: "int64",
  propagationPolicy: "v1.DeletionPropagation",
  orphanDependents: "bool",
  preconditions: "v1.Preconditions",
  dryRun: "[]string",
};

function typeOf(value: unknown): string {
  return Array.isArray(value) ? "array" : typeof value;
}

function isPolicy(text: string | undefined): text is "Orphan" | "Background" | "Foreground" {
  return text === "Orphan" || text === "Background" || text === "Foreground";
}

// As Go's unicode.IsPrint: of all white space the space alone.
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

function managerCauses(query: URLSearchParams): readonly StatusCause[] {
  const field = "fieldManager";
  const manager = query.get(field) ?? "";
  if (Buffer.byteLength(manager) > 128) {
    return [{ reason: "FieldValueTooLong", message: "Too long: may not be more than 128 bytes", field }];
  }
  const at = manager.search(UNPRINTABLE);
  if (at < 0) return [];
  const code = (manager.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const why = `invalid character U+${code} (at position ${Buffer.byteLength(manager.slice(0, at))})`;
  return [{ reason: "FieldValueInvalid", message: `Invalid value: ${quoteText(manager)}: ${why}`, field }];
}

function dryRunCauses(values: readonly string[]): StatusCause[] {
  if (values.every((value) => value === "All")) return [];
  return [unsupported("dryRun", JSON.stringify(values), ["All"])];
}

function unsupported(field: string, value: string, supported: readonly string[]): StatusCause {
  const names = supported.map((name) => JSON.stringify(name)).join(", ");
  return {
    reason: "FieldValueNotSupported",
    message: `Unsupported value: ${value}: supported values: ${names}`,
    field,
  };
}

function invalidOptions(kind: OptionsKind, causes: readonly StatusCause[]): StatusError {
  const texts = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const all = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  const details = { group: "meta.k8s.io", kind, causes };
  return new StatusError("Invalid", `${kind}.meta.k8s.io "" is invalid: ${all}`, details);
}

function texts<Name extends string>(
  query: URLSearchParams,
  names: readonly Name[],
): { readonly [N in Name]?: string } {
  const found: { [N in Name]?: string } = {};
  for (const name of names) {
    const value = query.get(name);
    if (value !== null && value !== "") found[name] = value;
  }
  return found;
}
