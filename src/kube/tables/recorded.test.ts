/** Holds our printers against what a real API server printed (`scripts/record-tables.mjs`). */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { deepFreeze } from "../../base/deep.ts";
import { apiVersionOf } from "../kind.ts";
import { KINDS } from "../kinds.ts";
import type { KubeObject } from "../types/meta.ts";
import { renderTable, type TableRow } from "./tables.ts";

interface Recorded {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** When the server answered; it may have counted ages from up to a second before. */
  readonly date: string;
  readonly columns: readonly object[];
  readonly rows: readonly (TableRow & { readonly object: KubeObject })[];
}

const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(new URL("../../../test/golden/tables.data.json", import.meta.url), "utf8"),
);
const titled = recorded.map((table) => ({ ...table, title: `${table.kind} of ${apiVersionOf(table)}` }));

test("every kind that can be listed was recorded", () => {
  const listed = KINDS.filter(({ verbs }) => verbs.includes("list"));
  const name = (kind: { group: string; version: string; kind: string }) =>
    `${apiVersionOf(kind)} ${kind.kind}`;
  expect(recorded.map(name).sort()).toEqual(listed.map(name).sort());
});

describe("columns", () => {
  test.each(titled)("$title", (table) => {
    const { columnDefinitions } = renderTable(table, [], 0);
    expect(columnDefinitions.map(({ description: _, ...column }) => column)).toEqual(table.columns);
  });
});

/** autoscaling/v1 knows CPU alone; it carries other metrics in an annotation, which nobody asks our printers for. */
function isPrintable({ object }: { readonly object: KubeObject }): boolean {
  return object.metadata.annotations?.["autoscaling.alpha.kubernetes.io/metrics"] === undefined;
}

describe("cells", () => {
  test.each(titled.filter(({ rows }) => rows.length > 0))("$title", (table) => {
    const { date } = table;
    const rows = table.rows.filter(isPrintable);
    const objects = rows.map(({ object }) => deepFreeze(object));
    const answeredMs = Date.parse(date);
    const [now = [], before = []] = [answeredMs, answeredMs - 1_000].map(
      (nowMs) => renderTable(table, objects, nowMs).rows,
    );
    for (const [i, { object, cells, ...row }] of rows.entries()) {
      const printed = JSON.stringify(now[i]?.cells) === JSON.stringify(cells) ? now[i] : before[i];
      expect({ name: object.metadata.name, cells: printed?.cells }).toEqual({
        name: object.metadata.name,
        cells,
      });
      expect(printed?.conditions).toEqual(row.conditions);
    }
  });
});
