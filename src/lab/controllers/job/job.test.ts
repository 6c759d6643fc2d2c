import { describe, expect, test } from "vitest";
import {
  type TestControllers,
  type TestControllersOptions,
  testControllers,
} from "../../../../test/support/controllers.ts";
import { jobDraft, podTemplate } from "../../../../test/support/workloads.ts";
import { jobs, pods } from "../../../kube/kinds.ts";
import type { Job, JobSpec, Pod } from "../../../kube/types/index.ts";
import { KindRegistry } from "../../apiserver/kind-registry.ts";
import { garbageCollector } from "../garbage-collector/garbage-collector.ts";
import { job } from "./job.ts";

/** Pods run for ten seconds and then end with that code. */
const ending = (exitCode: number | ((pod: Pod) => number)): TestControllersOptions => ({
  ends: (pod) => ({ afterMs: 10_000, exitCode: typeof exitCode === "number" ? exitCode : exitCode(pod) }),
});

function lab(spec: Partial<JobSpec> = {}, options: TestControllersOptions = ending(0)): TestControllers {
  const started = testControllers([job, garbageCollector(new KindRegistry())], options);
  started.api.create(jobs, jobDraft("report", spec));
  return started;
}

function report({ api }: TestControllers): Job {
  const found = api.get(jobs, "default", "report");
  if (found === undefined) throw new Error("There is no Job report");
  return found;
}

const conditions = (started: TestControllers) =>
  (report(started).status.conditions ?? []).map(({ type, status, reason }) => `${type} ${status} ${reason}`);

const tracked = ({ api }: TestControllers) =>
  api.list(pods).filter(({ metadata }) => metadata.finalizers?.length).length;

const indexOf = ({ metadata }: Pod) => metadata.annotations?.["batch.kubernetes.io/job-completion-index"];

describe("a Job", () => {
  test("is complete when its pod has succeeded, and has counted it", () => {
    const started = lab();
    started.runSeconds(5);
    expect(report(started).status).toEqual({
      startTime: "2026-01-01T00:00:00Z",
      active: 1,
      ready: 1,
      terminating: 0,
      uncountedTerminatedPods: {},
    });
    expect(tracked(started)).toBe(1);
    started.runSeconds(20);
    expect(conditions(started)).toEqual([
      "SuccessCriteriaMet True CompletionsReached",
      "Complete True CompletionsReached",
    ]);
    expect(report(started).status).toMatchObject({
      succeeded: 1,
      ready: 0,
      terminating: 0,
      uncountedTerminatedPods: {},
    });
    expect(report(started).status.completionTime).toBe(
      report(started).status.conditions?.[1]?.lastTransitionTime,
    );
    expect(tracked(started)).toBe(0);
    expect(started.messages("Job report")).toEqual([
      `Created pod: ${started.api.list(pods)[0]?.metadata.name}`,
      "Job completed",
    ]);
  });

  test("works through its completions, no more at a time than its parallelism", () => {
    const started = lab({ completions: 5, parallelism: 2 });
    let most = 0;
    started.api.onChange(pods, () => {
      const running = started.api
        .list(pods)
        .filter(({ status }) => status.phase === "Pending" || status.phase === "Running");
      most = Math.max(most, running.length);
    });
    started.runSeconds(90);
    expect(most).toBe(2);
    expect(report(started).status.succeeded).toBe(5);
    expect(conditions(started)).toContain("Complete True CompletionsReached");
  });

  test("without a number of completions ends with the first success, when all that ran have ended", () => {
    const { completions: _, ...rest } = jobDraft("report").spec ?? {};
    const started = testControllers([job], ending(0));
    started.api.create(jobs, {
      metadata: { name: "report", namespace: "default" },
      spec: { ...rest, parallelism: 3 },
    });
    started.runSeconds(60);
    expect(report(started).status.succeeded).toBe(3);
    expect(conditions(started)).toContain("Complete True CompletionsReached");
  });

  test("costs nothing once it is finished", () => {
    const started = lab();
    started.runSeconds(60);
    const tasks = started.engine.tasksRun;
    started.runSeconds(3_600);
    expect(started.engine.tasksRun).toBe(tasks);
  });

  test("lets its pods go when it is deleted", () => {
    const started = lab();
    started.runSeconds(5);
    started.api.delete(jobs, "default", "report", { propagationPolicy: "Background" });
    started.runSeconds(10);
    expect(started.api.list(pods)).toEqual([]);
  });

  test("is left alone when somebody else manages it", () => {
    const started = lab({ managedBy: "example.com/other" });
    started.runSeconds(60);
    expect(started.api.list(pods)).toEqual([]);
  });
});

