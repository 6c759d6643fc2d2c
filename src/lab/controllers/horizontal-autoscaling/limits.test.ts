import { describe, expect, test } from "vitest";
import type { HorizontalPodAutoscaler, ScalingRules } from "../../../kube/types/index.ts";
import { type History, limit, NO_HISTORY, noteChange } from "./limits.ts";

const NOW_MS = 1_000_000;
const WINDOW_MS = 300_000;

function autoscaler(behavior?: {
  readonly scaleUp?: ScalingRules;
  readonly scaleDown?: ScalingRules;
}): HorizontalPodAutoscaler {
  return { spec: { maxReplicas: 100, ...(behavior && { behavior }) } } as HorizontalPodAutoscaler;
}

/** Proposals so many seconds ago. */
const proposed = (...samples: readonly (readonly [secondsAgo: number, replicas: number])[]): History => ({
  ...NO_HISTORY,
  recommendations: samples.map(([ago, replicas]) => ({ atMs: NOW_MS - ago * 1_000, replicas })),
});

const reasons = (limited: ReturnType<typeof limit>) =>
  limited.conditions.map(({ status, reason }) => `${status} ${reason}`);

describe("without rules", () => {
  test.each([
    {
      name: "goes where metrics say",
      current: 4,
      to: 6,
      history: NO_HISTORY,
      replicas: 6,
      says: ["True ReadyForNewScale", "False DesiredWithinRange"],
    },
    {
      name: "at most doubles",
      current: 5,
      to: 50,
      history: NO_HISTORY,
      replicas: 10,
      says: ["True ReadyForNewScale", "True ScaleUpLimit"],
    },
    {
      name: "may go to four at once",
      current: 1,
      to: 50,
      history: NO_HISTORY,
      replicas: 4,
      says: ["True ReadyForNewScale", "True ScaleUpLimit"],
    },
    {
      name: "does not pass the maximum",
      current: 60,
      to: 120,
      history: NO_HISTORY,
      replicas: 100,
      says: ["True ReadyForNewScale", "True TooManyReplicas"],
    },
    {
      name: "does not pass the minimum",
      current: 5,
      to: 1,
      history: NO_HISTORY,
      replicas: 2,
      says: ["True ReadyForNewScale", "True TooFewReplicas"],
    },
    {
      name: "waits five minutes before it shrinks",
      current: 8,
      to: 3,
      history: proposed([299, 8], [10, 5]),
      replicas: 8,
      says: ["True ScaleDownStabilized", "False DesiredWithinRange"],
    },
    {
      name: "shrinks to the highest of the last five minutes",
      current: 8,
      to: 3,
      history: proposed([301, 8], [10, 5]),
      replicas: 5,
      says: ["True ScaleDownStabilized", "False DesiredWithinRange"],
    },
  ])("$name", ({ current, to, history, replicas, says }) => {
    const limited = limit(
      autoscaler(),
      { current, proposed: to, min: 2, max: 100 },
      history,
      NOW_MS,
      WINDOW_MS,
    );
    expect(limited.replicas).toBe(replicas);
    expect(reasons(limited)).toEqual(says);
  });

  test("forgets proposals that are too old to count", () => {
    const change = { current: 8, proposed: 3, min: 2, max: 100 };
    const { history } = limit(autoscaler(), change, proposed([301, 8], [10, 5]), NOW_MS, WINDOW_MS);
    expect(history.recommendations.map(({ replicas }) => replicas)).toEqual([5, 3]);
  });
});

describe("with rules", () => {
  const pods = (value: number, periodSeconds = 60) => ({ type: "Pods", value, periodSeconds }) as const;
  const percent = (value: number, periodSeconds = 60) => ({ type: "Percent", value, periodSeconds }) as const;
  const atOnce = { stabilizationWindowSeconds: 0 };

  test.each([
    {
      name: "the policy that allows most counts",
      scaleUp: { policies: [pods(3), percent(10)] },
      to: 40,
      replicas: 13,
    },
    {
      name: "or the one that allows least",
      scaleUp: { selectPolicy: "Min", policies: [pods(3), percent(10)] },
      to: 40,
      replicas: 11,
    },
    { name: "or none", scaleUp: { selectPolicy: "Disabled", policies: [pods(3)] }, to: 40, replicas: 10 },
    { name: "shrinking by pods", scaleDown: { ...atOnce, policies: [pods(2)] }, to: 1, replicas: 8 },
    {
      name: "shrinking by shares, rounded against it",
      scaleDown: { ...atOnce, policies: [percent(25)] },
      to: 1,
      replicas: 7,
    },
    {
      name: "shrinking by the least",
      scaleDown: { ...atOnce, selectPolicy: "Min", policies: [pods(4), percent(10)] },
      to: 1,
      replicas: 9,
    },
  ] as const)(
    "$name",
    ({
      scaleUp,
      scaleDown,
      to,
      replicas,
    }: {
      scaleUp?: ScalingRules;
      scaleDown?: ScalingRules;
      to: number;
      replicas: number;
    }) => {
      const rules = autoscaler({ ...(scaleUp && { scaleUp }), ...(scaleDown && { scaleDown }) });
      const limited = limit(
        rules,
        { current: 10, proposed: to, min: 1, max: 100 },
        NO_HISTORY,
        NOW_MS,
        WINDOW_MS,
      );
      expect(limited.replicas).toBe(replicas);
    },
  );

  test("what was added in the period counts against it", () => {
    const rules = autoscaler({ scaleUp: { policies: [pods(5)] } });
    const history = noteChange(rules, NO_HISTORY, 6, 10, NOW_MS - 30_000);
    const change = { current: 10, proposed: 40, min: 1, max: 100 };
    expect(limit(rules, change, history, NOW_MS, WINDOW_MS).replicas).toBe(11);
    expect(limit(rules, change, history, NOW_MS + 31_000, WINDOW_MS).replicas).toBe(15);
  });

  test("a window for growing keeps to the lowest proposal in it", () => {
    const rules = autoscaler({ scaleUp: { stabilizationWindowSeconds: 60, policies: [pods(50)] } });
    const change = { current: 5, proposed: 20, min: 1, max: 100 };
    const limited = limit(rules, change, proposed([30, 8]), NOW_MS, WINDOW_MS);
    expect(limited.replicas).toBe(8);
    expect(reasons(limited)[0]).toBe("True ScaleUpStabilized");
  });
});
