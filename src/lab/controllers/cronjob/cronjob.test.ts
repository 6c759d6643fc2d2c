import { describe, expect, test } from "vitest";
import {
  type TestControllers,
  type TestControllersOptions,
  testControllers,
} from "../../../../test/support/controllers.ts";
import { timeAt } from "../../../../test/support/pods.ts";
import { jobDraft } from "../../../../test/support/workloads.ts";
import { cronJobs, jobs } from "../../../kube/kinds.ts";
import type { CronJob, JobSpec } from "../../../kube/types/index.ts";
import { KindRegistry } from "../../apiserver/kind-registry.ts";
import { garbageCollector } from "../garbage-collector/garbage-collector.ts";
import { job } from "../job/job.ts";
import { cronJob } from "./cronjob.ts";

/** Pods run for so many seconds and end well, unless told otherwise. */
const running = (seconds: number, exitCode = 0): TestControllersOptions => ({
  ends: () => ({ afterMs: seconds * 1_000, exitCode }),
});

function lab(spec: Partial<CronJob["spec"]>, options: TestControllersOptions = running(5)): TestControllers {
  const started = testControllers([cronJob, job, garbageCollector(new KindRegistry())], options);
  const { selector: _, manualSelector: __, ...template } = jobDraft("tick").spec ?? {};
  started.api.create(cronJobs, {
    metadata: { name: "tick", namespace: "default" },
    spec: {
      schedule: "*/5 * * * *",
      concurrencyPolicy: "Allow",
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: { spec: { ...template, backoffLimit: 0 } as JobSpec },
      ...spec,
    },
  });
  return started;
}

function tick({ api }: TestControllers): CronJob {
  const found = api.get(cronJobs, "default", "tick");
  if (found === undefined) throw new Error("There is no CronJob tick");
  return found;
}

const jobNames = ({ api }: TestControllers) => api.list(jobs).map(({ metadata }) => metadata.name);

/** The Job of the firing so many minutes after the start of virtual time. */
const nameAt = (minutes: number) => `tick-${1_767_225_600 / 60 + minutes}`;

