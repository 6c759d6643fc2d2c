import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../../test/support/fuzz.ts";
import { deepFreeze } from "../../base/deep.ts";
import { configMaps, pods } from "../kinds.ts";
import { StatusError } from "../status-error.ts";
import type { ConfigMap, KubeObject } from "../types/index.ts";
import { type ApplyOutcome, applyServerSide } from "./apply.ts";
import { applyConflictError } from "./conflicts.ts";
import { trackUpdate } from "./track-update.ts";

const time = "2026-01-01T00:00:00Z";
const later = "2026-01-01T00:01:00Z";

function applied<T extends KubeObject>(outcome: ApplyOutcome<T>): T {
  if (outcome.kind === "conflict") throw applyConflictError(outcome.conflicts);
  return outcome.object;
}

function applyData(live: ConfigMap | undefined, manager: string, data: object, force = false): ConfigMap {
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cart" }, data };
  return applied(
    applyServerSide<ConfigMap>({ live, applied: body, manager, force, time: later, kind: configMaps }),
  );
}

const created = deepFreeze(
  trackUpdate<ConfigMap>({
    before: undefined,
    after: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "cart", uid: "u", resourceVersion: "1", creationTimestamp: time },
      data: { a: "1", b: "1" },
    },
    manager: "kubectl-create",
    time,
    kind: configMaps,
  }),
);

test("the message of a single conflict names the field, its owner and the owner's version", () => {
  const outcome = applyServerSide<ConfigMap>({
    live: created,
    applied: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cart" }, data: { a: "2", b: "1" } },
    manager: "holdfast",
    time,
    kind: configMaps,
  });
  const error = outcome.kind === "conflict" ? applyConflictError(outcome.conflicts) : undefined;
  expect(error?.toStatus()).toEqual({
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: 'Apply failed with 1 conflict: conflict with "kubectl-create" using v1: .data.a',
    reason: "Conflict",
    details: {
      causes: [
        {
          reason: "FieldManagerConflict",
          message: 'conflict with "kubectl-create" using v1',
          field: ".data.a",
        },
      ],
    },
    code: 409,
  });
});

test("a field that two apply stays until both let go", () => {
  const first = applyData(created, "one", { c: "1" });
  const second = applyData(first, "two", { c: "1" });
  const third = applyData(second, "one", {});
  expect(third.data).toEqual({ a: "1", b: "1", c: "1" });
  expect(applyData(third, "two", {}).data).toEqual({ a: "1", b: "1" });
});

test("a field that an updater owns as well stays when its applier lets go", () => {
  const shared = applyData(created, "one", { a: "1" });
  expect(applyData(shared, "one", {}).data).toEqual({ a: "1", b: "1" });
});

test("the last field to go takes its map along", () => {
  const only = applyData(undefined, "one", { a: "1" });
  expect(applyData(only, "one", {})).not.toHaveProperty("data");
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cart" } };
  const outcome = applyServerSide({ live: only, applied: body, manager: "one", time, kind: configMaps });
  expect(applied(outcome)).not.toHaveProperty("data");
});

test("an emptied map is still owned by those who owned it", () => {
  const taken = applyData(created, "holdfast", { a: "2", b: "2" }, true);
  const emptied = applyData(taken, "holdfast", {});
  expect(emptied).not.toHaveProperty("data");
  // As recorded: what nobody sees can be fought over.
  expect(() => applyData(emptied, "holdfast", {})).toThrow('conflict with "kubectl-create" using v1: .data');
});

test.each([
  { name: "another kind", change: { kind: "Secret" }, message: "invalid object type: /v1, Kind=Secret" },
  {
    name: "another version",
    change: { apiVersion: "v2" },
    message: "invalid object type: /v2, Kind=ConfigMap",
  },
  {
    name: "managers of its own",
    change: { metadata: { name: "cart", managedFields: [] } },
    message: "metadata.managedFields must be nil",
  },
])("an object of $name is a bad request", ({ change, message }) => {
  const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cart" }, ...change };
  expect(() =>
    applyServerSide({ live: created, applied: body, manager: "x", time, kind: configMaps }),
  ).toThrow(expect.objectContaining({ reason: "BadRequest", message }));
});

test("items stand as they are applied, the others keep their place among them", () => {
  const names = (object: KubeObject) =>
    (object as unknown as { spec: { containers: { name: string }[] } }).spec.containers.map(
      ({ name }) => name,
    );
  const applyContainers = (live: KubeObject | undefined, manager: string, order: string) =>
    applied(
      applyServerSide<KubeObject>({
        live,
        applied: {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "cart" },
          spec: { containers: [...order].map((name) => ({ name })) },
        },
        manager,
        time,
        kind: pods,
      }),
    );
  const live = applyContainers(undefined, "one", "abc");
  expect(names(applyContainers(live, "two", "ca"))).toEqual(["b", "c", "a"]);
  expect(names(applyContainers(live, "two", "adc"))).toEqual(["a", "b", "d", "c"]);
});

describe("property", () => {
  const key = fc.constantFrom("a", "b", "c");
  const data = fc.dictionary(key, fc.constantFrom("1", "2"), { maxKeys: 3 });
  const manager = fc.constantFrom("one", "two", "three");
  const steps = fc.array(fc.record({ manager, data, force: fc.boolean() }), { maxLength: 3 });

  function play(steps: readonly { manager: string; data: object; force: boolean }[]): ConfigMap {
    let live = created;
    for (const step of steps) {
      try {
        live = deepFreeze(applyData(live, step.manager, step.data, step.force));
      } catch (error) {
        expect(error).toBeInstanceOf(StatusError);
      }
    }
    return live;
  }

  // Not so for an empty map: the API does not write it, so that applying it again would add what others own by then.
  const someData = data.filter((data) => Object.keys(data).length > 0);

  test("applying the same again changes nothing", () => {
    assertProperty(
      fc.property(steps, manager, someData, (steps, manager, data) => {
        const once = deepFreeze(applyData(play(steps), manager, data, true));
        expect(applyData(once, manager, data)).toBe(once);
      }),
    );
  });

  test("whoever forces gets what it applies", () => {
    assertProperty(
      fc.property(steps, manager, data, (steps, manager, data) => {
        expect(applyData(play(steps), manager, data, true).data).toMatchObject(data);
      }),
    );
  });

  test("every owner of a field that is there could apply its value without a conflict", () => {
    assertProperty(
      fc.property(steps, (steps) => {
        const live = play(steps);
        if (live.data === undefined) return;
        for (const entry of live.metadata.managedFields ?? []) {
          const fields = Object.keys((entry.fieldsV1["f:data"] ?? {}) as object);
          const owned = fields.filter((field) => field !== ".").map((field) => field.slice(2));
          const values = Object.fromEntries(owned.map((name) => [name, live.data?.[name]]));
          expect(Object.values(values)).not.toContain(undefined);
          expect(applyData(live, "newcomer", values).data).toEqual(live.data);
        }
      }),
    );
  });
});