describe("a pod that fails", () => {
  test("is followed by another after 10 s, then 20, 40, until the limit is passed", () => {
    const started = lab({ backoffLimit: 3 }, { ends: () => ({ afterMs: 1, exitCode: 1 }) });
    const madeAt: number[] = [];
    started.api.onChange(pods, ({ type }) => {
      if (type === "ADDED") madeAt.push(started.engine.now());
    });
    started.runSeconds(300);
    const gaps = madeAt.map((atMs, i) => Math.round((atMs - (madeAt[i - 1] ?? atMs)) / 1_000));
    expect(gaps).toEqual([0, 11, 21, 41]);
    expect(report(started).status).toMatchObject({ failed: 4 });
    expect(conditions(started)).toEqual([
      "FailureTarget True BackoffLimitExceeded",
      "Failed True BackoffLimitExceeded",
    ]);
    expect(started.messages("Job report", "BackoffLimitExceeded")).toEqual([
      "Job has reached the specified backoff limit",
    ]);
  });

  test("does not count twice while its replacement runs", () => {
    let first = true;
    const started = lab(
      {},
      ending(() => {
        const exitCode = first ? 1 : 0;
        first = false;
        return exitCode;
      }),
    );
    started.runSeconds(60);
    expect(report(started).status).toMatchObject({ failed: 1, succeeded: 1 });
  });

  test("because it was deleted is replaced while it still terminates, unless the policy is to wait", () => {
    for (const [podReplacementPolicy, count] of [
      ["TerminatingOrFailed", 2],
      ["Failed", 1],
    ] as const) {
      const started = lab({ podReplacementPolicy }, { stopAfterMs: 60_000 });
      started.runSeconds(5);
      started.api.delete(pods, "default", started.api.list(pods)[0]?.metadata.name ?? "");
      started.runSeconds(45);
      expect(started.api.list(pods)).toHaveLength(count);
      expect(report(started).status.terminating).toBe(1);
    }
  });
});

describe("a pod failure policy", () => {
  const onExitCode = (action: "FailJob" | "Ignore" | "Count", code: number): Partial<JobSpec> => ({
    podReplacementPolicy: "Failed",
    podFailurePolicy: { rules: [{ action, onExitCodes: { operator: "In", values: [code] } }] },
    backoffLimit: 1,
  });

  test("can fail the whole Job at once, and says why", () => {
    const started = lab(onExitCode("FailJob", 42), ending(42));
    started.runSeconds(60);
    expect(conditions(started)).toEqual([
      "FailureTarget True PodFailurePolicy",
      "Failed True PodFailurePolicy",
    ]);
    const name = started.api.list(pods)[0]?.metadata.name;
    expect(report(started).status.conditions?.[1]?.message).toBe(
      `Container main for pod default/${name} failed with exit code 42 matching FailJob rule at index 0`,
    );
  });

  test("can have failures not count against the limit", () => {
    let failures = 0;
    const started = lab(
      onExitCode("Ignore", 42),
      ending(() => (failures++ < 3 ? 42 : 0)),
    );
    started.runSeconds(600);
    expect(conditions(started)).toContain("Complete True CompletionsReached");
    expect(report(started).status).not.toHaveProperty("failed");
  });
});

