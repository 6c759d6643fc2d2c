import fc from "fast-check";
import { expect, test } from "vitest";
import { KeyedHeap } from "./keyed-heap.ts";

type Step = readonly ["set", string, number] | readonly ["delete", string] | readonly ["pop"];

const key = fc.constantFrom("a", "b", "c", "d", "e", "f");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constant("set" as const), key, fc.integer({ min: 0, max: 4 })),
  fc.tuple(fc.constant("delete" as const), key),
  fc.tuple(fc.constant("pop" as const)),
);

test("gives the same items in the same order as a list sorted after every step", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const heap = new KeyedHeap<{ key: string; rank: number }>((a, b) => a.rank - b.rank);
      let list: { key: string; rank: number }[] = [];
      const sorted = () => list.toSorted((a, b) => a.rank - b.rank);
      for (const [what, name, rank] of steps) {
        if (what === "set") {
          const item = { key: name, rank };
          heap.set(name, item);
          list = [...list.filter((other) => other.key !== name), item];
        } else if (what === "delete") {
          expect(heap.delete(name)).toBe(list.find((other) => other.key === name));
          list = list.filter((other) => other.key !== name);
        } else {
          const [first] = sorted();
          expect(heap.pop()).toBe(first);
          list = list.filter((other) => other !== first);
        }
        expect(heap.size).toBe(list.length);
        expect(heap.peek()).toBe(sorted()[0]);
      }
    }),
  );
});

test("finds items by key until they are taken out", () => {
  const heap = new KeyedHeap<number>((a, b) => a - b);
  heap.set("x", 3);
  expect(heap.get("x")).toBe(3);
  heap.pop();
  expect(heap.get("x")).toBeUndefined();
  expect(heap.pop()).toBeUndefined();
});
