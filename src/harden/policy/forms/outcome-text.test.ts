import { expect, test } from "vitest";
import { deployments } from "../../../kube/kinds.ts";
import type { ComponentOutcome } from "../../apply/apply-plan.ts";
import type { Step } from "../../step.ts";
import { outcomeText } from "./outcome-text.ts";

const component = { kind: deployments, namespace: "shop", name: "web" };
const failure = { step: {} as Step, before: [], stays: [], unhealthy: [] };

test.each<{ name: string; outcome: ComponentOutcome; lines: readonly string[] }>([
  {
    name: "done",
    outcome: { component, kind: "applied", steps: 2 },
    lines: ["  Deployment shop/web: done, 2 steps"],
  },
  {
    name: "taken back, with what stays",
    outcome: {
      component,
      kind: "rolled-back",
      ...failure,
      why: "Deployment shop/web did not get all its new pods ready in 60 s: 1 of 2 is ready, pod web-1 has no node",
      stays: ["claim data stays"],
      unhealthy: [],
    },
    lines: [
      "  Deployment shop/web: taken back: it did not get all its new pods ready in 60",
      "    s: 1 of 2 is ready, pod web-1 has no node",
      "    · claim data stays",
    ],
  },
  {
    name: "left behind",
    outcome: {
      component,
      kind: "left-behind",
      ...failure,
      why: "no answer",
      notUndone: ["Deployment shop/web: no answer"],
    },
    lines: [
      "  Deployment shop/web: failed: no answer",
      "  could not be taken back:",
      "    · Deployment shop/web: no answer",
    ],
  },
])("$name", ({ outcome, lines }) => {
  expect(outcomeText(outcome, { columns: 80 })).toBe(`${lines.join("\n")}\n`);
});
