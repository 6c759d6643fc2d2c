/** How far and how fast an autoscaler may go: what metrics propose is held to the recent past and to the rules. */

import type { ConditionDraft } from "../../../kube/conditions.ts";
import type { HorizontalPodAutoscaler, ScalingRules } from "../../../kube/types/index.ts";

/** What one autoscaler remembers. */
export interface History {
  /** What metrics proposed, and when. */
  readonly recommendations: readonly Sample[];
  /** By how many pods it grew and shrank, and when; kept only where rules look at it. */
  readonly growth: readonly Sample[];
  readonly shrinkage: readonly Sample[];
}

export interface Sample {
  readonly atMs: number;
  readonly replicas: number;
}

export const NO_HISTORY: History = { recommendations: [], growth: [], shrinkage: [] };

/** What the limits leave of a proposal, what they say about it, and the history with the proposal in it. */
export interface Limited {
  readonly replicas: number;
  readonly conditions: readonly ConditionDraft[];
  readonly history: History;
}

export interface Change {
  readonly current: number;
  readonly proposed: number;
  readonly min: number;
  readonly max: number;
}

/** Scaling up at once, without rules, at most doubles the number, or goes to four. */
const GROWTH_FACTOR = 2;
const GROWTH_MIN = 4;

/** Holds the proposal to what was proposed lately and to the rules of the spec, or to those built in. */
export function limit(
  { spec }: HorizontalPodAutoscaler,
  change: Change,
  history: History,
  nowMs: number,
  downscaleWindowMs: number,
): Limited {
  const rules = spec.behavior;
  const windows = {
    up: rules === undefined ? undefined : (rules.scaleUp?.stabilizationWindowSeconds ?? 0) * 1_000,
    down: secondsOr(rules?.scaleDown?.stabilizationWindowSeconds, downscaleWindowMs),
  };
  const stable = stabilize(change, history.recommendations, windows, nowMs);
  const bounded =
    rules === undefined
      ? boundPlainly({ ...change, proposed: stable.replicas })
      : boundByRules(
          { ...change, proposed: stable.replicas },
          rules.scaleUp ?? {},
          rules.scaleDown ?? {},
          history,
          nowMs,
        );
  const isLimited = bounded.replicas !== stable.replicas;
  const kept = history.recommendations.filter(
    ({ atMs }) => atMs >= nowMs - Math.max(windows.up ?? 0, windows.down),
  );
  return {
    replicas: bounded.replicas,
    conditions: [
      { type: "AbleToScale", status: "True", ...stable.finding },
      { type: "ScalingLimited", status: isLimited ? "True" : "False", ...bounded.finding },
    ],
    history: { ...history, recommendations: [...kept, { atMs: nowMs, replicas: change.proposed }] },
  };
}

/** The history with a change of size in it. */
export function noteChange(
  { spec }: HorizontalPodAutoscaler,
  history: History,
  before: number,
  after: number,
  nowMs: number,
): History {
  if (spec.behavior === undefined || before === after) return history;
  const isGrowth = after > before;
  const rules = isGrowth ? spec.behavior.scaleUp : spec.behavior.scaleDown;
  const longestMs = Math.max(0, ...(rules?.policies ?? []).map(({ periodSeconds }) => periodSeconds * 1_000));
  const list = isGrowth ? history.growth : history.shrinkage;
  const kept = list.filter(({ atMs }) => atMs >= nowMs - longestMs);
  const noted = [...kept, { atMs: nowMs, replicas: Math.abs(after - before) }];
  return isGrowth ? { ...history, growth: noted } : { ...history, shrinkage: noted };
}

interface Finding {
  readonly reason: string;
  readonly message: string;
}

interface Found {
  readonly replicas: number;
  readonly finding: Finding;
}

const READY: Finding = { reason: "ReadyForNewScale", message: "recommended size matches current size" };
const WITHIN: Finding = {
  reason: "DesiredWithinRange",
  message: "the desired count is within the acceptable range",
};

