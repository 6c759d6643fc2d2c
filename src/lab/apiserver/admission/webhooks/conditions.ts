import { cel } from "../../../../kube/cel/loader.ts";
import type { MatchConditions } from "../../../../kube/cel/policy-program.ts";
import { forbidden } from "../../errors.ts";
import type { AdmissionRequest } from "../chain.ts";
import { policyInput } from "../policies/policy-input.ts";
import type { Candidate } from "./candidates.ts";
import type { Hook } from "./hooks.ts";
import type { WebhookContext } from "./webhook-context.ts";

/** Conditions as they are evaluated, compiled once for each webhook. */
const compiled = new WeakMap<Hook, MatchConditions>();

/**
 * Whether a request meets a webhook's conditions. One that cannot be evaluated passes over a webhook that may fail.
 * @throws {StatusError} Forbidden when it may not
 * @throws {Pending} until CEL is there
 */
export function conditionsMatch(
  context: WebhookContext,
  { hook, kind }: Candidate,
  request: AdmissionRequest,
): boolean {
  if (hook.conditions.length === 0) return true;
  let conditions = compiled.get(hook);
  if (conditions === undefined) {
    const { MatchConditions } = cel();
    conditions = new MatchConditions(hook.conditions);
    compiled.set(hook, conditions);
  }
  const { matches, error } = conditions.match(policyInput(context, request, kind, undefined));
  if (error === undefined) return matches;
  if (hook.failsOpen) return false;
  const name = request.name || request.object?.metadata?.name || "";
  throw forbidden(request.kind, name, error);
}
