import { expect, test } from "vitest";
import { testControllers } from "../../../../test/support/controllers.ts";
import { timeAt } from "../../../../test/support/pods.ts";
import { jobDraft } from "../../../../test/support/workloads.ts";
import { jobs } from "../../../kube/kinds.ts";
import type { Job } from "../../../kube/types/index.ts";
import { ttlAfterFinished } from "./ttl-after-finished.ts";

/** What the server demands besides of a Job that has come to its end. */
const BEFORE: Readonly<Record<string, string>> = { Complete: "SuccessCriteriaMet", Failed: "FailureTarget" };

function statusOf(type: string, time: string): Job["status"] {
  const types = [BEFORE[type], type].filter((each) => each !== undefined);
  const conditions = types.map((each) => ({ type: each, status: "True", lastTransitionTime: time }) as const);
  return { conditions, startTime: time, ...(type === "Complete" && { completionTime: time }) };
}

test.each([
  {
    name: "a complete Job goes when its time is over",
    type: "Complete",
    ttlSecondsAfterFinished: 60,
    goneAfter: 60,
  },
  { name: "a failed one too", type: "Failed", ttlSecondsAfterFinished: 60, goneAfter: 60 },
  { name: "with no time at all it goes at once", type: "Complete", ttlSecondsAfterFinished: 0, goneAfter: 0 },
  {
    name: "without a limit it stays",
    type: "Complete",
    ttlSecondsAfterFinished: undefined,
    goneAfter: undefined,
  },
  {
    name: "one that is only suspended stays",
    type: "Suspended",
    ttlSecondsAfterFinished: 60,
    goneAfter: undefined,
  },
])("$name", ({ type, ttlSecondsAfterFinished, goneAfter }) => {
  const { api, engine, runSeconds } = testControllers([ttlAfterFinished]);
  const limit = ttlSecondsAfterFinished === undefined ? {} : { ttlSecondsAfterFinished };
  const job = api.create(jobs, jobDraft("report", limit)) as Job;
  api.updateStatus(jobs, { ...job, status: statusOf(type, timeAt(engine.now())) });
  const wanted = () => {
    const current = api.get(jobs, "default", "report");
    return current !== undefined && current.metadata.deletionTimestamp === undefined;
  };
  if (goneAfter === undefined) {
    runSeconds(86_400);
    expect(wanted()).toBe(true);
    return;
  }
  if (goneAfter > 0) runSeconds(goneAfter - 1);
  expect(wanted()).toBe(true);
  runSeconds(2);
  expect(wanted()).toBe(false);
});

test("its pods go before it does", () => {
  const { api, engine, runSeconds } = testControllers([ttlAfterFinished]);
  const job = api.create(jobs, jobDraft("report", { ttlSecondsAfterFinished: 1 })) as Job;
  api.updateStatus(jobs, { ...job, status: statusOf("Complete", timeAt(engine.now())) });
  runSeconds(5);
  expect(api.get(jobs, "default", "report")?.metadata.finalizers).toEqual(["foregroundDeletion"]);
});
