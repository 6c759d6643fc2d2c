import fc from "fast-check";
import { expect, test } from "vitest";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { between, exactly, NEVER, NO_TIME, nth, orNever } from "./seconds.ts";
import { mostAbsent, shortfall } from "./shortfall.ts";

const gone = (seconds: number) => ({ from: NO_TIME, until: exactly(seconds) });

test.each([
  {
    name: "none is missed while all that are gone can be spared",
    absences: [gone(10)],
    bearable: 1,
    seconds: 0,
  },
  { name: "until the first is back", absences: [gone(10), gone(30)], bearable: 1, seconds: 10 },
  { name: "until all are back", absences: [gone(10), gone(30)], bearable: 0, seconds: 30 },
  {
    name: "two separate times add up",
    absences: [gone(10), { from: exactly(50), until: exactly(55) }],
    bearable: 0,
    seconds: 15,
  },
  {
    name: "one that leaves as another comes leaves no gap",
    absences: [gone(10), { from: exactly(10), until: exactly(20) }],
    bearable: 1,
    seconds: 0,
  },
])("$name", ({ absences, bearable, seconds }) => {
  expect(shortfall(absences, bearable)).toEqual(exactly(seconds));
});

test("what never ends has no end", () => {
  const { max } = shortfall([gone(5), { from: NO_TIME, until: NEVER }], 0);
  expect(max).toBe(Number.POSITIVE_INFINITY);
  expect(orNever(NEVER)).toEqual({ min: null, median: null, max: null });
});

test("the worst moment is when most are gone", () => {
  expect(mostAbsent([gone(10), gone(20), { from: exactly(15), until: exactly(40) }])).toBe(2);
});

test("with all gone at once a shortfall lasts until enough are back", () => {
  const ends = fc.tuple(fc.nat(100), fc.nat(100)).map(([from, length]) => between(from, from + length));
  const range = fc.oneof(
    ends,
    fc.constant(NEVER),
    fc.nat(100).map((min) => ({ ...NEVER, min })),
  );
  assertProperty(
    fc.property(fc.array(range, { minLength: 1, maxLength: 8 }), fc.nat(8), (backs, bearable) => {
      const took = shortfall(
        backs.map((until) => ({ from: NO_TIME, until })),
        bearable,
      );
      expect(took).toEqual(nth(backs, Math.max(0, backs.length - bearable)));
    }),
  );
});
