/** The sentences are those of a real kube-apiserver 1.34.4 about a custom kind with these paths. */
import { describe, expect, test } from "vitest";
import { validateScaleValues } from "./scale-values.ts";

const PATHS = {
  specReplicasPath: ".spec.n",
  statusReplicasPath: ".status.n",
  labelSelectorPath: ".status.s",
};
const noMap = (value: string) => `accessor error: ${value}, expected map[string]interface{}`;
const said = (object: object, ofStatus = false) =>
  validateScaleValues(PATHS, object as never, ofStatus).map(({ field, message }) => `${field}: ${message}`);

describe("replicas", () => {
  test.each([
    { n: -1, why: "-1: should be a non-negative integer" },
    { n: 2147483648, why: "2147483648: should be less than or equal to 2147483647" },
    { n: 9007199254740993n, why: "9007199254740993: should be less than or equal to 2147483647" },
    { n: "x", why: "0: .spec.n accessor error: x is of the type string, expected int64" },
    { n: 1.5, why: "0: .spec.n accessor error: 1.5 is of the type float64, expected int64" },
    { n: true, why: "0: .spec.n accessor error: true is of the type bool, expected int64" },
    { n: null, why: "0: .spec.n accessor error: <nil> is of the type <nil>, expected int64" },
    { n: {}, why: "0: .spec.n accessor error: map[] is of the type map[string]interface {}, expected int64" },
  ])("$n", ({ n, why }) => {
    expect(said({ spec: { n } })).toEqual([`.spec.n: Invalid value: ${why}`]);
    expect(said({ spec: { n } }, true)).toEqual([]);
    expect(said({ status: { n } }, true)).toEqual([
      `.status.n: Invalid value: ${why.replace(".spec.n", ".status.n")}`,
    ]);
  });

  test.each([{}, { spec: null }, { spec: {} }, { spec: { n: 0 } }, { spec: { n: 2147483647 } }])(
    "%j will do",
    (object) => {
      expect(said(object)).toEqual([]);
    },
  );
});

test("a selector is a text", () => {
  expect(said({ status: { s: "app=a" } })).toEqual([]);
  expect(said({ status: { s: 1 } })).toEqual([
    '.status.s: Invalid value: "": .status.s accessor error: 1 is of the type int64, expected string',
  ]);
});

test("what lies above has fields", () => {
  expect(said({ spec: [1] })).toEqual([
    `.spec.n: Invalid value: 0: .spec.n ${noMap("[1] is of the type []interface {}")}`,
  ]);
  expect(said({ status: "x" })).toEqual([
    `.status.n: Invalid value: 0: .status.n ${noMap("x is of the type string")}`,
    `.status.s: Invalid value: "": .status.s ${noMap("x is of the type string")}`,
  ]);
});
