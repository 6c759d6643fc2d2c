/** Jobs and CronJobs to their ends. */
import type { Body } from "../../../src/client/client.ts";
import { cronJobs, jobs } from "../../../src/kube/kinds.ts";
import type { StringMap } from "../../../src/kube/types/index.ts";
import { type Story, template } from "./stage.ts";

function job(name: string, spec: Body = {}, annotations: StringMap = {}): Body {
  return { metadata: { name }, spec: { template: jobTemplate(name, annotations), ...spec } };
}

function jobTemplate(app: string, annotations: StringMap): Body {
  return template(app, { "story/exit": "0", ...annotations }, { restartPolicy: "Never" });
}

function cronJob(name: string, runMs: number, spec: Body = {}, annotations: StringMap = {}): Body {
  const jobSpec = {
    backoffLimit: 0,
    template: jobTemplate(name, { "story/run": String(runMs), ...annotations }),
  };
  return {
    metadata: { name },
    spec: {
      schedule: "* * * * *",
      jobTemplate: { metadata: { labels: { l: "1" } }, spec: jobSpec },
      ...spec,
    },
  };
}

const onExit = (action: string) => ({
  podFailurePolicy: { rules: [{ action, onExitCodes: { operator: "In", values: [42] } }] },
});
const indexed = (completions: number, parallelism: number) => ({
  completionMode: "Indexed",
  completions,
  parallelism,
});
const FAILS = { "story/exit": "1" };
const FAILS_WITH_42 = { "story/exit": "42" };
const LONG = { "story/run": "60000" };

export const jobStories: readonly Story[] = [
  {
    name: "Jobs that succeed, fail, wait and run out of time",
    async tell(stage) {
      await stage.create(jobs, job("good"));
      await stage.create(jobs, job("bad", { backoffLimit: 1 }, FAILS));
      await stage.create(jobs, job("indexed", indexed(3, 2)));
      await stage.create(jobs, job("late", { activeDeadlineSeconds: 6 }, LONG));
      await stage.create(jobs, job("held", { suspend: true }));
      await stage.create(jobs, job("policy", onExit("FailJob"), FAILS_WITH_42));
      await stage.elapse(3.2);
      await stage.show("running");
      await stage.elapse(12);
      await stage.show("some done");
      await stage.change(jobs, "held", { spec: { suspend: false } });
      await stage.elapse(20);
      await stage.show("all done");
    },
  },
  {
    name: "Jobs with indexes that fail",
    async tell(stage) {
      await stage.create(jobs, job("each", { ...indexed(3, 3), backoffLimitPerIndex: 0 }, FAILS));
      const most = { backoffLimitPerIndex: 0, maxFailedIndexes: 1 };
      await stage.create(jobs, job("most", { ...indexed(3, 1), ...most }, FAILS));
      const index = { ...onExit("FailIndex"), backoffLimitPerIndex: 3 };
      await stage.create(jobs, job("index", { ...indexed(2, 1), ...index }, FAILS_WITH_42));
      const enough = { successPolicy: { rules: [{ succeededCount: 1 }] } };
      await stage.create(jobs, job("enough", { ...indexed(3, 2), ...enough }));
      await stage.elapse(3.3);
      await stage.show("running");
      await stage.elapse(30);
      await stage.show("done");
    },
  },
  {
    name: "Jobs that change while they run",
    async tell(stage) {
      const ignore = { ...onExit("Ignore"), backoffLimit: 0 };
      await stage.create(jobs, job("ignore", ignore, { ...FAILS_WITH_42, "story/run": "5500" }));
      await stage.create(jobs, job("replace", { podReplacementPolicy: "Failed" }, LONG));
      await stage.create(jobs, job("paused", { parallelism: 2, completions: 4 }, LONG));
      await stage.create(jobs, job("shrunk", { parallelism: 3, completions: 6 }, LONG));
      await stage.create(jobs, job("none", { completions: 0 }));
      await stage.create(jobs, job("brief", { ttlSecondsAfterFinished: 4 }, { "story/run": "500" }));
      await stage.elapse(4);
      await stage.show("running");
      await stage.change(jobs, "paused", { spec: { suspend: true } });
      await stage.change(jobs, "shrunk", { spec: { parallelism: 1 } });
      await stage.deletePod("replace");
      await stage.elapse(0.5);
      await stage.show("just changed");
      await stage.elapse(3);
      await stage.show("settled");
      await stage.change(jobs, "paused", { spec: { suspend: false } });
      await stage.elapse(6);
      await stage.show("resumed");
      await stage.delete(jobs, "shrunk", "Background");
      await stage.elapse(1.5);
      await stage.show("one deleted");
    },
  },
  {
    name: "CronJobs over three minutes",
    async tell(stage) {
      await stage.create(cronJobs, cronJob("forbid", 80_000, { concurrencyPolicy: "Forbid" }));
      const replace = { concurrencyPolicy: "Replace", timeZone: "Europe/Paris" };
      await stage.create(cronJobs, cronJob("replace", 80_000, replace));
      await stage.create(cronJobs, cronJob("allow", 70_000));
      await stage.create(cronJobs, cronJob("bad", 500, { failedJobsHistoryLimit: 1 }, FAILS));
      await stage.create(cronJobs, cronJob("hist", 500, { successfulJobsHistoryLimit: 1 }));
      await stage.create(cronJobs, cronJob("held", 500, { suspend: true }));
      await stage.nextMinute();
      await stage.elapse(5);
      await stage.show("the first minute");
      await stage.nextMinute();
      await stage.elapse(5);
      await stage.show("the second minute");
      await stage.elapse(30);
      await stage.show("half a minute later");
      await stage.change(cronJobs, "held", { spec: { suspend: false } });
      await stage.elapse(3);
      await stage.show("no longer held");
      await stage.nextMinute();
      await stage.elapse(6);
      await stage.show("the third minute");
    },
  },
];
