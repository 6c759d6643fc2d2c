/** Holds our judgement against the one of a real API server 1.34, recorded object by object in `test/golden/validation`. */
import { describe, expect, test } from "vitest";
import { type GoldenCase, readGolden } from "../../../test/support/golden.ts";
import { deepFreeze } from "../../base/deep.ts";
import { completeObject } from "../defaults/complete.ts";
import { findKind } from "../kinds.ts";
import type { KubeObject } from "../types/meta.ts";
import { validateCreate, validateUpdate } from "./validate.ts";

interface Case {
  readonly name: string;
  readonly object: KubeObject;
  /** The stored object that a changed one was to replace. */
  readonly old: KubeObject | undefined;
  /** Field, reason and message of every cause, sorted; "accepted" for none. */
  readonly causes: string;
}

/**
 * A case is `CREATE <object>`, or `UPDATE <stored object>` and `WITH <its changed parts>` where null removes one, then a line
 * per cause. A message of several lines goes on indented.
 */
function parseCase({ name, lines: [request = "", ...rest] }: GoldenCase): Case {
  const stored = JSON.parse(request.slice(request.indexOf(" "))) as KubeObject;
  const isUpdate = request.startsWith("UPDATE ");
  const change = isUpdate ? (JSON.parse(rest.shift()?.slice("WITH ".length) ?? "{}") as object) : {};
  const parts = Object.entries({ ...stored, ...change }).filter(([, part]) => part !== null);
  return deepFreeze({
    name,
    object: Object.fromEntries(parts) as unknown as KubeObject,
    old: isUpdate ? stored : undefined,
    causes: rest.join("\n"),
  });
}

function causesOf({ object, old }: Case): string {
  const kind = findKind(object.apiVersion, object.kind);
  if (kind === undefined) throw new Error(`no kind ${object.kind} in ${object.apiVersion}`);
  const complete = completeObject(kind, object);
  const causes = old
    ? validateUpdate(kind, complete, completeObject(kind, old))
    : validateCreate(kind, complete);
  if (causes.length === 0) return "accepted";
  const lines = causes.map(({ field, reason, message }) => `${field} | ${reason} | ${message}`);
  return lines
    .sort()
    .map((line) => line.replaceAll("\n", "\n    "))
    .join("\n");
}

describe.each(["pods", "workloads", "others", "custom-kinds"])("the causes for %s", (area) => {
  test.each(readGolden(`validation/${area}.txt`).map(parseCase))("$name", (recorded) => {
    expect(causesOf(recorded)).toBe(recorded.causes);
  });
});
