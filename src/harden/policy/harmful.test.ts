import { describe, expect, test } from "vitest";
import { harmful, harmlessPrefix } from "./harmful.ts";

const NUMBERS = Array.from({ length: 1000 }, (_, i) => i);

/** Counts how often it is asked. */
function counted(harmOf: (numbers: readonly number[]) => readonly string[]) {
  const trial = Object.assign(
    (numbers: readonly number[]) => {
      trial.times++;
      return harmOf(numbers);
    },
    { times: 0 },
  );
  return trial;
}

describe("of a thousand changes", () => {
  test("the two that do harm are found, with what they do, in few trials", () => {
    const trial = counted((numbers) => numbers.filter((n) => n === 7 || n === 900).map((n) => `${n} hurts`));
    expect(harmful(NUMBERS, trial)).toEqual([
      [7, ["7 hurts"]],
      [900, ["900 hurts"]],
    ]);
    expect(trial.times).toBeLessThan(50);
  });

  test("none is found where only several together do harm", () => {
    const trial = counted((numbers) => (numbers.length > 600 ? ["too many"] : []));
    expect(harmful(NUMBERS, trial)).toEqual([]);
    expect(trial.times).toBe(3);
  });

  test("as many as go together are kept, from the first on", () => {
    const trial = counted((numbers) => (numbers.length > 600 ? ["too many"] : []));
    expect(harmlessPrefix(NUMBERS, trial)).toBe(600);
    expect(trial.times).toBeLessThanOrEqual(10);
  });

  test("none is kept where the first does harm already", () => {
    expect(
      harmlessPrefix(
        NUMBERS,
        counted(() => ["always"]),
      ),
    ).toBe(0);
  });
});
