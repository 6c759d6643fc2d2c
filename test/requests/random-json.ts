/** Damage to JSON: whole objects with a few places broken, values that are hard to read, and texts that are none. */
import type { RandomStream } from "../../src/base/random.ts";

export type Json = Readonly<Record<string, unknown>>;

const TEXTS = [
  ...["", "x", "A_b", "a b", "-", ".", "a".repeat(64), "a".repeat(254), "é", "\u0000", "\ud800", "💥", "%"],
  ...[
    "1Gi",
    "-1",
    "1e3",
    "1.5",
    "0x10",
    "1Ki1",
    "9223372036854775808",
    "1e400",
    "50%",
    "100%x",
    "m",
    "+",
    "1n",
  ],
  ...[
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "toString",
    "kubernetes.io/x",
    "a/b/c",
    "/",
    "~1",
    "$patch",
  ],
  ...["10.0.0.1", "::1", "300.1.1.1", "10.0.0.0/33", "http://[", "*/5 * * * *", "2026-13-01T00:00:00Z", "1h"],
  ...[
    "app in (a,",
    "a=b,c",
    "!a",
    "{.metadata.name}",
    "$(x)",
    "<script>",
    "../..",
    "metadata.name",
    "v1",
    "Pod",
  ],
];
const NUMBERS = [
  ...[0, -1, 1, 1.5, 80, 65_536, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53, 2 ** 53 + 2, -(2 ** 63), 1e19, 1e308],
  ...[-0, 0.1, 1e-300],
];
const OTHERS = [null, true, false, [], {}, [null], [[]], [{}], { "": null }, { name: "a" }, ["a", "a"]];

export function oddValue(random: RandomStream): unknown {
  const roll = random.next();
  if (roll < 0.4) return random.pick(TEXTS);
  if (roll < 0.65) return random.pick(NUMBERS);
  if (roll < 0.9) return structuredClone(random.pick(OTHERS));
  if (roll < 0.95) return JSON.parse('{"__proto__":{"a":1},"constructor":"x","toString":[1]}');
  return nested(random.pick([3, 50, 500]), random.next() < 0.5);
}

export function oddText(random: RandomStream): string {
  return random.pick(TEXTS);
}

function nested(depth: number, asList: boolean): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = asList ? [value] : { a: value };
  return value;
}

/** A copy with some of its places replaced, removed or added to. */
export function damaged(random: RandomStream, whole: Json): Json {
  const copy = structuredClone(whole);
  const blows = random.pick([0, 0, 1, 1, 2, 4, 8]);
  for (let i = 0; i < blows; i++) {
    const places = placesOf(copy);
    if (places.length > 0) strike(random, random.pick(places));
  }
  return copy;
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function placesOf(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesOf(holder[key])]);
}

function strike(random: RandomStream, { holder, key }: Place): void {
  const roll = random.next();
  if (roll < 0.6) define(holder, key, oddValue(random));
  else if (roll < 0.75) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  } else if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
  else define(holder, oddText(random), oddValue(random));
}

/** As JSON.parse does it: a field called __proto__ is a field. */
function define(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

const COUNTS = new Set(["replicas", "parallelism", "completions", "minReplicas", "maxReplicas"]);
const COUNT_MAX = 5;

/** The same with no more pods asked for than a few: more of them are work to the cluster, not bad input to its server. */
export function withFewPods(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withFewPods);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    const isCount = COUNTS.has(key) && typeof inner === "number";
    return [key, isCount ? Math.min(inner, COUNT_MAX) : withFewPods(inner)] as const;
  });
  return Object.fromEntries(entries);
}

/** Breaks a text somewhere: bytes changed, lost, doubled, or put in that are no UTF-8. */
export function brokenBytes(random: RandomStream, bytes: Buffer): Buffer {
  if (bytes.length === 0) return Buffer.from([0xff]);
  const at = random.below(bytes.length);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random.below(5)) {
    case 0:
      return before;
    case 1:
      return Buffer.concat([
        before,
        Buffer.from(random.pick([[0xff], [0xc3], [0xed, 0xa0, 0x80], [0]])),
        after,
      ]);
    case 2:
      return Buffer.concat([before, after.subarray(0, 20), after]);
    case 3:
      return Buffer.concat([
        before,
        Buffer.from(random.pick(["{", "]", ",", '"', "\\", ": ", "- ", "&a *a"])),
        after,
      ]);
    default:
      return Buffer.concat([before, after.subarray(1)]);
  }
}

/** A text as deep as the deepest that servers read, or deeper. */
export function deepText(random: RandomStream): string {
  const depth = random.pick([1_000, 5_000, 9_990, 10_001, 100_000]);
  const [open, close] = random.pick([
    ["[", "]"],
    ['{"a":', "}"],
    ['{"spec":', "}"],
  ] as const);
  return `${open.repeat(depth)}1${random.next() < 0.7 ? close.repeat(depth) : ""}`;
}
