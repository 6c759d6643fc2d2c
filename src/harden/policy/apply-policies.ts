import { type ApplyOptions, applyPlan, type ComponentOutcome } from "../apply/apply-plan.ts";
import { type Finished, finishEntry, isUnfinished, rollBackEntry } from "../apply/finish.ts";
import type { GateOptions } from "../apply/gate.ts";
import { isInForce, Journal, type PolicyName, readJournal } from "../apply/journal.ts";
import { cleanUp } from "../apply/journal-history.ts";
import type { PolicyPlan } from "./plan-policies.ts";

export interface ApplyPoliciesOptions extends Omit<ApplyOptions, "journal"> {
  /** Told of each policy that has steps before they are done. */
  readonly onPolicy?: (policy: PolicyName, revision: number) => void;
}

export interface PolicyOutcome {
  readonly policy: PolicyName;
  readonly revision: number;
  readonly components: readonly ComponentOutcome[];
  /** Why old entries of the journal are still there, where they may not be deleted. */
  readonly notCleanedUp?: string;
}

/** Finishes what an earlier apply of a policy was stopped in. */
export async function finishPolicy(policy: PolicyName, options: GateOptions): Promise<Finished[]> {
  const finished: Finished[] = [];
  for (const entry of await readJournal(options.client, policy))
    if (isUnfinished(entry)) finished.push(await finishEntry(entry, options));
  return finished;
}

/** Does the plans, each with a revision of its policy's journal. Plans without steps are passed over. */
export async function applyPolicies(
  plans: readonly PolicyPlan[],
  options: ApplyPoliciesOptions,
): Promise<PolicyOutcome[]> {
  const outcomes: PolicyOutcome[] = [];
  for (const { policy, plan } of plans) {
    if (plan.steps.length === 0) continue;
    const journal = await Journal.open(options.client, policy);
    options.onPolicy?.(policy, journal.revision);
    const components = await applyPlan(plan, { ...options, journal });
    const notCleanedUp = await cleanUp(await readJournal(options.client, policy));
    const outcome = { policy, revision: journal.revision, components };
    outcomes.push(notCleanedUp === undefined ? outcome : { ...outcome, notCleanedUp });
  }
  return outcomes;
}

/**
 * Takes a policy back to what was so after a revision, 0 for before the first: the last component first, and of each its last step
 * first, so that a budget goes before replicas do.
 */
export async function rollBackPolicy(
  policy: PolicyName,
  toRevision: number,
  options: GateOptions,
): Promise<Finished[]> {
  const finished: Finished[] = [];
  for (const entry of (await readJournal(options.client, policy)).toReversed()) {
    if (entry.revision > toRevision && isInForce(entry)) finished.push(await rollBackEntry(entry, options));
  }
  return finished;
}