describe("an indexed Job", () => {
  test("gives each pod its index by annotation, label, name, host name and environment", () => {
    const started = lab({ completionMode: "Indexed", completions: 2, parallelism: 2 });
    started.runSeconds(5);
    const [first, second] = started.api.list(pods);
    expect([first, second].map((pod) => pod && indexOf(pod))).toEqual(["0", "1"]);
    expect(second?.metadata.name).toMatch(/^report-1-\w{5}$/);
    expect(second?.metadata.labels?.["batch.kubernetes.io/job-completion-index"]).toBe("1");
    expect(second?.spec.hostname).toBe("report-1");
    expect(second?.spec.containers[0]?.env).toEqual([
      {
        name: "JOB_COMPLETION_INDEX",
        valueFrom: {
          fieldRef: {
            apiVersion: "v1",
            fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']",
          },
        },
      },
    ]);
  });

  test("is complete when every index has succeeded once", () => {
    const failedOnce = new Set<string>();
    const started = lab(
      { completionMode: "Indexed", completions: 4, parallelism: 2 },
      ending((pod) => {
        const index = indexOf(pod) ?? "";
        const isFirst = index === "1" && !failedOnce.has(index);
        failedOnce.add(index);
        return isFirst ? 1 : 0;
      }),
    );
    started.runSeconds(120);
    expect(report(started).status).toMatchObject({ succeeded: 4, failed: 1, completedIndexes: "0-3" });
  });

  test("with a limit per index fails only when all other indexes are done", () => {
    const started = lab(
      {
        completionMode: "Indexed",
        completions: 3,
        parallelism: 3,
        backoffLimit: 2_147_483_647,
        backoffLimitPerIndex: 1,
      },
      ending((pod) => (indexOf(pod) === "1" ? 1 : 0)),
    );
    started.runSeconds(120);
    expect(report(started).status).toMatchObject({
      completedIndexes: "0,2",
      failedIndexes: "1",
      succeeded: 2,
      failed: 2,
    });
    expect(conditions(started)).toEqual(["FailureTarget True FailedIndexes", "Failed True FailedIndexes"]);
  });

  test("can be a success before all indexes are", () => {
    const started = lab(
      {
        completionMode: "Indexed",
        completions: 3,
        parallelism: 3,
        successPolicy: { rules: [{ succeededIndexes: "0" }] },
      },
      { ends: (pod) => (indexOf(pod) === "0" ? { afterMs: 5_000, exitCode: 0 } : undefined) },
    );
    started.runSeconds(60);
    expect(conditions(started)).toEqual([
      "SuccessCriteriaMet True SuccessPolicy",
      "Complete True SuccessPolicy",
    ]);
    expect(report(started).status.conditions?.[1]?.message).toBe("Matched rules at index 0");
    expect(started.api.list(pods).filter(({ status }) => status.phase === "Running")).toEqual([]);
  });
});

describe("time and suspension", () => {
  test("a Job past its deadline fails and its pods go", () => {
    const started = lab({ activeDeadlineSeconds: 30 }, {});
    started.runSeconds(29);
    expect(conditions(started)).toEqual([]);
    started.runSeconds(10);
    expect(conditions(started)).toEqual([
      "FailureTarget True DeadlineExceeded",
      "Failed True DeadlineExceeded",
    ]);
    expect(started.api.list(pods)).toEqual([]);
    expect(started.messages("Job report", "DeadlineExceeded")).toEqual([
      "Job was active longer than specified deadline",
    ]);
  });

  test("a suspended Job has no pods, and begins anew when it is resumed", () => {
    const started = lab({ suspend: true });
    started.runSeconds(5);
    expect(started.api.list(pods)).toEqual([]);
    expect(conditions(started)).toEqual(["Suspended True JobSuspended"]);
    expect(report(started).status).not.toHaveProperty("startTime");
    const resume = (suspend: boolean) =>
      started.api.update(jobs, { ...report(started), spec: { ...report(started).spec, suspend } });
    resume(false);
    started.runSeconds(5);
    expect(conditions(started)).toEqual(["Suspended False JobResumed"]);
    expect(started.api.list(pods)).toHaveLength(1);
    resume(true);
    started.runSeconds(5);
    expect(started.api.list(pods)).toEqual([]);
    expect(report(started).status).not.toHaveProperty("failed");
    expect(started.messages("Job report").filter((message) => message.startsWith("Job "))).toEqual([
      "Job suspended",
      "Job resumed",
      "Job suspended",
    ]);
  });
});

test("an orphan that matches is adopted, counts, and is held until it is counted", () => {
  const started = testControllers([job]);
  started.api.create(pods, {
    metadata: { name: "stray", namespace: "default", labels: { app: "report" } },
    spec: { ...podTemplate("report").spec, restartPolicy: "Never" },
  });
  started.api.create(jobs, jobDraft("report"));
  started.runSeconds(3);
  expect(started.api.list(pods).map(({ metadata }) => [metadata.name, metadata.finalizers])).toEqual([
    ["stray", ["batch.kubernetes.io/job-tracking"]],
  ]);
});
