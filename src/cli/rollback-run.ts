/** Does what `holdfast rollback` is told: reads the journal, asks, takes back. */
import type { Command } from "commander";
import type { GateOptions } from "../harden/apply/gate.ts";
import { isInForce, type JournalEntry, type PolicyName, readJournal } from "../harden/apply/journal.ts";
import { HISTORY_LIMIT, shortfallTo } from "../harden/apply/journal-history.ts";
import { recordText } from "../harden/apply/step-record.ts";
import { rollBackPolicy } from "../harden/policy/apply-policies.ts";
import { policyText } from "../harden/policy/read-policy.ts";
import { writeStatus } from "../harden/policy/write-status.ts";
import { POLICY_KINDS } from "../kube/holdfast-kinds.ts";
import { WALL_CLOCK, wallNow, wallSleep } from "../time/wall-clock.ts";
import { InputError } from "../view/input-error.ts";
import { confirm } from "./confirm.ts";
import { openCluster } from "./live-cluster.ts";
import type { RollbackFlags } from "./policy-options.ts";

export async function runRollback(name: string, flags: RollbackFlags, command: Command): Promise<void> {
  const { client } = openCluster(flags);
  try {
    const policy = policyOf(name, flags);
    const journal = await readJournal(client, policy);
    const inForce = journal.filter(isInForce);
    const last = inForce.at(-1);
    if (last === undefined)
      throw new InputError(
        { file: policyText(policy) },
        "has no journal with anything to take back: nothing was applied for it, or all was taken back",
      );
    const to = flags.to ?? last.revision - 1;
    const entries = inForce.filter(({ revision }) => revision > to).toReversed();
    const short = shortfallTo(to, journal);
    if (short !== undefined)
      throw new InputError(
        { file: policyText(policy) },
        `keeps the newest ${HISTORY_LIMIT} revisions of each workload, and those of ${short.component} do not lead back to ${revisionText(to)}; the nearest is --to ${short.nearest}`,
      );
    const { stdout } = process;
    if (entries.length === 0) {
      stdout.write(`${policyText(policy)} is at revision ${last.revision}: nothing to take back.\n`);
      return;
    }
    stdout.write(`${policyText(policy)}, to ${revisionText(to)}:\n\n${entries.map(entryText).join("")}\n`);
    if (!flags.yes && !(await confirm(`Take back ${counted(entries.length, "workload")}?`, command))) {
      stdout.write("Nothing was done.\n");
      return;
    }
    await takeBack(policy, to, { client, clock: WALL_CLOCK, sleep: wallSleep, gateTimeoutMs: flags.timeout });
  } finally {
    client.close();
  }
}

async function takeBack(policy: PolicyName, to: number, options: GateOptions): Promise<void> {
  const finished = await rollBackPolicy(policy, to, options);
  for (const { entry, stays, notUndone, unhealthy } of finished) {
    const told =
      notUndone.length > 0
        ? "could not be taken back"
        : unhealthy.length > 0
          ? "taken back, and is not healthy"
          : "taken back";
    process.stdout.write(`  ${entry.component}, revision ${entry.revision}: ${told}\n`);
    for (const line of [...notUndone, ...unhealthy, ...stays]) process.stdout.write(`    · ${line}\n`);
  }
  const isWhole = finished.every(({ kind }) => kind === "rolled-back");
  const isHealthy = finished.every(({ unhealthy }) => unhealthy.length === 0);
  const found = {
    type: "Applied" as const,
    isTrue: false,
    reason: isWhole ? "RolledBack" : "LeftBehind",
    message: `Taken back to ${revisionText(to)}`,
    revision: to,
  };
  await writeStatus(options.client, policy, found, wallNow());
  if (!isWhole) process.exitCode = 5;
  else if (!isHealthy) process.exitCode = 4;
}

function policyOf(text: string, { namespace }: RollbackFlags): PolicyName {
  const [first = "", second] = text.split("/");
  const within = second === undefined ? namespace : first;
  const [whole, namespaced] = POLICY_KINDS;
  if (within === undefined) return { kind: whole.kind, name: first };
  return { kind: namespaced.kind, namespace: within, name: second ?? first };
}

function entryText({ component, revision, steps }: JournalEntry): string {
  const objects = [...new Set(steps.toReversed().map(({ target }) => recordText(target)))];
  return `  revision ${revision}  ${component}\n${objects.map((name) => `    ${name}\n`).join("")}`;
}

function revisionText(revision: number): string {
  return revision === 0 ? "what was so before the first apply" : `revision ${revision}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
