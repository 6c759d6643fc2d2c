/** Does what `holdfast apply` is told: finishes what was begun, plans, asks, applies, and plans again where the cluster has changed. */
import type { Command } from "commander";
import { deepEqual } from "../base/deep.ts";
import type { HttpClient } from "../client/http/http-client.ts";
import type { Finished } from "../harden/apply/finish.ts";
import { recordText } from "../harden/apply/step-record.ts";
import { applyPolicies, finishPolicy, type PolicyOutcome } from "../harden/policy/apply-policies.ts";
import { outcomeText } from "../harden/policy/forms/outcome-text.ts";
import { planJson } from "../harden/policy/forms/plan-json.ts";
import { planText } from "../harden/policy/forms/plan-text.ts";
import { policyText } from "../harden/policy/read-policy.ts";
import { writeStatus } from "../harden/policy/write-status.ts";
import { targetText } from "../harden/step.ts";
import { screenOf } from "../report/screen.ts";
import { WALL_CLOCK, wallNow, wallSleep } from "../time/wall-clock.ts";
import { confirm } from "./confirm.ts";
import { openCluster } from "./live-cluster.ts";
import type { ApplyFlags } from "./policy-options.ts";
import { type PlannedCluster, planFor } from "./policy-source.ts";
import { Progress } from "./progress.ts";

/** How often a plan is made again because the cluster changes under it. */
const ROUNDS_MAX = 3;

export async function runApply(flags: ApplyFlags, command: Command): Promise<void> {
  const { client } = openCluster(flags);
  try {
    let planned = await planFor(flags, command);
    if (await finishBegun(planned, flags, client)) planned = await planFor(flags, command);
    for (let round = 1; ; round++) {
      print(planText(planned, screenOf(process.stdout)));
      if (stepsOf(planned) === 0) {
        await tellApplied(planned, [], client);
        return;
      }
      const confirmed = flags.yes ? planned : await asked(planned, flags, command);
      if (confirmed === undefined) return print("\nNothing was done.\n");
      if (confirmed !== planned) {
        planned = confirmed;
        continue;
      }
      const outcomes = await applied(planned, flags, client);
      await tellApplied(planned, outcomes, client);
      const changed = outcomes.flatMap(({ components }) =>
        components.filter(({ kind }) => kind === "changed"),
      );
      if (changed.length === 0 || round === ROUNDS_MAX) return end(outcomes);
      print("\nThe cluster has changed meanwhile, so the plan is made again.\n\n");
      planned = await planFor(flags, command);
    }
  } finally {
    client.close();
  }
}

/** Asks for the plan; gives the new one where the cluster has become another while somebody thought about it. */
async function asked(
  planned: PlannedCluster,
  flags: ApplyFlags,
  command: Command,
): Promise<PlannedCluster | undefined> {
  const question = `\nDo ${stepsOf(planned) === 1 ? "this step" : `these ${stepsOf(planned)} steps`}?`;
  if (!(await confirm(question, command))) return undefined;
  const now = await planFor(flags, command);
  if (deepEqual(contentOf(planned), contentOf(now))) return planned;
  print("\nThe cluster has changed since the plan was made. This is the plan now:\n\n");
  return now;
}

/** What a plan says, whatever versions its objects have: a status that moves on is no change. */
function contentOf(planned: PlannedCluster) {
  return JSON.parse(JSON.stringify(planJson(planned).policies.map(({ steps }) => steps)));
}

async function finishBegun(planned: PlannedCluster, flags: ApplyFlags, client: HttpClient): Promise<boolean> {
  let isAny = false;
  for (const { policy } of planned.plans) {
    const finished = await finishPolicy(policy, gates(flags, client));
    for (const each of finished) print(finishedText(each));
    isAny ||= finished.length > 0;
  }
  if (isAny) print("\n");
  return isAny;
}

async function applied(
  planned: PlannedCluster,
  flags: ApplyFlags,
  client: HttpClient,
): Promise<PolicyOutcome[]> {
  const progress = new Progress(process.stderr);
  const total = stepsOf(planned);
  let done = 0;
  try {
    return await applyPolicies(planned.plans, {
      ...gates(flags, client),
      onStep: ({ action, target }) => {
        progress.step(done++, total, `${action === "create" ? "create" : "change"} ${recordText(target)}`);
      },
      onPolicy: (policy, revision) => {
        progress.end();
        print(`\n${policyText(policy)}, revision ${revision}\n`);
      },
      onOutcome: (outcome) => {
        progress.end();
        print(outcomeText(outcome, screenOf(process.stdout)));
      },
    });
  } finally {
    progress.end();
  }
}

function gates({ timeout }: ApplyFlags, client: HttpClient) {
  return { client, clock: WALL_CLOCK, sleep: wallSleep, gateTimeoutMs: timeout };
}

async function tellApplied(
  { plans }: PlannedCluster,
  outcomes: readonly PolicyOutcome[],
  client: HttpClient,
): Promise<void> {
  for (const { policy, workloads } of plans) {
    const outcome = outcomes.find((each) => policyText(each.policy) === policyText(policy));
    const components = outcome?.components ?? [];
    const failed = components.filter(({ kind }) => kind !== "applied");
    if (outcome?.notCleanedUp !== undefined)
      print(`  old entries of its journal stay: ${outcome.notCleanedUp}\n`);
    const done = components.length - failed.length;
    const isTrue = failed.length === 0;
    const message = isTrue
      ? components.length === 0
        ? "Nothing to change"
        : `${counted(done, "workload")} changed`
      : `${counted(done, "workload")} changed, ${failed.map(({ component }) => targetText(component)).join(", ")} not`;
    const reason = isTrue
      ? "AsPlanned"
      : failed.some(({ kind }) => kind === "left-behind")
        ? "LeftBehind"
        : "RolledBack";
    const revision = outcome === undefined ? {} : { revision: outcome.revision };
    const found = {
      type: "Applied" as const,
      isTrue,
      reason,
      message,
      targets: workloads.length,
      ...revision,
    };
    await writeStatus(client, policy, found, wallNow());
  }
}

function finishedText({ entry, kind, why, stays, notUndone, unhealthy }: Finished): string {
  const name = `${entry.component} of revision ${entry.revision}`;
  const end = {
    applied: "finished now",
    "rolled-back": "taken back now",
    "left-behind": "could not be taken back",
  }[kind];
  return `An earlier run was stopped at ${name}: ${end}${why === undefined ? "" : `, as ${why}`}\n${items([...notUndone, ...unhealthy, ...stays])}`;
}

function items(lines: readonly string[]): string {
  return lines.map((line) => `    · ${line}\n`).join("");
}

/** 4: failed and rolled back; 5: something is left behind. */
function end(outcomes: readonly PolicyOutcome[]): void {
  const kinds = outcomes.flatMap(({ components }) => components.map(({ kind }) => kind));
  if (kinds.includes("left-behind")) process.exitCode = 5;
  else if (kinds.some((kind) => kind !== "applied")) process.exitCode = 4;
}

function stepsOf({ plans }: PlannedCluster): number {
  return plans.reduce((sum, { plan }) => sum + plan.steps.length, 0);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function print(text: string): void {
  process.stdout.write(text);
}
