import { applyPlan, type ComponentOutcome } from "../harden/apply/apply-plan.ts";
import { PLAN_KINDS, planHardening } from "../harden/plan.ts";
import { type Plan, type Step, targetText } from "../harden/step.ts";
import { pods } from "../kube/kinds.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import { workloadNameOf } from "../lab/node/apps/workload-profile.ts";
import type { ProfileFile } from "../lab/node/profile.ts";
import { drive } from "../time/drive.ts";
import { viewOf } from "../view/cluster-view.ts";
import type { Manifest } from "../view/manifests.ts";
import { deployManifests, exposeOnNodePort, type Finding } from "./deploy.ts";
import { kindsOf } from "./kinds-of.ts";
import { guessesAbout, knownTraits } from "./known-traits.ts";
import { labTarget } from "./lab-target.ts";
import { NoSubjectError } from "./no-subject-error.ts";
import { type DrillResult, runScenario } from "./runner.ts";
import { everydayScenarios } from "./scenarios.ts";
import { settle } from "./settle.ts";
import { findSubject, firstFront, listWorkloads, type Subject, type Workload } from "./subject.ts";
import { findTrouble } from "./trouble.ts";

/** What a story is about: everything that its parts need to make the very same cluster again. */
export interface StoryInput {
  readonly seed: number;
  readonly nodes: number;
  readonly manifests: readonly Manifest[];
  readonly profile: ProfileFile;
}

/** A cluster with the manifests on it, settled, and improved when asked for. */
export interface Stage {
  readonly lab: Lab;
  readonly subject: Subject;
  readonly assumed: readonly string[];
  readonly findings: readonly Finding[];
  /** The nodes that each workload's pods are on, by the workload's name. */
  readonly placement: Readonly<Record<string, readonly string[]>>;
  /** What the improvement was, on an improved stage. */
  readonly hardening?: Hardening;
}

export interface Hardening {
  readonly plan: Plan;
  /** How long applying it took, and how long the application did not answer meanwhile. */
  readonly seconds: number;
}

/** How many failures the story has; both of its halves have the same ones. */
export function scenarioNames(subject: Subject, nodes: readonly string[]): string[] {
  return everydayScenarios(subject, nodes).map((scenario) => scenario.name);
}

/**
 * Makes the cluster of the story. The same input makes the same cluster, so every failure can have a fresh copy.
 * @throws {InputError} for a manifest that the API server refuses
 * @throws {NoSubjectError} when no Service leads to a workload
 */
export function setStage(input: StoryInput, hardened: boolean): Promise<Stage> {
  const lab = createLab({ seed: input.seed, nodes: input.nodes, profile: input.profile });
  return drive(lab.engine, prepare(lab, input, hardened));
}

/** Runs one failure on a stage that nothing has happened to yet. */
export function playScenario(stage: Stage, index: number): Promise<DrillResult> {
  const { lab, subject } = stage;
  const nodes = [...lab.world.machines.keys()];
  const scenario = everydayScenarios(subject, nodes)[index];
  if (scenario === undefined) throw new RangeError(`The story has no failure number ${index}`);
  return drive(lab.engine, runScenario(labTarget(lab), subject, scenario));
}

