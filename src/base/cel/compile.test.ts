import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { compileCel } from "./compile.ts";
import { CONVERSIONS } from "./conversions.ts";
import { environmentOf, withVariables } from "./environment.ts";
import { OPERATORS } from "./operators.ts";
import { OPTIONALS } from "./optionals.ts";
import { STRINGS } from "./strings.ts";
import { INT, listOf } from "./types.ts";
import { CelList, type CelValue } from "./values.ts";

const environment = withVariables(environmentOf([...OPERATORS, CONVERSIONS, STRINGS, OPTIONALS]), [
  ["a", INT],
  ["b", INT],
  ["l", listOf(INT)],
]);

function evaluate(source: string, variables: Readonly<Record<string, CelValue>> = {}, limit = 1e6) {
  const compiled = compileCel(environment, source);
  if (!compiled.ok) throw new Error(compiled.why);
  return compiled.compiled.run((name) => variables[name], limit);
}

describe("property: CEL", () => {
  test("says of any text whether it is an expression, and never breaks", () => {
    const words = fc.constantFrom(
      ..."a b l . , ( ) [ ] { } ? : + - * / % ! && || == < in 1 2.5 3u 'x' has all map true null".split(" "),
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 12 }).map((each) => each.join(" ")),
    );
    assertProperty(
      fc.property(texts, (source) => {
        const compiled = compileCel(environment, source);
        if (compiled.ok) compiled.compiled.run(() => 1n, 1e4);
        else expect(compiled.why).toContain("ERROR: <input>:");
      }),
    );
  });

  test("reckons with whole numbers as 64 bits do, and says so when they do not suffice", () => {
    const int = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    assertProperty(
      fc.property(int, int, (a, b) => {
        for (const [operator, wanted] of [
          ["+", a + b],
          ["-", a - b],
          ["*", a * b],
        ] as const) {
          const { value, error } = evaluate(`a ${operator} b`, { a, b });
          if (BigInt.asIntN(64, wanted) === wanted) expect(value).toBe(wanted);
          else expect(error?.message).toBe("integer overflow");
        }
      }),
    );
  });

  test("finds in lists what JavaScript finds", () => {
    assertProperty(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 9n }), { maxLength: 6 }), (items) => {
        const variables = { l: new CelList(items) };
        expect(evaluate("l.all(x, x > 3)", variables).value).toBe(items.every((x) => x > 3n));
        expect(evaluate("l.exists(x, x > 3)", variables).value).toBe(items.some((x) => x > 3n));
        expect(evaluate("l.filter(x, x > 3).map(x, x * 2)", variables).value).toEqual(
          new CelList(items.filter((x) => x > 3n).map((x) => x * 2n)),
        );
      }),
    );
  });
});

test("an evaluation ends when it has cost too much", () => {
  const variables = { l: new CelList(Array.from({ length: 100 }, (_, i) => BigInt(i))) };
  const { error } = evaluate("l.all(x, l.all(y, x + y >= 0))", variables, 1_000);
  expect(error?.message).toBe("operation cancelled: actual cost limit exceeded");
});

test("an error in one side of a decision does not matter when the other decides", () => {
  expect(evaluate("1 / 0 == 1 || true").value).toBe(true);
  expect(evaluate("false && 1 / 0 == 1").value).toBe(false);
  expect(evaluate("1 / 0 == 1 && true").error?.message).toBe("division by zero");
});