/** Not below what was proposed in the time in which shrinking has to wait, nor above what it was in that for growing. */
function stabilize(
  { current, proposed }: Change,
  samples: readonly Sample[],
  windows: { readonly up: number | undefined; readonly down: number },
  nowMs: number,
): Found {
  const isWithin = ({ atMs }: Sample, windowMs: number) =>
    windows.up === undefined ? atMs >= nowMs - windowMs : atMs > nowMs - windowMs;
  const highest = Math.max(
    proposed,
    ...samples.filter((s) => isWithin(s, windows.down)).map((s) => s.replicas),
  );
  let replicas = highest;
  if (windows.up !== undefined) {
    const { up } = windows;
    const lowest = Math.min(proposed, ...samples.filter((s) => isWithin(s, up)).map((s) => s.replicas));
    replicas = Math.min(Math.max(current, lowest), highest);
  }
  if (replicas === proposed) return { replicas, finding: READY };
  const isGrowing = windows.up !== undefined && proposed >= current;
  const finding = isGrowing
    ? {
        reason: "ScaleUpStabilized",
        message:
          "recent recommendations were lower than current one, applying the lowest recent recommendation",
      }
    : {
        reason: "ScaleDownStabilized",
        message:
          "recent recommendations were higher than current one, applying the highest recent recommendation",
      };
  return { replicas, finding };
}

function boundPlainly({ current, proposed, min, max }: Change): Found {
  if (proposed < min) return { replicas: min, finding: TOO_FEW };
  const growthLimit = Math.max(GROWTH_FACTOR * current, GROWTH_MIN);
  const isTooFast = max > growthLimit;
  const most = isTooFast ? growthLimit : max;
  if (proposed <= most) return { replicas: proposed, finding: WITHIN };
  return { replicas: most, finding: isTooFast ? TOO_FAST_UP : TOO_MANY };
}

function boundByRules(
  { current, proposed, min, max }: Change,
  up: ScalingRules,
  down: ScalingRules,
  history: History,
  nowMs: number,
): Found {
  if (proposed > current) {
    const growthLimit = Math.max(current, ruleLimit(up, current, history, nowMs, "up"));
    const isTooFast = max > growthLimit;
    const most = isTooFast ? growthLimit : max;
    if (proposed > most) return { replicas: most, finding: isTooFast ? TOO_FAST_UP : TOO_MANY };
  } else if (proposed < current) {
    const shrinkLimit = Math.min(current, ruleLimit(down, current, history, nowMs, "down"));
    const isTooFast = min < shrinkLimit;
    const least = isTooFast ? shrinkLimit : min;
    if (proposed < least) return { replicas: least, finding: isTooFast ? TOO_FAST_DOWN : TOO_FEW };
  }
  return { replicas: proposed, finding: WITHIN };
}

/** Where the policies end, each counted from the size at the beginning of its period. */
function ruleLimit(
  { selectPolicy = "Max", policies = [] }: ScalingRules,
  current: number,
  { growth, shrinkage }: History,
  nowMs: number,
  way: "up" | "down",
): number {
  if (selectPolicy === "Disabled") return current;
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const sinceMs = nowMs - periodSeconds * 1_000;
    const start = current - changeSince(growth, sinceMs) + changeSince(shrinkage, sinceMs);
    if (type === "Pods") return way === "up" ? start + value : start - value;
    const share = way === "up" ? 1 + value / 100 : 1 - value / 100;
    return way === "up" ? Math.ceil(start * share) : Math.trunc(start * share);
  });
  // The policy that allows the most: up that is the highest limit, down the lowest.
  return (way === "up") === (selectPolicy === "Max") ? Math.max(...limits) : Math.min(...limits);
}

function changeSince(samples: readonly Sample[], sinceMs: number): number {
  return samples.reduce((sum, { atMs, replicas }) => (atMs > sinceMs ? sum + replicas : sum), 0);
}

function secondsOr(seconds: number | undefined, otherwiseMs: number): number {
  return seconds === undefined ? otherwiseMs : seconds * 1_000;
}

const TOO_FEW: Finding = {
  reason: "TooFewReplicas",
  message: "the desired replica count is less than the minimum replica count",
};
const TOO_MANY: Finding = {
  reason: "TooManyReplicas",
  message: "the desired replica count is more than the maximum replica count",
};
const TOO_FAST_UP: Finding = {
  reason: "ScaleUpLimit",
  message: "the desired replica count is increasing faster than the maximum scale rate",
};
const TOO_FAST_DOWN: Finding = {
  reason: "ScaleDownLimit",
  message: "the desired replica count is decreasing faster than the maximum scale rate",
};
