/** What the mutations of policies make of objects: k8s.io/apiserver's `admission/plugin/policy/mutating/patch`. */
import type { Change } from "../../../../kube/cel/mutating-policy.ts";
import { apiVersionOf, type Kind } from "../../../../kube/kind.ts";
import { atomicPlaces } from "../../../../kube/managed-fields/atomic-places.ts";
import { mergeApplied } from "../../../../kube/managed-fields/merge-applied.ts";
import { wholePlace } from "../../../../kube/managed-fields/root-place.ts";
import { validateApplied } from "../../../../kube/managed-fields/validate-applied.ts";
import { applyJsonPatch } from "../../../../kube/patch/json-patch.ts";
import { type Schema, schemaOf } from "../../../../kube/schema/schema.ts";
import { StatusError } from "../../../../kube/status-error.ts";
import type { CustomVersion } from "../../custom/custom-version.ts";
import { internalError } from "../../errors.ts";
import type { LooseObject } from "../../loose.ts";
import type { AdmissionRequest } from "../chain.ts";
import { isOwnObject, shownAs } from "../shown.ts";
import { takeBack } from "../take-back.ts";
import type { VersionContext } from "../version-context.ts";
import type { PolicyContext } from "./matching.ts";

export interface MutationContext extends PolicyContext, VersionContext {
  /** What is known of a kind that is not built in. */
  customVersionOf(kind: Kind): CustomVersion | undefined;
}

export type Mutated = { readonly object: LooseObject } | { readonly why: string };

/** The request's object after a change that was worked out on it as one of the kind `seenAs`.
 * @throws {StatusError} InternalError for an object that cannot be read any more */
export function applyMutation(
  context: MutationContext,
  request: AdmissionRequest & { readonly object: LooseObject },
  seenAs: Kind,
  change: Change,
): Mutated {
  if (change.kind === "failed") return change;
  const shown = shownAs(context, request, seenAs).object as LooseObject;
  const result =
    change.kind === "apply"
      ? merged(shown, change.configuration, seenAs, schemaFor(context, request, seenAs))
      : patched(shown, change.operations);
  if ("why" in result) return result;
  const { object } = result;
  // The real one takes a built-in object back in the version of the request only.
  if (seenAs !== request.kind && context.customVersionOf(seenAs) === undefined) {
    const [from, to] = [seenAs, request.kind].map(({ version, kind }) => `(${version}.${kind})`);
    return { why: `converting ${from} to ${to}: unknown conversion` };
  }
  if (object.kind !== shown.kind || object.apiVersion !== shown.apiVersion) throw otherKind(object, seenAs);
  const validation = change.kind === "patch" ? "Strict" : "Ignore";
  return { object: takeBack(context, request, seenAs, object, validation) };
}

/** Nothing is known of the fields of what is written to subresources such as "scale" and "eviction". */
function schemaFor(context: MutationContext, request: AdmissionRequest, kind: Kind): Schema | undefined {
  const own = request.subresource === undefined ? undefined : kind.subresources[request.subresource];
  const isOwn = isOwnObject(request) || (own !== undefined && own.kind !== kind.kind);
  return isOwn ? undefined : (context.customVersionOf(kind)?.schema ?? schemaOf(kind));
}

function merged(
  live: LooseObject,
  configuration: Readonly<Record<string, unknown>>,
  kind: Kind,
  schema: Schema | undefined,
): Mutated {
  const failed = (why: string): Mutated => ({ why: `error applying patch: ${why}` });
  const unreadable = "failed to convert patch object to typed object";
  const { apiVersion, kind: name } = live as LooseObject & { readonly apiVersion: string };
  if (schema === undefined) {
    const version = apiVersion.includes("/") ? apiVersion : `/${apiVersion}`;
    return failed(`${unreadable}: no corresponding type for ${version}, Kind=${String(name)}`);
  }
  const applied = { ...configuration, apiVersion: apiVersionOf(kind), kind: kind.kind };
  const problems = validateApplied(applied, schema);
  if (problems.length > 0) return failed(`${unreadable}: ${listed(problems)}`);
  const atomic = atomicPlaces(applied, schema);
  if (atomic.length > 0) {
    const why = `may not mutate atomic arrays, maps or structs: ${atomic.join(", ")}`;
    return failed(`invalid ApplyConfiguration: ${why}`);
  }
  return { object: mergeApplied(live, applied, wholePlace(kind, schema)) as LooseObject };
}

function listed(problems: readonly string[]): string {
  const [first = ""] = problems;
  return problems.length === 1 ? first : `errors:\n${problems.map((line) => `  ${line}`).join("\n")}`;
}

function patched(object: LooseObject, operations: readonly unknown[]): Mutated {
  try {
    return { object: applyJsonPatch(object, operations) };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const why = error.cause instanceof Error ? error.cause.message : error.message;
    // A test that fails is a condition that is not met.
    return /^testing value .* failed: test failed$/s.test(why) ? { object } : { why: `JSON Patch: ${why}` };
  }
}

function otherKind({ apiVersion, kind: name }: LooseObject, { group, kind }: Kind): StatusError {
  const version = String(apiVersion).split("/").at(-1);
  const internal = group === "" ? "core" : group.replace(/\..*$/, "");
  const conversion = `converting (${version}.${name}) to (${internal}.${kind})`;
  return internalError(`failed to convert object: ${conversion}: unknown conversion`);
}
