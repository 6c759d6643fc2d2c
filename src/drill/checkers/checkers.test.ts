import { describe, expect, test } from "vitest";
import type { Sample } from "../client-probe.ts";
import { keepsLogins } from "./keeps-logins.ts";
import { keepsWrites } from "./keeps-writes.ts";
import { recoveredAfterSeconds } from "./recovers.ts";
import { staysAvailable } from "./stays-available.ts";

/** One request a second: "." answered, "x" failed after a second, a letter by itself on node a, upper case on node b. */
function samples(pattern: string, client: Sample["client"] = "reader"): Sample[] {
  return [...pattern].map((c, second) => ({
    client,
    sentMs: second * 1_000,
    node: c === "X" || c === "o" ? "b" : "a",
    answer:
      c === "." || c === "o"
        ? { ok: true, latencyMs: 10 }
        : { ok: false, failure: "timeout", latencyMs: 1_000 },
  }));
}

describe("staysAvailable", () => {
  test.each([
    {
      name: "no failure is no outage",
      pattern: ".....",
      outageSeconds: 0,
      failedShare: 0,
      outageGoesOn: false,
    },
    {
      name: "an outage lasts until the next answer",
      pattern: "..xx..",
      outageSeconds: 2.01,
      failedShare: 0.3333,
      outageGoesOn: false,
    },
    {
      name: "the longest of two counts",
      pattern: ".x..xxx.",
      outageSeconds: 3.01,
      failedShare: 0.5,
      outageGoesOn: false,
    },
    {
      name: "one that does not end goes on",
      pattern: "...xx",
      outageSeconds: 2,
      failedShare: 0.4,
      outageGoesOn: true,
    },
    {
      name: "every other request failing is many short outages",
      pattern: "x.x.x.",
      outageSeconds: 1.01,
      failedShare: 0.5,
      outageGoesOn: false,
    },
  ])("$name", ({ name: _, pattern, ...expected }) => {
    expect(staysAvailable(samples(pattern), pattern.length * 1_000)).toEqual(expected);
  });

  test("looks at the reader only", () => {
    expect(staysAvailable(samples("xxx", "writer"), 3_000).failedShare).toBe(0);
  });
});

describe("keepsLogins", () => {
  const user = (...failures: (string | undefined)[]): Sample[] =>
    failures.map((failure) => ({
      client: "user",
      sentMs: 0,
      node: "a",
      answer: failure === undefined ? { ok: true, latencyMs: 1 } : { ok: false, failure, latencyMs: 1 },
    }));
  test.each([
    {
      name: "an answer after an outage means kept",
      seen: user("timeout", undefined),
      loggedIn: true,
      kept: true,
    },
    {
      name: "one refusal means lost",
      seen: user(undefined, "unauthorized", undefined),
      loggedIn: true,
      kept: false,
    },
    { name: "no answer at all says nothing", seen: user("timeout"), loggedIn: true, kept: null },
    { name: "nobody was logged in", seen: user(undefined), loggedIn: false, kept: null },
  ])("$name", ({ seen, loggedIn, kept }) => {
    expect(keepsLogins(seen, loggedIn)).toBe(kept);
  });
});

describe("keepsWrites", () => {
  test.each([
    { name: "all there", acknowledged: ["a", "b"], stored: ["a", "b", "c"], lost: 0 },
    { name: "one gone", acknowledged: ["a", "b"], stored: ["b"], lost: 1 },
    { name: "nothing readable is unknown, not zero", acknowledged: ["a"], stored: undefined, lost: null },
    { name: "nothing written, nothing lost", acknowledged: [], stored: undefined, lost: 0 },
  ])("$name", ({ acknowledged, stored, lost }) => {
    const outcome = keepsWrites(new Set(acknowledged), stored && new Set(stored));
    expect(outcome).toEqual({ rowsAcknowledged: acknowledged.length, rowsLost: lost });
  });
});

describe("recoveredAfterSeconds", () => {
  const base = {
    faultMs: 0,
    untilMs: 10_000,
    lastIncompleteMs: undefined,
    wholeAtEnd: true,
    unreachableNodes: [],
  };
  test.each([
    { name: "nothing was ever broken", input: { ...base, samples: samples("..........") }, expected: 0 },
    {
      name: "the last failed request counts",
      input: { ...base, samples: samples("xx........") },
      expected: 2,
    },
    {
      name: "a workload that was incomplete for longer counts",
      input: { ...base, samples: samples("x........."), lastIncompleteMs: 6_500 },
      expected: 6.5,
    },
    {
      name: "still incomplete at the end is never",
      input: { ...base, wholeAtEnd: false, samples: samples("..........") },
      expected: null,
    },
    {
      name: "still failing at the end is never",
      input: { ...base, samples: samples(".........x") },
      expected: null,
    },
    {
      name: "failures at the lost node's own address say nothing about the repair",
      input: { ...base, unreachableNodes: ["b"], samples: samples("x..X..X..X") },
      expected: 1,
    },
  ])("$name", ({ input, expected }) => {
    expect(recoveredAfterSeconds(input)).toBe(expected);
  });
});
