import { StatusError } from "../../../../kube/status-error.ts";
import { answersTo } from "../../request-memo.ts";
import type { AdmissionRequest } from "../chain.ts";
import { shownAs } from "../shown.ts";
import { noteFailedOpen } from "./audit-notes.ts";
import type { Candidate, CandidateIndex } from "./candidates.ts";
import { conditionsMatch } from "./conditions.ts";
import { type Answered, judgeAnswer, questionTo } from "./invoke.ts";
import { selectsCall } from "./selects.ts";
import type { WebhookContext } from "./webhook-context.ts";

/** Asks all validating webhooks at once; the first that minds, in the order of their configurations, decides.
 * @throws {StatusError} when one denies the request, or cannot be asked and must not be passed over */
export function askValidating(
  context: WebhookContext,
  index: CandidateIndex,
  request: AdmissionRequest,
): void {
  const candidates = index
    .of(request)
    .filter(
      (candidate) => selectsCall(context, candidate, request) && conditionsMatch(context, candidate, request),
    );
  if (candidates.length === 0) return;
  const questions = candidates.map((candidate) =>
    questionTo(context, request, candidate, shownAs(context, request, candidate.kind)),
  );
  const answers = answersTo(request.caller, questions);
  const refusals = candidates.flatMap((candidate, i) => {
    const answered = answers[i];
    return answered === undefined ? [] : refusalsIn(request, candidate, answered, i);
  });
  const [first] = refusals;
  if (first !== undefined) throw first;
}

/** Nobody waits for another's answer: whatever the others say, each one's warnings and notes are passed on. */
function refusalsIn(
  request: AdmissionRequest,
  candidate: Candidate,
  answered: Answered,
  index: number,
): readonly StatusError[] {
  try {
    const verdict = judgeAnswer(request, candidate, "validating", answered);
    if (verdict.kind === "passed over")
      noteFailedOpen(request.caller, "validating", candidate.hook, 0, index);
    return verdict.kind === "denied" ? [verdict.error] : [];
  } catch (error) {
    if (error instanceof StatusError) return [error];
    throw error;
  }
}
