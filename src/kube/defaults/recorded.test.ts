/** Holds our completion against what a real API server 1.34 made of the same objects, less what its admission adds. */
import { describe, expect, test } from "vitest";
import { type GoldenCase, readGolden } from "../../../test/support/golden.ts";
import { deepFreeze } from "../../base/deep.ts";
import type { Kind } from "../kind.ts";
import { findKind } from "../kinds.ts";
import type { KubeObject } from "../types/meta.ts";
import { completeObject } from "./complete.ts";

interface Case {
  readonly name: string;
  readonly kind: Kind;
  readonly given: KubeObject;
  readonly stored: KubeObject;
}

function parseCase({ name, lines: [given = "", stored = ""] }: GoldenCase): Case {
  const object = JSON.parse(given) as KubeObject;
  const kind = findKind(object.apiVersion, object.kind);
  if (kind === undefined) throw new Error(`no kind ${object.kind} in ${object.apiVersion}`);
  return deepFreeze({ name, kind, given: object, stored: JSON.parse(stored) as KubeObject });
}

const CASES = readGolden("defaults.txt").map(parseCase);

describe("the API completes", () => {
  test.each(CASES)("$name", ({ kind, given, stored }) => {
    expect(completeObject(kind, given)).toEqual(stored);
  });
});

describe("what is complete comes out as the same reference", () => {
  test.each(CASES)("$name", ({ kind, given, stored }) => {
    const complete = completeObject(kind, given);
    expect(completeObject(kind, complete)).toBe(complete);
    // What was stored once and came back is complete as well, frozen or not.
    expect(completeObject(kind, stored)).toBe(stored);
    const copy = structuredClone(stored);
    expect(completeObject(kind, copy)).toBe(copy);
  });
});
