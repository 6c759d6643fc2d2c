/** Holds our field ownership against what a real API server recorded (`scripts/record-managed-fields.mjs`). */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { deepFreeze } from "../../base/deep.ts";
import { invariant } from "../../base/invariant.ts";
import { completeObject } from "../defaults/complete.ts";
import type { Kind } from "../kind.ts";
import { findKind } from "../kinds.ts";
import { mergePatch } from "../patch/merge-patch.ts";
import { strategicMergePatch } from "../patch/strategic-merge-patch.ts";
import { schemaOf } from "../schema/schema.ts";
import { StatusError } from "../status-error.ts";
import type { KubeObject, Time } from "../types/meta.ts";
import { applyServerSide } from "./apply.ts";
import { applyConflictError } from "./conflicts.ts";
import { trackUpdate } from "./track-update.ts";

interface Step {
  readonly name: string;
  readonly op: "create" | "update" | "merge" | "strategic" | "apply";
  readonly manager: string;
  readonly subresource?: string;
  readonly force?: boolean;
  readonly body: KubeObject;
  readonly before: KubeObject | null;
  readonly answer: KubeObject & { readonly message?: string };
}

interface Scenario {
  readonly name: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly steps: readonly Step[];
}

const scenarios: readonly Scenario[] = JSON.parse(
  readFileSync(new URL("../../../test/golden/managed-fields.data.json", import.meta.url), "utf8"),
);

/** What the client's request makes of the live object, before the server's own rules. */
function requested({ op, body, before }: Step, kind: Kind): KubeObject {
  const live = before as KubeObject;
  const schema = schemaOf(kind);
  invariant(schema, `No schema of ${kind.kind}`);
  if (op === "merge") return completeObject(kind, mergePatch(live, body));
  if (op === "strategic") return completeObject(kind, strategicMergePatch(live, body, schema));
  return completeObject(kind, body);
}

/** Every new entry bears the moment of the request, which is the latest in the answer. */
function momentOf({ answer }: Step): Time {
  const times = (answer.metadata.managedFields ?? []).map((entry) => entry.time ?? "");
  return times.sort().at(-1) ?? "2026-01-01T00:00:00Z";
}

/** The original walks maps in random order, so its lists of problems and of causes have none. */
function lines(message: string | undefined): readonly string[] {
  return (message ?? "").split("\n").sort();
}

describe.each(scenarios)("$name", ({ kind: { group, version, kind: name }, steps }) => {
  const kind = findKind(group === "" ? version : `${group}/${version}`, name);
  invariant(kind, `No kind ${name}`);

  // Whoever scales goes by the managers of the Scale: scale-managers.test.ts.
  const updates = steps.filter(({ op, subresource }) => op !== "apply" && subresource !== "scale");
  test.each(updates)("$name", (step) => {
    const after = deepFreeze(requested(step, kind));
    const before = step.before === null ? undefined : deepFreeze(step.before);
    const { manager, subresource, answer } = step;
    const tracked = trackUpdate({ before, after, manager, subresource, time: momentOf(step), kind });
    expect(JSON.stringify(tracked.metadata.managedFields, null, 1)).toBe(
      JSON.stringify(answer.metadata.managedFields, null, 1),
    );
  });

  test.each(steps.filter((step) => step.op === "apply"))("$name", (step) => {
    const live = step.before === null ? undefined : deepFreeze(step.before);
    const { manager, subresource, force, answer } = step;
    const applied = deepFreeze(step.body) as unknown as Readonly<Record<string, unknown>>;
    const outcome = outcomeOf(() =>
      applyServerSide({ live, applied, manager, force, subresource, time: momentOf(step), kind }),
    );
    if (outcome instanceof StatusError) {
      expect(lines(outcome.message)).toEqual(lines(answer.message));
      return;
    }
    expect(answer.message).toBeUndefined();
    expect(JSON.stringify(outcome.metadata.managedFields, null, 1)).toBe(
      JSON.stringify(answer.metadata.managedFields, null, 1),
    );
    expect(timeless(completeObject(kind, outcome))).toEqual(timeless(answer));
  });
});

function outcomeOf(apply: () => ReturnType<typeof applyServerSide>): KubeObject | StatusError {
  try {
    const outcome = apply();
    return outcome.kind === "applied" ? outcome.object : applyConflictError(outcome.conflicts);
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
}

function timeless(object: KubeObject): unknown {
  const {
    resourceVersion: _,
    generation: _generation,
    managedFields: _fields,
    ...metadata
  } = object.metadata;
  return { ...object, metadata };
}
