import type { Timing } from "../kube/timing.ts";
import type { KubeObject } from "../kube/types/index.ts";
import type { Engine } from "../time/engine.ts";
import type { Api } from "./apiserver/api.ts";

/** Writes core/v1 Events as client-go's recorder does: equal ones within a while are counted, not repeated. */
export interface EventRecorder {
  /** `fieldPath` points into the object, as "spec.containers{web}" for what happens to one container of a pod. */
  event(
    object: KubeObject,
    type: "Normal" | "Warning",
    reason: string,
    message: string,
    fieldPath?: string,
  ): void;
}

/** What every part of the lab is given. */
export interface LabContext {
  readonly engine: Engine;
  /** Already under the part's own name. */
  readonly api: Api;
  readonly timing: Timing;
  readonly events: EventRecorder;
}

/** A running part of the lab: a controller, the scheduler, a node agent. */
export interface Part {
  readonly name: string;
  /** Begins to act: subscribes, schedules its first work. */
  start(): void;
}

/** Every controller folder exports one of these, and has one line in `controllers/registry.ts`. */
export type ControllerFactory = (context: LabContext) => Part;
