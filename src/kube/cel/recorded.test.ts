import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compileCel } from "../../base/cel/compile.ts";
import { estimateCost } from "../../base/cel/cost-estimate.ts";
import { withVariables } from "../../base/cel/environment.ts";
import { formatDuration, formatTimestamp } from "../../base/cel/times.ts";
import { DYN, formatType, INT, listOf, mapOf, STRING } from "../../base/cel/types.ts";
import {
  CelList,
  type CelValue,
  Duration,
  isMap,
  LiteralMap,
  Opaque,
  Optional,
  Timestamp,
  TypeValue,
  UnsignedInt,
} from "../../base/cel/values.ts";
import { kubernetesCostModel } from "./cost-model.ts";
import { KUBERNETES } from "./environment.ts";
import { kubernetesCallCost } from "./runtime-cost.ts";

/**
 * What Kubernetes' own environment (k8s.io/apiserver 0.34.4, `cel/environment`, compatibility version 1.33, cel-go 0.26) says of
 * some four hundred expressions: issues, type, value or error, and the least and the most that it estimates as their cost.
 */
interface Recorded {
  readonly expression: string;
  readonly issues?: string;
  readonly type?: string;
  readonly value?: string;
  readonly error?: string;
  readonly cost?: readonly [string, string];
}

const recorded: readonly Recorded[] = JSON.parse(
  readFileSync(new URL("../../../test/golden/cel.data.json", import.meta.url), "utf8"),
);

const environment = withVariables(KUBERNETES, [
  ["d", DYN],
  ["i", INT],
  ["s", STRING],
  ["l", listOf(INT)],
  ["ls", listOf(STRING)],
  ["m", mapOf(STRING, INT)],
  ["md", mapOf(STRING, DYN)],
]);

function map(fields: Readonly<Record<string, CelValue>>): CelValue {
  return new LiteralMap(Object.entries(fields));
}

const VARIABLES: Readonly<Record<string, CelValue>> = {
  d: map({ a: 1n, b: "x", n: null, l: new CelList([1n, "two"]) }),
  i: 5n,
  s: "héllo",
  l: new CelList([3n, 1n, 2n]),
  ls: new CelList(["b", "a"]),
  m: map({ x: 1n, y: 2n }),
  md: map({ k: "v" }),
};

/** As cel-go's types.Format prints a value. */
function show(value: CelValue): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Number.isInteger(value) ? value.toFixed(1) : String(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof UnsignedInt) return `${value.value}u`;
  if (value instanceof CelList) return `[${value.items.map(show).join(", ")}]`;
  if (value instanceof Optional) {
    return value.value === undefined ? "optional.none()" : `optional.of(${show(value.value)})`;
  }
  if (value instanceof TypeValue) return value.type.name;
  if (value instanceof Duration) return `duration("${formatDuration(value)}")`;
  if (value instanceof Timestamp) return `timestamp("${formatTimestamp(value)}")`;
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString());
  if (isMap(value)) {
    return `{${[...value.keys()].map((key) => `${show(key)}: ${show(value.get(key) as CelValue)}`).join(", ")}}`;
  }
  return value.type.name;
}

/** Opaque values are printed by Go in ways of their own; their types say enough. */
function isOpaque(value: CelValue | undefined): boolean {
  return value instanceof Opaque;
}

const WELL_KNOWN: Readonly<Record<string, string>> = {
  duration: "google.protobuf.Duration",
  timestamp: "google.protobuf.Timestamp",
};

test.each(recorded.map((each) => [each.expression, each] as const))("%s", (expression, wanted) => {
  const compiled = compileCel(environment, expression, kubernetesCallCost);
  if (!compiled.ok) {
    expect(compiled.why).toBe(wanted.issues);
    return;
  }
  const { checked, run } = compiled.compiled;
  const outcome = run((name) => VARIABLES[name], 1e9);
  const { min, max } = estimateCost(
    checked,
    kubernetesCostModel(() => undefined),
  );
  const type = formatType(checked.type).replace(
    /\b(duration|timestamp)\b/,
    (name) => WELL_KNOWN[name] as string,
  );
  expect({
    type,
    value: outcome.value === undefined || isOpaque(outcome.value) ? wanted.value : show(outcome.value),
    error: outcome.error?.message,
    cost: [String(min), String(max)],
  }).toEqual({ type: wanted.type, value: wanted.value, error: wanted.error, cost: wanted.cost });
});
