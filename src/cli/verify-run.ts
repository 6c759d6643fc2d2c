/** Does what `holdfast verify` is told. Ends with code 1 where something is not as a policy says. */
import type { Command } from "commander";
import { verifyText } from "../harden/policy/forms/verify-text.ts";
import { policyText } from "../harden/policy/read-policy.ts";
import { podsPerNode, verifyPlan } from "../harden/policy/verify.ts";
import { writeStatus } from "../harden/policy/write-status.ts";
import { targetText } from "../harden/step.ts";
import { screenOf } from "../report/screen.ts";
import { wallNow } from "../time/wall-clock.ts";
import { openCluster } from "./live-cluster.ts";
import type { VerifyFlags } from "./policy-options.ts";
import { type PlannedCluster, planFor } from "./policy-source.ts";
import { isLive } from "./source-options.ts";

export async function runVerify(flags: VerifyFlags, command: Command): Promise<void> {
  const planned = await planFor(flags, command, { proves: false });
  const policies = planned.plans.map((each) => ({
    policy: policyText(each.policy),
    workloads: verifyPlan(each, planned.view),
    refused: each.plan.refusals.map(
      ({ target, rule, why, wouldHelp }) => `${targetText(target)}, ${rule}: ${why}; ${wouldHelp}`,
    ),
  }));
  const result = { policies, nodes: podsPerNode(planned.view) };
  process.stdout.write(
    flags.output === "json"
      ? `${JSON.stringify(result, undefined, 2)}\n`
      : verifyText(result, screenOf(process.stdout)),
  );
  const wrong = policies.flatMap(({ workloads }) =>
    workloads.filter(({ deviations }) => deviations.length > 0),
  );
  if (isLive(flags)) await write(planned, flags);
  if (wrong.length > 0) process.exitCode = 1;
}

async function write({ plans, view }: PlannedCluster, flags: VerifyFlags): Promise<void> {
  const { client } = openCluster(flags);
  try {
    for (const each of plans) {
      const workloads = verifyPlan(each, view);
      const wrong = workloads.filter(({ deviations }) => deviations.length > 0);
      const found = {
        type: "Verified" as const,
        isTrue: wrong.length === 0,
        reason: wrong.length === 0 ? "AsIntended" : "Deviates",
        message:
          wrong.length === 0
            ? `All ${workloads.length} as intended`
            : `Not as intended: ${wrong.map(({ workload }) => workload).join(", ")}`,
        targets: workloads.length,
        asIntended: workloads.length - wrong.length,
      };
      await writeStatus(client, each.policy, found, wallNow());
    }
  } finally {
    client.close();
  }
}
