import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { type Stage, scenarioNames, setStage } from "../drill/story.ts";
import { storyHtml } from "../drill/story-html.ts";
import { type Job, type JobResult, runJobsHere, runJobsInWorkers } from "../drill/story-jobs.ts";
import { storyJson, storyReport } from "../drill/story-report.ts";
import { storyText } from "../drill/story-text.ts";
import type { ProfileFile } from "../lab/node/profile.ts";
import { readProfile } from "../lab/node/profile-file.ts";
import { screenOf } from "../report/screen.ts";
import { wallNow } from "../time/wall-clock.ts";
import { InputError } from "../view/input-error.ts";
import { type Manifest, parseManifests, readSources, type Source } from "../view/manifests.ts";
import { Progress } from "./progress.ts";
import { checkWritable, writeReport } from "./report-file.ts";

interface DemoFlags {
  readonly filename?: string[];
  readonly profile?: string;
  readonly nodes: number;
  readonly seed: number;
  readonly workers: number;
  readonly output: "table" | "json";
  readonly report?: string;
}

const STACK = fileURLToPath(new URL("../../stacks/opentakserver/", import.meta.url));

/** `holdfast demo`: the whole story on a lab, in one go. */
export function demoCommand(): Command {
  return new Command("demo")
    .description(
      "let everyday failures happen to a stack in a simulated cluster, improve it, and show the difference",
    )
    .option(
      "-f, --filename <path...>",
      "your own manifests instead of the OpenTAKServer stack: files, folders or -",
    )
    .option(
      "--profile <file>",
      "what the manifests do not say about the workloads: start times, sessions, needs",
    )
    .option("--nodes <n>", "nodes of the simulated cluster", wholeNumber(1, 100), 3)
    .option("--seed <n>", "every random draw follows from it", wholeNumber(0, 2 ** 31 - 1), 1)
    .option(
      "--workers <n>",
      "threads that play failures",
      wholeNumber(1, 64),
      Math.min(availableParallelism(), 8),
    )
    .option("-o, --output <form>", "table or json", oneOf("table", "json"), "table")
    .option("--report <file>", "also write a page with a timeline for every failure")
    .action(runDemo);
}

async function runDemo(flags: DemoFlags): Promise<void> {
  const startMs = wallNow();
  if (flags.report !== undefined) checkWritable(flags.report);
  const sources = readSources(flags.filename ?? [`${STACK}manifests`]);
  const profile =
    flags.profile !== undefined
      ? readProfile(flags.profile)
      : flags.filename === undefined
        ? readProfile(`${STACK}profile.yaml`)
        : {};
  const manifests = sources.flatMap(({ text, file }) => parseManifests(text, file));
  if (manifests.length === 0) {
    const file = (flags.filename ?? []).join(", ");
    throw new InputError({ file }, "no object found in it; expected .yaml, .yml or .json manifests");
  }
  const { stage, results } = await playAll(flags, { sources, manifests, profile });
  const { seed, nodes } = flags;
  const report = storyReport({ seed, nodes, subject: stage.subject, results });
  if (flags.report !== undefined) writeReport(flags.report, storyHtml(report));
  const elapsedSeconds = Math.round(wallNow() - startMs) / 1000;
  const { stdout } = process;
  if (flags.output === "json")
    stdout.write(`${JSON.stringify(storyJson(report, elapsedSeconds), undefined, 2)}\n`);
  else {
    stdout.write(storyText(report, screenOf(stdout)));
    stdout.write(`\n${results.length} failures in ${elapsedSeconds.toFixed(1)} s, seed ${seed}.\n`);
    if (flags.report !== undefined) stdout.write(`Page with every timeline: ${flags.report}\n`);
  }
}

/** What was read from the user's files. */
interface Given {
  readonly sources: readonly Source[];
  readonly manifests: readonly Manifest[];
  readonly profile: ProfileFile;
}

/** Every failure on both stages; how far it is shows on a terminal meanwhile, and is gone whatever happens. */
async function playAll(
  { seed, nodes, workers }: DemoFlags,
  { sources, manifests, profile }: Given,
): Promise<{ stage: Stage; results: JobResult[] }> {
  const progress = new Progress(process.stderr);
  const input = { seed, nodes, profile, manifests };
  try {
    progress.say(`Starting ${counted(nodes, "node")} and deploying ${counted(manifests.length, "object")}`);
    const stage = await setStage(input, false);
    const names = scenarioNames(stage.subject, [...stage.lab.world.machines.keys()]);
    const jobs: Job[] = [false, true].flatMap((hardened) => names.map((_, index) => ({ hardened, index })));
    let done = 0;
    const onDone = ({ job, result }: JobResult) => {
      done++;
      progress.step(done, jobs.length, `${job.hardened ? "after" : "before"}: ${result.scenario}`);
    };
    const results =
      workers === 1
        ? await runJobsHere(input, jobs, onDone)
        : await runJobsInWorkers({ seed, nodes, profile, sources }, jobs, workers, onDone);
    return { stage, results };
  } finally {
    progress.end();
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Reads a whole number of a range, and says the range when it is not one. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

function oneOf<T extends string>(...allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((value) => value === text);
    if (found === undefined) throw new InvalidArgumentError(`Expected one of ${allowed.join(", ")}.`);
    return found;
  };
}
