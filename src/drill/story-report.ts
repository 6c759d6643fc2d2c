import { type Remaining, whatRemains } from "./remaining.ts";
import type { DrillResult, Measured } from "./runner.ts";
import type { JobResult, StageFacts } from "./story-jobs.ts";
import type { Subject } from "./subject.ts";

/** One failure, before and after. */
export interface Comparison {
  readonly name: string;
  readonly before: DrillResult;
  readonly after: DrillResult;
}

/** Everything that the story has to say; each form of output is made from this. */
export interface StoryReport {
  readonly seed: number;
  readonly cluster: {
    readonly nodes: number;
    readonly kubernetes: string;
    readonly app: string;
    readonly database?: string;
  };
  readonly comparisons: readonly Comparison[];
  readonly before: StageFacts;
  readonly after: StageFacts;
  readonly remaining: readonly Remaining[];
}

export interface StoryReportInput {
  readonly seed: number;
  readonly nodes: number;
  readonly subject: Subject;
  /** First all failures before, then all after, each in the story's order. */
  readonly results: readonly JobResult[];
}

export function storyReport({ seed, nodes, subject, results }: StoryReportInput): StoryReport {
  const before = results.filter((result) => !result.job.hardened);
  const after = results.filter((result) => result.job.hardened);
  const comparisons = before.flatMap((entry, i) => {
    const match = after[i];
    return match === undefined
      ? []
      : [{ name: entry.result.scenario, before: entry.result, after: match.result }];
  });
  const facts = (list: readonly JobResult[]): StageFacts =>
    list[0]?.facts ?? { assumed: [], findings: [], placement: {} };
  // A drain that a budget forbade looks like one that hurt nobody unless it is said.
  const stopped = before.flatMap(({ result }) =>
    result.unfinished === undefined ? [] : [{ where: `${result.scenario}, before`, what: result.unfinished }],
  );
  const beforeFacts = facts(before);
  return {
    seed,
    cluster: {
      nodes,
      kubernetes: "1.34",
      app: `${subject.app.namespace}/${subject.app.name}`,
      ...(subject.database ? { database: `${subject.database.namespace}/${subject.database.name}` } : {}),
    },
    comparisons,
    before: { ...beforeFacts, findings: [...beforeFacts.findings, ...stopped] },
    after: facts(after),
    remaining: whatRemains(
      after.map((entry) => entry.result),
      subject,
    ),
  };
}

/** The documented JSON form. `elapsedSeconds` is the only figure that differs between two runs of the same seed. */
export function storyJson(report: StoryReport, elapsedSeconds: number): Record<string, unknown> {
  const measured = ({ measured: m }: DrillResult): Measured => m;
  return {
    seed: report.seed,
    elapsedSeconds,
    cluster: report.cluster,
    assumed: report.before.assumed,
    findings: report.before.findings,
    placement: { before: report.before.placement, after: report.after.placement },
    changes: (report.after.hardening?.plan.steps ?? []).map((step) => ({
      phase: step.phase,
      object: `${step.target.kind.kind} ${step.target.namespace}/${step.target.name}`,
      action: step.action,
      reasons: step.reasons.map((reason) => reason.text),
    })),
    notDone: report.after.hardening?.plan.refusals ?? [],
    failures: report.comparisons.map(({ name, before, after }) => ({
      name,
      before: measured(before),
      after: measured(after),
    })),
    remaining: report.remaining,
  };
}
