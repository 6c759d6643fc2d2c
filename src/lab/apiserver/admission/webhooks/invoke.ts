import { jsonText } from "../../../../base/json-text.ts";
import type { StatusError } from "../../../../kube/status-error.ts";
import { internalError } from "../../errors.ts";
import { askWebhook, type WebhookReply } from "../../outside/ask-webhook.ts";
import { newUid } from "../../registry/uid.ts";
import type { Question } from "../../request-memo.ts";
import type { AdmissionRequest } from "../chain.ts";
import type { Candidate } from "./candidates.ts";
import type { HookType } from "./configuration-kinds.ts";
import { reviewDocument, reviewRequest, type Shown } from "./review.ts";
import { type Verdict, verdictOf } from "./verdict.ts";
import type { WebhookContext } from "./webhook-context.ts";

/** A reply, and the number of the review that it answers. */
export interface Answered {
  readonly uid: string;
  readonly reply: WebhookReply;
}

/** What a webhook is asked about a request. `round` tells a second asking of the same thing from the first. */
export function questionTo(
  context: WebhookContext,
  request: AdmissionRequest,
  { hook, kind }: Candidate,
  shown: Shown,
  round = 0,
): Question<Answered> {
  const review = reviewRequest(request, kind, shown);
  const { config, timeoutMs, version } = hook;
  return {
    of: `webhook ${JSON.stringify(hook.name)}`,
    text: `${round} ${hook.id} ${jsonText([config, review])}`,
    async ask() {
      const uid = newUid(context.engine, "apiserver/reviews");
      const body = jsonText(reviewDocument(version, uid, review));
      const call = { config, timeoutMs, body, userAgent: "kube-apiserver-admission", timeoutInUrl: true };
      return { uid, reply: await askWebhook(context.api, context.outside.call ?? NOBODY, call) };
    },
  };
}

/** Who is asked by a server that was closed to the outside in the meantime. */
const NOBODY = async () => ({ kind: "failure", why: "context canceled" }) as const;

/** What came of a question. Warnings are passed on; a failure that the configuration does not mind is no failure. */
export function judgeAnswer(
  request: AdmissionRequest,
  { hook }: Candidate,
  type: HookType,
  { uid, reply }: Answered,
): Exclude<Verdict, { readonly kind: "failed" }> | { readonly kind: "passed over" } {
  const verdict = verdictOf(hook, type, uid, reply);
  if (verdict.kind === "failed") {
    if (hook.failsOpen) return { kind: "passed over" };
    throw failure(hook.name, verdict.why);
  }
  for (const warning of verdict.warnings) if (isHeaderText(warning)) request.caller.warn?.(warning);
  for (const [key, value] of Object.entries(verdict.annotations))
    request.caller.annotate?.(`${hook.name}/${key}`, String(value));
  return verdict;
}

function failure(name: string, why: string): StatusError {
  return internalError(`failed calling webhook ${JSON.stringify(name)}: ${why}`);
}

/** Warnings that no header can carry are left out. */
function isHeaderText(text: unknown): text is string {
  return typeof text === "string" && !/\p{Cc}/u.test(text);
}
