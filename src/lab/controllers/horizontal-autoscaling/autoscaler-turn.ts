import { deepEqual } from "../../../base/deep.ts";
import { type ConditionDraft, setCondition } from "../../../kube/conditions.ts";
import type { Kind } from "../../../kube/kind.ts";
import { horizontalPodAutoscalers, pods } from "../../../kube/kinds.ts";
import { parseSelector } from "../../../kube/selector-text.ts";
import type { CompiledSelector } from "../../../kube/selectors.ts";
import { StatusError } from "../../../kube/status-error.ts";
import { formatTime } from "../../../kube/time.ts";
import type { Condition, HorizontalPodAutoscaler, Pod } from "../../../kube/types/index.ts";
import type { KindRegistry } from "../../apiserver/kind-registry.ts";
import type { LabContext } from "../../context.ts";
import type { PodMetrics } from "../../pod-metrics.ts";
import { nonZero } from "../shared/fields.ts";
import { readScale, type Scale } from "../shared/scale.ts";
import { type History, limit, noteChange } from "./limits.ts";
import { askMetric, type MetricAnswer, type MetricTrouble } from "./metrics.ts";
import { findTarget, type Target } from "./target.ts";

/** What autoscaling goes by besides the objects. */
export interface Surroundings {
  readonly context: LabContext;
  readonly kinds: KindRegistry;
  readonly metrics: PodMetrics;
}

/** A number of pods that metrics ask for, and which of them. */
interface Wish {
  readonly replicas: number;
  readonly metric: string;
}

/** One turn of one autoscaler: asks the metrics, scales the target, writes the status. */
export class AutoscalerTurn {
  readonly #surroundings: Surroundings;
  readonly #autoscaler: HorizontalPodAutoscaler;
  readonly #nowMs: number;
  #conditions: readonly Condition[];
  #currentMetrics: readonly Readonly<Record<string, unknown>>[] | null = null;
  #history: History;

  constructor(surroundings: Surroundings, autoscaler: HorizontalPodAutoscaler, history: History) {
    this.#surroundings = surroundings;
    this.#autoscaler = autoscaler;
    this.#nowMs = surroundings.context.engine.now();
    this.#conditions = autoscaler.status.conditions ?? [];
    this.#history = history;
  }

  /** The history with what this turn has come to. */
  run(): History {
    const { context, kinds } = this.#surroundings;
    const target = findTarget(context.api, kinds, this.#autoscaler);
    if ("error" in target) {
      this.#tell("Warning", "FailedGetScale", target.error);
      const message = `the HPA controller was unable to get the target's current scale: ${target.error}`;
      this.#set({ type: "AbleToScale", status: "False", reason: "FailedGetScale", message });
      this.#writeStatus(this.#autoscaler.status);
      return this.#history;
    }
    const message = "the HPA controller was able to get the target's current scale";
    this.#set({ type: "AbleToScale", status: "True", reason: "SucceededGetScale", message });
    this.#adjust(target, readScale(context.api, target.kind, target.object));
    return this.#history;
  }

  #adjust(target: Target, scale: Scale): void {
    const { minReplicas: min = 1, maxReplicas: max } = this.#autoscaler.spec;
    const current = scale.replicas;
    if (this.#history.recommendations.length === 0) {
      this.#history = { ...this.#history, recommendations: [{ atMs: this.#nowMs, replicas: current }] };
    }
    if (current === 0 && min !== 0) {
      const message = "scaling is disabled since the replica count of the target is zero";
      this.#set({ type: "ScalingActive", status: "False", reason: "ScalingDisabled", message });
      this.#finish(current, current, false);
    } else if (current > max) {
      this.#rescale(target, current, max, "Current number of replicas above Spec.MaxReplicas");
    } else if (current < min) {
      this.#rescale(target, current, min, "Current number of replicas below Spec.MinReplicas");
    } else {
      this.#followMetrics(target, scale, { min, max });
    }
  }

