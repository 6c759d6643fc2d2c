/** The whole way from manifests to every form, on the OpenTAKServer stack and on a cluster with a budget and two zones. */
import { describe, expect, test } from "vitest";
import { schemaProblems } from "../../test/support/prove/result-schema.ts";
import { parseManifests, readManifests } from "../view/manifests.ts";
import { compareResults } from "./comparison.ts";
import { proveHtml } from "./forms/html.ts";
import { proveJson } from "./forms/json.ts";
import { proveJunit } from "./forms/junit.ts";
import { proveMarkdown } from "./forms/markdown.ts";
import { proveSarif } from "./forms/sarif.ts";
import { proveText } from "./forms/text.ts";
import type { LossChoice } from "./losses/losses.ts";
import { ModelBuilder } from "./model/builder.ts";
import { placingFor } from "./placing.ts";
import { prove } from "./prove.ts";
import type { ProveResult } from "./result.ts";
import { DEFAULT_NODES } from "./stage/assumed-nodes.ts";
import { asManifests, withChanges } from "./stage/changes.ts";
import { stageManifests } from "./stage/stage.ts";

const ALL: readonly LossChoice[] = (
  ["nodes", "zones", "volume-zones", "pairs", "control-plane", "pods"] as const
).map((kind) => ({ kind }));
const NODES = { ...DEFAULT_NODES, nodes: 4, zones: 2 };
const STACK = readManifests(["stacks/opentakserver/manifests"]);

function staged(manifests = STACK, reversed = false) {
  const { objects } = stageManifests(manifests, { nodes: NODES, seed: 1 });
  const builder = new ModelBuilder();
  for (const object of reversed ? [...objects].reverse() : objects) builder.add(object);
  return { objects, model: builder.build() };
}

function proved(reversed = false) {
  const { model } = staged(STACK, reversed);
  return { model, result: prove(model, placingFor(model), { losses: ALL }) };
}

describe("on the OpenTAKServer stack", () => {
  const { model, result } = proved();

  test("the database's node is an outage without end, because its volume cannot follow", () => {
    const worst = result.losses
      .flatMap(({ kind, workloads }) => (kind === "node" ? workloads : []))
      .find(({ name }) => name === "postgres");
    expect(worst).toMatchObject({
      verdict: "outage",
      downSeconds: { min: null, median: null, max: null },
      ready: { before: 1, lowest: 0 },
    });
    expect(worst?.cause).toContain("claim tak/postgres-pvc stays attached");
    expect(worst?.fix).toContain("out-of-service");
  });

  test("one node breaks each of its single replicas", () => {
    expect(result.workloads.map(({ nodesToBreak }) => nodesToBreak?.count)).toEqual([1, 1, 1]);
    expect(result.summary.nodesMayFail).toEqual({ withoutOutage: 0, withRoomForAll: 2 });
  });

  test("the same objects in another order give the same bytes", () => {
    expect([...proveJson(proved(true).result)].join("")).toBe([...proveJson(result)].join(""));
  });

  test("the JSON is what its schema says", () => {
    const comparison = compareResults(result, result);
    expect(schemaProblems(JSON.parse([...proveJson(result, comparison)].join("")))).toEqual([]);
    expect(schemaProblems({ ...result, losses: [{ id: 1 }] })).not.toEqual([]);
  });

  test("every form tells of the outage", () => {
    const forms = [
      proveText(result, { colours: false, columns: 80 }),
      proveText(result, { colours: true, columns: 140 }),
      proveMarkdown(result),
      proveJunit(result, ["outage"]),
      proveSarif(result, () => ({ file: "web.yaml", line: 3 })),
      proveHtml(result, model),
    ];
    for (const form of forms) expect(form).toMatch(/postgres/);
  });

  test.each([80, 140])("no line of the table is wider than %i columns", (columns) => {
    const lines = proveText(result, { colours: false, columns }).split("\n");
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
  });
});

test("names in the page never become markup", () => {
  const { model, result } = proved();
  const evil: ProveResult = {
    ...result,
    assumed: ["<script>alert(1)</script>"],
    losses: [{ id: "</script><script>x", kind: "node", lost: [], verdict: "safe", workloads: [] }],
  };
  const page = proveHtml(evil, model);
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page).toContain("&lt;script&gt;alert(1)");
});

test("a change is judged before it is applied: only what it renews is placed anew", () => {
  const { objects, model } = staged();
  const change = parseManifests(
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: rabbitmq, namespace: tak }\nspec: { replicas: 2 }",
    "change.yaml",
  );
  const after = staged(withChanges(asManifests(objects, "cluster"), change)).model;
  const options = { losses: [{ kind: "nodes" }] as const };
  const comparison = compareResults(
    prove(model, placingFor(model), options),
    prove(after, placingFor(after), options),
  );
  expect(comparison.better.map(({ workload, after: now }) => `${workload} ${now}`)).toEqual([
    "Deployment tak/rabbitmq degraded",
  ]);
  expect(comparison.worse.every(({ workload }) => workload === "Deployment tak/rabbitmq")).toBe(true);
});
