import { describe, expect, test } from "vitest";
import {
  answers,
  KUBE_SCORE_CHECKS,
  POLARIS_CHECKS,
  POPEYE_CODES,
} from "../../../test/support/harden/other-tools.ts";
import { CHECKS } from "./registry.ts";

const ROWS = answers();
const OURS = CHECKS.map(({ id }) => id);

describe("what other tools find is answered once", () => {
  test("kube-score", () => {
    expect(ROWS.flatMap(({ kubeScore }) => kubeScore).sort()).toEqual(KUBE_SCORE_CHECKS);
  });

  test("polaris", () => expect(ROWS.flatMap(({ polaris }) => polaris).sort()).toEqual(POLARIS_CHECKS));

  test("popeye", () => {
    const named = ROWS.flatMap(({ popeye }) => popeye).sort((a, b) => a - b);
    expect(named).toEqual(POPEYE_CODES);
  });
});

test.each(ROWS)("$about: by checks that exist, or by a reason", ({ checks, text }) => {
  expect(checks.filter((id) => !OURS.includes(id))).toEqual([]);
  if (checks.length === 0) expect(text).toMatch(/not told|doctor|refused/);
});