  #followMetrics(target: Target, scale: Scale, bounds: { readonly min: number; readonly max: number }): void {
    const current = scale.replicas;
    const wish = this.#askMetrics(scale);
    if (wish === undefined) {
      this.#writeStatus(this.#status(current, this.#autoscaler.status.desiredReplicas, false));
      return;
    }
    const { timing } = this.#surroundings.context;
    const change = { current, proposed: wish.replicas, ...bounds };
    const limited = limit(
      this.#autoscaler,
      change,
      this.#history,
      this.#nowMs,
      timing.hpaDownscaleStabilizationMs,
    );
    this.#history = limited.history;
    for (const condition of limited.conditions) this.#set(condition);
    if (limited.replicas === current) {
      this.#finish(current, current, false);
      return;
    }
    // The reason names what metrics asked for, also where the limits turned it round.
    const reason =
      wish.replicas > current
        ? `${wish.metric} above target`
        : wish.replicas < current
          ? "All metrics below target"
          : "";
    this.#rescale(target, current, limited.replicas, reason);
  }

  #askMetrics(scale: Scale): Wish | undefined {
    const selected = this.#podsOf(scale);
    if ("error" in selected) {
      this.#tell("Warning", "FailedComputeMetricsReplicas", selected.error);
      return undefined;
    }
    const { metrics } = this.#surroundings;
    const { namespace = "" } = this.#autoscaler.metadata;
    const question = { pods: selected.pods, currentReplicas: scale.replicas, nowMs: this.#nowMs };
    const specs = this.#autoscaler.spec.metrics ?? [];
    const answers = specs.map((spec) => askMetric(spec, metrics, namespace, question));
    this.#currentMetrics = answers.map((answer) => ("error" in answer ? { type: "" } : answer.status));
    const troubles = answers.filter((answer): answer is MetricTrouble => "error" in answer);
    for (const { reason, error } of troubles) this.#tell("Warning", reason, error);
    const useful = answers.filter((answer): answer is MetricAnswer => !("error" in answer));
    const highest = useful.reduce<MetricAnswer | undefined>(
      (best, answer) => (best === undefined || answer.replicas > best.replicas ? answer : best),
      undefined,
    );
    const [first] = troubles;
    // Some metrics do to scale up, but scaling down needs them all.
    if (highest === undefined || (first !== undefined && highest.replicas < scale.replicas)) {
      if (first !== undefined) this.#giveUp(first, troubles.length, specs.length);
      return undefined;
    }
    const message = `the HPA was able to successfully calculate a replica count from ${highest.name}`;
    this.#set({ type: "ScalingActive", status: "True", reason: "ValidMetricFound", message });
    return { replicas: highest.replicas, metric: highest.name };
  }

  #giveUp({ reason, prefix, error }: MetricTrouble, invalid: number, all: number): void {
    const message = `the HPA was unable to compute the replica count: ${error}`;
    this.#set({ type: "ScalingActive", status: "False", reason, message });
    const first = prefix === "" ? error : `${prefix}: ${error}`;
    this.#tell(
      "Warning",
      "FailedComputeMetricsReplicas",
      `invalid metrics (${invalid} invalid out of ${all}), first error is: ${first}`,
    );
  }

  #podsOf({ selector: text }: Scale): { readonly pods: readonly Pod[] } | { readonly error: string } {
    if (text === "") {
      const message = "the HPA target's scale is missing a selector";
      return this.#refuseSelector("SelectorRequired", "InvalidSelector", "selector is required", message);
    }
    const selector = parseSelector(text);
    if (!selector.ok) {
      const error = `couldn't convert selector into a corresponding internal selector object: ${selector.error}`;
      return this.#refuseSelector("InvalidSelector", "InvalidSelector", error, error);
    }
    const { api } = this.#surroundings.context;
    const { namespace = "" } = this.#autoscaler.metadata;
    const selected = api
      .list(pods, { namespace })
      .filter(({ metadata }) => selector.value.matches(metadata.labels));
    const rivals = this.#rivals(selected);
    if (rivals.length < 2) return { pods: selected };
    const names = rivals.map((name) => `{${name} ${namespace}}`).join(" ");
    const error = `pods by selector ${text} are controlled by multiple HPAs: [${names}]`;
    return this.#refuseSelector("AmbiguousSelector", "AmbiguousSelector", error, error);
  }

  #refuseSelector(event: string, reason: string, error: string, message: string): { readonly error: string } {
    this.#tell("Warning", event, error);
    this.#set({ type: "ScalingActive", status: "False", reason, message });
    return { error };
  }

  /** The autoscalers of the namespace whose targets own any of these pods, this one among them. */
  #rivals(selected: readonly Pod[]): readonly string[] {
    const { context, kinds } = this.#surroundings;
    const { namespace = "" } = this.#autoscaler.metadata;
    const all = context.api.list(horizontalPodAutoscalers, { namespace });
    if (all.length < 2) return [];
    const owns = (selector: CompiledSelector) =>
      selected.some(({ metadata }) => selector.matches(metadata.labels));
    return all.flatMap((autoscaler) => {
      const target = findTarget(context.api, kinds, autoscaler);
      if ("error" in target) return [];
      const selector = parseSelector(readScale(context.api, target.kind, target.object).selector);
      return selector.ok && owns(selector.value) ? [autoscaler.metadata.name] : [];
    });
  }

  #rescale(target: Target, current: number, desired: number, reason: string): void {
    const { api } = this.#surroundings.context;
    const { namespace } = this.#autoscaler.metadata;
    const { name } = target.object.metadata;
    try {
      const body = { spec: { replicas: desired } };
      api.patch(target.kind as Kind, namespace, name, "merge", body, { subresource: "scale" });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      this.#tell(
        "Warning",
        "FailedRescale",
        `New size: ${desired}; reason: ${reason}; error: ${error.message}`,
      );
      const message = `the HPA controller was unable to update the target scale: ${error.message}`;
      this.#set({ type: "AbleToScale", status: "False", reason: "FailedUpdateScale", message });
      this.#writeStatus(this.#status(current, this.#autoscaler.status.desiredReplicas, false));
      return;
    }
    const message = `the HPA controller was able to update the target scale to ${desired}`;
    this.#set({ type: "AbleToScale", status: "True", reason: "SucceededRescale", message });
    this.#tell("Normal", "SuccessfulRescale", `New size: ${desired}; reason: ${reason}`);
    this.#history = noteChange(this.#autoscaler, this.#history, current, desired, this.#nowMs);
    this.#finish(current, desired, true);
  }

  #finish(current: number, desired: number, hasScaled: boolean): void {
    this.#writeStatus(this.#status(current, desired, hasScaled));
  }

  #status(current: number, desiredReplicas: number, hasScaled: boolean): HorizontalPodAutoscaler["status"] {
    const { lastScaleTime } = this.#autoscaler.status;
    const scaledAt = hasScaled ? formatTime(this.#nowMs) : lastScaleTime;
    return {
      ...nonZero({ currentReplicas: current }),
      desiredReplicas,
      ...(scaledAt !== undefined && { lastScaleTime: scaledAt }),
      currentMetrics: this.#currentMetrics,
    };
  }

  #writeStatus(fields: HorizontalPodAutoscaler["status"]): void {
    const status = { ...fields, conditions: this.#conditions };
    if (deepEqual(status, this.#autoscaler.status)) return;
    const { api } = this.#surroundings.context;
    api.updateStatus(horizontalPodAutoscalers, { ...this.#autoscaler, status });
  }

  #set(condition: ConditionDraft): void {
    this.#conditions = setCondition(this.#conditions, condition, this.#nowMs);
  }

  #tell(type: "Normal" | "Warning", reason: string, message: string): void {
    this.#surroundings.context.events.event(this.#autoscaler, type, reason, message);
  }
}
