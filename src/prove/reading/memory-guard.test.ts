import { expect, test } from "vitest";
import { type Heap, MemoryGuard } from "./memory-guard.ts";

const MIB = 2 ** 20;

/** How often what was done. */
interface Counts {
  collected: number;
  spared: number;
}

/** A heap that has so much in use at each look, and so much after making room. */
function heap(looks: readonly number[], afterCollect = looks.at(-1) as number): Heap & Counts {
  let look = 0;
  return {
    limitBytes: 1_000 * MIB,
    collected: 0,
    spared: 0,
    usedBytes() {
      if (this.collected > 0) return afterCollect * MIB;
      return (looks[Math.min(look++, looks.length - 1)] as number) * MIB;
    },
    collect() {
      this.collected++;
    },
    spare() {
      this.spared++;
    },
  };
}

test("while there is room nothing is said", () => {
  const guard = new MemoryGuard(undefined, heap([50, 500, 840]));
  expect([guard.check(MIB, 1_000), guard.check(2 * MIB, 2_000)]).toEqual([undefined, undefined]);
});

test("a heap grows as it likes while it is small, and from then on by little", () => {
  const spared = [heap([100, 500]), heap([100, 500, 520, 530])].map((used) => {
    const guard = new MemoryGuard(undefined, used);
    for (let part = 0; part < 5; part++) guard.check(part * MIB, part);
    return used.spared;
  });
  expect(spared).toEqual([0, 1]);
});

test("a heap that is full says what all of it would need", () => {
  const guard = new MemoryGuard(400 * MIB, heap([100, 900], 800));
  const why = guard.check(200 * MIB, 1_000);
  expect(why).toContain("its first 1000 objects take 700 MiB (734003 bytes each)");
  // Twice what it takes, as there is as much again to be read, and three tenths more to prove it.
  expect(why).toContain(
    "all of it about 1920 MiB with what is needed to prove it, of 1000 MiB that Node.js may use",
  );
  expect(why).toContain("NODE_OPTIONS=--max-old-space-size=2400");
});

test("what can be read but not proved is told at the end", () => {
  expect(new MemoryGuard(undefined, heap([100, 850])).checkEnd(MIB, 10)).toContain(
    "all of it at least 1075 MiB",
  );
  expect(new MemoryGuard(undefined, heap([100, 500])).checkEnd(MIB, 10)).toBeUndefined();
});

test("of a text without a known end it is the least that is needed", () => {
  expect(new MemoryGuard(undefined, heap([100, 900])).check(MIB, 10)).toContain(
    "all of it at least 1140 MiB",
  );
});

test("a heap full of what nobody needs is no reason, nor one to look closely at every part", () => {
  const used = heap([100, 900], 300);
  const guard = new MemoryGuard(undefined, used);
  for (let part = 0; part < 50; part++) expect(guard.check(part * MIB, part)).toBeUndefined();
  expect(used.collected).toBe(1);
});
