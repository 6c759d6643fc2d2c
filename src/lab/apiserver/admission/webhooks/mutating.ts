import { deepEqual } from "../../../../base/deep.ts";
import { applyJsonPatch } from "../../../../kube/patch/json-patch.ts";
import { StatusError } from "../../../../kube/status-error.ts";
import { internalError } from "../../errors.ts";
import type { LooseObject } from "../../loose.ts";
import { answersTo } from "../../request-memo.ts";
import type { AdmissionRequest } from "../chain.ts";
import type { Reinvocation } from "../reinvocation.ts";
import { shownAs } from "../shown.ts";
import { takeBack } from "../take-back.ts";
import { noteFailedOpen, noteMutation } from "./audit-notes.ts";
import type { Candidate, CandidateIndex } from "./candidates.ts";
import { conditionsMatch } from "./conditions.ts";
import { judgeAnswer, questionTo } from "./invoke.ts";
import type { Shown } from "./review.ts";
import { selectsCall } from "./selects.ts";
import type { WebhookContext } from "./webhook-context.ts";

/** The object as mutating webhooks would have it; `undefined` for a deletion, which they can only refuse.
 *
 * Webhooks are asked one after the other, each about the object as those before it left it.
 * @throws {StatusError} when one denies the request, or cannot be asked and must not be passed over */
export function askMutating(
  context: WebhookContext,
  index: CandidateIndex,
  request: AdmissionRequest,
  reinvocation: Reinvocation,
): LooseObject | undefined {
  let { object } = request;
  for (const candidate of index.of(request)) {
    const now = { ...request, object };
    const { id, reinvoked } = candidate.hook;
    if (!reinvocation.includes(id)) continue;
    if (!selectsCall(context, candidate, now) || !conditionsMatch(context, candidate, now)) continue;
    const next = ask(context, now, candidate, reinvocation.round);
    if (next !== object && !deepEqual(next, object)) {
      object = next;
      reinvocation.onChange();
    }
    if (reinvoked) reinvocation.saw(id);
  }
  return object;
}

/** The object as one webhook would have it. */
function ask(
  context: WebhookContext,
  request: AdmissionRequest,
  candidate: Candidate,
  round: number,
): LooseObject | undefined {
  const { caller, object } = request;
  const { hook, kind } = candidate;
  const shown = shownAs(context, request, kind);
  const [answered] = answersTo(caller, [questionTo(context, request, candidate, shown, round)]);
  if (answered === undefined) return object;
  let next = object;
  try {
    const verdict = judgeAnswer(request, candidate, "mutating", answered);
    if (verdict.kind === "denied") throw verdict.error;
    if (verdict.kind === "passed over") noteFailedOpen(caller, "mutating", hook, round, hook.index);
    else if (verdict.patch !== undefined) next = patched(context, request, candidate, shown, verdict.patch);
  } finally {
    noteMutation(caller, hook, round, !deepEqual(next, object));
  }
  return next;
}

function patched(
  context: WebhookContext,
  request: AdmissionRequest,
  { hook, kind }: Candidate,
  { object: before }: Shown,
  patch: unknown,
): LooseObject {
  if (before === undefined) {
    const tried = `admission webhook ${JSON.stringify(hook.name)} attempted to modify the object`;
    throw internalError(`${tried}, which is not supported for this operation`);
  }
  const changed = applyPatch(before, patch);
  if (changed.kind !== before.kind || changed.apiVersion !== before.apiVersion) {
    const version = String(changed.apiVersion).split("/").at(-1);
    const group = kind.group === "" ? "core" : kind.group.replace(/\..*$/, "");
    throw new StatusError(
      "Unknown",
      `converting (${version}.${changed.kind}) to (${group}.${kind.kind}): unknown conversion`,
    );
  }
  return takeBack(context, request, kind, changed);
}

function applyPatch(object: LooseObject, patch: unknown): LooseObject {
  try {
    return applyJsonPatch(object, patch);
  } catch (error) {
    // Clients are not told what is wrong with their patches; here it is said.
    if (!(error instanceof StatusError)) throw error;
    throw internalError(error.cause instanceof Error ? error.cause.message : error.message);
  }
}
