import { answersTo } from "../../request-memo.ts";
import type { AdmissionRequest } from "../chain.ts";
import type { CandidateIndex } from "./candidates.ts";
import { conditionsMatch } from "./conditions.ts";
import { judgeAnswer, questionTo } from "./invoke.ts";
import { selectsCall } from "./selects.ts";
import { shownAs } from "./shown.ts";
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
  candidates.forEach((candidate, i) => {
    const answered = answers[i];
    if (answered === undefined) return;
    const verdict = judgeAnswer(request, candidate, "validating", answered);
    if (verdict.kind === "denied") throw verdict.error;
  });
}