async function prepare(lab: Lab, input: StoryInput, hardened: boolean): Promise<Stage> {
  const client = lab.client("holdfast");
  await untilNodesReady(lab);
  const deployed = await deployManifests(client, input.manifests, kindsOf(lab, input.manifests));
  const assumed = [...deployed.assumed];
  await settle(labTarget(lab));
  const subject = await subjectOf(lab, input.profile, { assumed, findings: deployed.findings });
  assumed.push(...lab.assumptions());
  const findings = [...deployed.findings, ...(await findTrouble(client))];
  if (!hardened) return { lab, subject, assumed, findings, placement: placementOf(lab, subject) };

  const startMs = lab.engine.now();
  const plan = planHardening(await viewOf(client, PLAN_KINDS), (workload) => ({
    ...lab.profileOf(workload),
    sessions: knownTraits(input.profile, workload).sessions,
  }));
  const outcomes = await applyPlan(plan, {
    client,
    clock: lab.engine,
    sleep: (durationMs) => lab.engine.sleep(durationMs),
  });
  findings.push(...outcomes.flatMap(takenBack));
  const applied = outcomes
    .filter(({ kind }) => kind === "applied")
    .map(({ component }) => targetText(component));
  const seconds = Math.round(lab.engine.now() - startMs) / 1000;
  await settle(labTarget(lab));
  return {
    lab,
    subject,
    assumed,
    findings,
    placement: placementOf(lab, subject),
    hardening: {
      plan: { ...plan, steps: plan.steps.filter((step) => applied.includes(targetText(step.component))) },
      seconds,
    },
  };
}

/** What is told of improvements that did not work out: which one failed and why, and what else of its workload went with it. */
function takenBack(outcome: ComponentOutcome): Finding[] {
  if (outcome.kind === "applied") return [];
  const stays = outcome.kind === "left-behind" ? ` (${outcome.notUndone.join("; ")})` : "";
  const failed = {
    where: targetText(outcome.step.target),
    what: `the improvement ${stays === "" ? "was taken back" : "failed and could not be taken back"}: ${outcome.why}${stays}`,
  };
  const others = outcome.before.map((step: Step) => ({
    where: targetText(step.target),
    what: "the improvement had been made, and was taken back with the one that failed",
  }));
  return [failed, ...others];
}

function placementOf(lab: Lab, subject: Subject): Stage["placement"] {
  const { app, database } = subject;
  const workloads = database === undefined ? [app] : [app, database];
  return Object.fromEntries(
    workloads.map(({ namespace, name }) => {
      const theirs = lab.api.list(pods, { namespace }).filter((pod) => workloadNameOf(pod) === name);
      const nodes = theirs.map((pod) => pod.spec.nodeName).filter((node) => node !== undefined);
      return [name, [...new Set(nodes)].sort()];
    }),
  );
}

async function untilNodesReady(lab: Lab): Promise<void> {
  await lab.ready();
}

interface Notes {
  /** Lengthened by what is taken for granted. */
  readonly assumed: string[];
  readonly findings: readonly Finding[];
}

/** Who is asked; a Service gets a node port where none has one. */
async function subjectOf(lab: Lab, profile: ProfileFile, { assumed, findings }: Notes): Promise<Subject> {
  const client = lab.client("holdfast");
  const isDatabase = (workload: Workload) => lab.profileOf(workload).role === "database";
  let subject = await findSubject(client, isDatabase);
  if (subject === undefined) {
    const front = await firstFront(client, (workload) => lab.profileOf(workload).role === "web");
    if (front === undefined) {
      throw new NoSubjectError(
        "Nothing can be asked: no Service with a cluster IP selects the pods of a Deployment, StatefulSet or DaemonSet that serves clients (databases, caches and queues do not count); add such a Service",
        findings,
      );
    }
    const { namespace = "", name } = front.metadata;
    await exposeOnNodePort(client, namespace, name);
    await lab.engine.sleep(5_000);
    assumed.push(`Service ${namespace}/${name} can be reached from outside, at a node port`);
    subject = await findSubject(client, isDatabase);
    if (subject === undefined) throw new NoSubjectError(`Service ${name} got no node port`, findings);
  }
  const { app } = subject;
  const workload = (await listWorkloads(client)).find(
    ({ kind, metadata }) =>
      kind === app.kind && metadata.namespace === app.namespace && metadata.name === app.name,
  );
  if (workload === undefined) return subject;
  assumed.push(...guessesAbout(profile, workload));
  return { ...subject, hasLogins: knownTraits(profile, workload).sessions !== undefined };
}
