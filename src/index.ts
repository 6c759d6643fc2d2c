/**
 * The library's public names. Everything else is free to change between versions.
 *
 * A lab is a whole cluster in this process; `drive` lets asynchronous code wait in its time; drills make something fail
 * and measure what clients see; a hardening plan says what would make that better.
 */
export type { Client, Reader, Watcher, Writer } from "./client/client.ts";
export { ConnectionError } from "./client/client.ts";
export { labTarget } from "./drill/lab-target.ts";
export { type DrillResult, type Measured, runScenario } from "./drill/runner.ts";
export { everydayScenarios, type Scenario } from "./drill/scenarios.ts";
export { findSubject, type Subject } from "./drill/subject.ts";
export type { DrillTarget } from "./drill/target.ts";
export { applyPlan } from "./harden/apply/apply-plan.ts";
export { PLAN_KINDS, planHardening } from "./harden/plan.ts";
export type { Plan, Refusal, Step } from "./harden/step.ts";
export { apiVersionOf, type Kind } from "./kube/kind.ts";
export * as kinds from "./kube/kinds.ts";
export { StatusError } from "./kube/status-error.ts";
export type * as types from "./kube/types/index.ts";
export { createLab, type Lab } from "./lab/lab.ts";
export type { LabOptions } from "./lab/options.ts";
export { drive } from "./time/drive.ts";
export { Engine } from "./time/engine.ts";
export { ClusterView, viewOf } from "./view/cluster-view.ts";
export { InputError } from "./view/input-error.ts";
export { type Manifest, parseManifests, readManifests } from "./view/manifests.ts";