describe("a CronJob", () => {
  test("begins a Job at every moment of its schedule, named after the minute", () => {
    const started = lab({});
    started.runSeconds(299);
    expect(jobNames(started)).toEqual([]);
    started.runSeconds(2);
    expect(jobNames(started)).toEqual([nameAt(5)]);
    const [first] = started.api.list(jobs);
    expect(first?.metadata.annotations).toEqual({
      "batch.kubernetes.io/cronjob-scheduled-timestamp": "2026-01-01T00:05:00Z",
    });
    expect(tick(started).status).toMatchObject({
      lastScheduleTime: "2026-01-01T00:05:00Z",
      active: [
        {
          kind: "Job",
          apiVersion: "batch/v1",
          name: nameAt(5),
          namespace: "default",
          uid: first?.metadata.uid,
        },
      ],
    });
    started.runSeconds(300);
    expect(jobNames(started)).toEqual([nameAt(5), nameAt(10)]);
  });

  test("notes when its Jobs have ended", () => {
    const started = lab({});
    started.runSeconds(330);
    expect(tick(started).status.active).toBeUndefined();
    expect(tick(started).status.lastSuccessfulTime).toBe(started.api.list(jobs)[0]?.status.completionTime);
    expect(started.messages("CronJob tick")).toEqual([
      `Created job ${nameAt(5)}`,
      `Saw completed job: ${nameAt(5)}, condition: Complete`,
    ]);
  });

  test("keeps as many finished Jobs as its limits say", () => {
    const started = lab({ successfulJobsHistoryLimit: 2 });
    started.runSeconds(1_530);
    expect(jobNames(started)).toEqual([nameAt(20), nameAt(25)]);
    expect(started.messages("CronJob tick", "SuccessfulDelete")).toEqual(
      [5, 10, 15].map((m) => `Deleted job ${nameAt(m)}`),
    );
  });

  test("keeps failed ones apart", () => {
    const started = lab({ failedJobsHistoryLimit: 1 }, running(5, 1));
    started.runSeconds(930);
    expect(jobNames(started)).toEqual([nameAt(15)]);
  });

  test("begins nothing while it is suspended, and one Job for what it missed when it goes on", () => {
    const started = lab({ suspend: true });
    started.runSeconds(960);
    expect(jobNames(started)).toEqual([]);
    started.api.update(cronJobs, { ...tick(started), spec: { ...tick(started).spec, suspend: false } });
    started.runSeconds(1);
    expect(jobNames(started)).toEqual([nameAt(15)]);
  });

  test("does not make up for what it missed by more than its deadline", () => {
    const started = lab({ suspend: true, startingDeadlineSeconds: 30 });
    started.runSeconds(960);
    started.api.update(cronJobs, { ...tick(started), spec: { ...tick(started).spec, suspend: false } });
    started.runSeconds(60);
    expect(jobNames(started)).toEqual([]);
    started.runSeconds(240);
    expect(jobNames(started)).toEqual([nameAt(20)]);
  });

  test("warns when it has missed very many moments", () => {
    const started = lab({ schedule: "* * * * *" });
    started.runSeconds(1);
    const current = tick(started);
    started.api.updateStatus(cronJobs, {
      ...current,
      status: { lastScheduleTime: timeAt(started.engine.now() - 86_400_000) },
    });
    started.runSeconds(1);
    expect(started.messages("CronJob tick", "TooManyMissedTimes")).toHaveLength(1);
    expect(jobNames(started)).toEqual([nameAt(0)]);
  });

  test("goes by its time zone", () => {
    const started = lab({ schedule: "30 9 * * *", timeZone: "Asia/Tokyo" });
    started.runSeconds(1_801);
    expect(jobNames(started)).toEqual([nameAt(30)]);
    expect(Object.values(started.api.list(jobs)[0]?.metadata.annotations ?? {})).toEqual([
      "2026-01-01T09:30:00+09:00",
    ]);
  });

  test("a new schedule counts from then on, and not back", () => {
    const started = lab({ schedule: "0 12 * * *" });
    started.runSeconds(420);
    started.api.update(cronJobs, {
      ...tick(started),
      spec: { ...tick(started).spec, schedule: "*/5 * * * *" },
    });
    started.runSeconds(60);
    expect(jobNames(started)).toEqual([]);
    started.runSeconds(121);
    expect(jobNames(started)).toEqual([nameAt(10)]);
  });

  test("costs nothing between its moments", () => {
    const started = lab({ schedule: "0 12 * * *" });
    started.runSeconds(10);
    const tasks = started.engine.tasksRun;
    started.runSeconds(11 * 3_600);
    expect(started.engine.tasksRun).toBe(tasks);
  });
});

describe("a moment while the Job before still runs", () => {
  test.each([
    { policy: "Allow", names: [nameAt(5), nameAt(10)] },
    { policy: "Forbid", names: [nameAt(5)] },
    { policy: "Replace", names: [nameAt(10)] },
  ] as const)("with $policy", ({ policy, names }) => {
    const started = lab({ concurrencyPolicy: policy }, running(3_600));
    started.runSeconds(660);
    expect(jobNames(started)).toEqual(names);
    if (policy === "Forbid") {
      expect(started.messages("CronJob tick", "JobAlreadyActive")).toContain(
        "Not starting job because prior execution is running and concurrency policy is Forbid",
      );
    }
  });

  test("is made up for with Forbid when that one ends", () => {
    const started = lab({ concurrencyPolicy: "Forbid" }, running(420));
    started.runSeconds(800);
    expect(jobNames(started)).toEqual([nameAt(5), nameAt(10)]);
  });
});

test("a Job that vanishes is noted", () => {
  const started = lab({}, running(3_600));
  started.runSeconds(310);
  started.api.delete(jobs, "default", nameAt(5), { propagationPolicy: "Background" });
  started.runSeconds(5);
  expect(started.messages("CronJob tick", "MissingJob")).toEqual([`Active job went missing: ${nameAt(5)}`]);
  expect(tick(started).status.active).toBeUndefined();
});
