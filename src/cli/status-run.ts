/** Does what `holdfast status` is told: reads and shows; what differs is no failure. */
import type { Command } from "commander";
import { type JournalEntry, type PolicyName, readJournal } from "../harden/apply/journal.ts";
import { statusText } from "../harden/policy/forms/status-text.ts";
import { policyText } from "../harden/policy/read-policy.ts";
import { statusRows } from "../harden/policy/status-rows.ts";
import { screenOf } from "../report/screen.ts";
import { openCluster } from "./live-cluster.ts";
import type { VerifyFlags } from "./policy-options.ts";
import { planFor } from "./policy-source.ts";
import { isLive } from "./source-options.ts";

export async function runStatus(flags: VerifyFlags, command: Command): Promise<void> {
  const { plans, view } = await planFor(flags, command, { proves: false });
  const journals = await journalsOf(
    plans.map(({ policy }) => policy),
    flags,
  );
  const policies = plans.map((each, i) => statusRows(each, view, journals[i] ?? []));
  process.stdout.write(
    flags.output === "json"
      ? `${JSON.stringify({ policies: policies.map((each) => ({ ...each, policy: policyText(each.policy) })) }, undefined, 2)}\n`
      : statusText(policies, screenOf(process.stdout)),
  );
}

async function journalsOf(policies: readonly PolicyName[], flags: VerifyFlags): Promise<JournalEntry[][]> {
  if (!isLive(flags)) return [];
  const { client } = openCluster(flags);
  try {
    return await Promise.all(policies.map((policy) => readJournal(client, policy)));
  } finally {
    client.close();
  }
}
