import { describe, expect, test } from "vitest";
import { StatusError } from "../../../kube/status-error.ts";
import { attemptAll, refusalOf, slowStart } from "./attempt.ts";

const refuse = () => {
  throw new StatusError("Forbidden", "exceeded quota");
};

describe("slow start", () => {
  test.each([
    { name: "all go well", allowed: 10, attempts: 10, refusals: 0 },
    { name: "the first is refused", allowed: 0, attempts: 1, refusals: 1 },
    { name: "the second batch of two is refused in part", allowed: 2, attempts: 3, refusals: 1 },
    { name: "the third batch of four is refused in part", allowed: 4, attempts: 7, refusals: 3 },
  ])("ends with the batch in which something fails: $name", ({ allowed, attempts, refusals }) => {
    const tried: number[] = [];
    const result = slowStart(10, (index) => {
      tried.push(index);
      if (index >= allowed) refuse();
    });
    expect(tried).toEqual(Array.from({ length: attempts }, (_, index) => index));
    expect(result.refusals).toHaveLength(refusals);
    expect(result.succeeded).toBe(attempts - refusals);
  });
});

test("every item has its turn, whatever becomes of the others", () => {
  const tried: string[] = [];
  const refusals = attemptAll(["a", "b", "c"], (item) => {
    tried.push(item);
    if (item !== "b") refuse();
  });
  expect(tried).toEqual(["a", "b", "c"]);
  expect(refusals.map(({ message }) => message)).toEqual(["exceeded quota", "exceeded quota"]);
});

test("a bug is not taken for a refusal", () => {
  const bug = () => refusalOf(() => JSON.parse("{"));
  expect(bug).toThrow(SyntaxError);
});
