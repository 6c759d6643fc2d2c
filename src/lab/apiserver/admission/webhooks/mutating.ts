import { deepEqual } from "../../../../base/deep.ts";
import type { Kind } from "../../../../kube/kind.ts";
import { applyJsonPatch } from "../../../../kube/patch/json-patch.ts";
import { StatusError } from "../../../../kube/status-error.ts";
import { internalError } from "../../errors.ts";
import type { LooseObject } from "../../loose.ts";
import { answersTo } from "../../request-memo.ts";
import type { AdmissionRequest } from "../chain.ts";
import type { Candidate, CandidateIndex } from "./candidates.ts";
import { conditionsMatch } from "./conditions.ts";
import { judgeAnswer, questionTo } from "./invoke.ts";
import type { Shown } from "./review.ts";
import { selectsCall } from "./selects.ts";
import { isOwnObject, shownAs } from "./shown.ts";
import type { WebhookContext } from "./webhook-context.ts";

/** The object as mutating webhooks would have it; `undefined` for a deletion, which they can only refuse.
 *
 * Webhooks are asked one after the other. When one changes the object, the built-in plugins (`again`) look at it anew, and
 * after them, in one more round, those webhooks that asked for it and have not seen the object as it is now.
 * @throws {StatusError} when one denies the request, or cannot be asked and must not be passed over */
export function askMutating(
  context: WebhookContext,
  index: CandidateIndex,
  request: AdmissionRequest,
  again: (object: LooseObject) => LooseObject,
): LooseObject | undefined {
  const rounds = new Rounds();
  const first = askRound(context, index, request, rounds, 0);
  if (first === undefined || !rounds.changed) return first;
  const reworked = again(first);
  if (!deepEqual(reworked, first)) rounds.onChange();
  return askRound(context, index, { ...request, object: reworked }, rounds, 1);
}

/** Which webhooks have yet to see what others did to the object (apiserver's webhookReinvokeContext). */
class Rounds {
  /** Whether any webhook changed the object. */
  changed = false;
  readonly #seen = new Set<string>();
  readonly #outdated = new Set<string>();

  onChange(): void {
    this.changed = true;
    for (const id of this.#seen) this.#outdated.add(id);
    this.#seen.clear();
  }

  asked({ hook }: Candidate): void {
    if (hook.reinvoked) this.#seen.add(hook.id);
  }

  isOutdated({ hook }: Candidate): boolean {
    return this.#outdated.has(hook.id);
  }
}

function askRound(
  context: WebhookContext,
  index: CandidateIndex,
  request: AdmissionRequest,
  rounds: Rounds,
  round: number,
): LooseObject | undefined {
  let { object } = request;
  for (const candidate of index.of(request)) {
    const now = { ...request, object };
    if (round > 0 && !rounds.isOutdated(candidate)) continue;
    if (!selectsCall(context, candidate, now) || !conditionsMatch(context, candidate, now)) continue;
    const next = ask(context, now, candidate, round);
    if (next !== object && !deepEqual(next, object)) {
      object = next;
      rounds.onChange();
    }
    rounds.asked(candidate);
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
  const shown = shownAs(context, request, candidate.kind);
  const [answered] = answersTo(request.caller, [questionTo(context, request, candidate, shown, round)]);
  if (answered === undefined) return request.object;
  const verdict = judgeAnswer(request, candidate, "mutating", answered);
  if (verdict.kind === "denied") throw verdict.error;
  if (verdict.kind === "passed over" || verdict.patch === undefined) return request.object;
  if (shown.object === undefined) return request.object;
  return patched(context, request, candidate.kind, shown, verdict.patch);
}

function patched(
  context: WebhookContext,
  request: AdmissionRequest,
  kind: Kind,
  { object }: Shown,
  patch: unknown,
): LooseObject {
  const before = object as LooseObject;
  const changed = applyPatch(before, patch);
  if (changed.kind !== before.kind || changed.apiVersion !== before.apiVersion) {
    const version = String(changed.apiVersion).split("/").at(-1);
    const group = kind.group === "" ? "core" : kind.group.replace(/\..*$/, "");
    throw new StatusError(
      "Unknown",
      `converting (${version}.${changed.kind}) to (${group}.${kind.kind}): unknown conversion`,
    );
  }
  if (request.face !== undefined) return request.face.changed(request.object as LooseObject, changed);
  if (isOwnObject(request)) return changed;
  const whole = context.decode(request, kind, changed);
  return context.keep(request, kind, whole);
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
