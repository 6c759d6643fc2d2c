import { expect, test } from "vitest";
import { isSelecting } from "./template.ts";

/** A real API server says "invalid label selector" of those that select nothing. */
test.each([
  { selector: { matchLabels: { a: "b" } }, selects: true },
  { selector: { matchLabels: { "!": "x" } }, selects: false },
  { selector: { matchLabels: { a: "b c" } }, selects: false },
  { selector: { matchExpressions: [{ key: "a", operator: "In", values: ["b"] }] }, selects: true },
  { selector: { matchExpressions: [{ key: "a", operator: "In", values: ["b c"] }] }, selects: false },
  { selector: { matchExpressions: [{ key: "a", operator: "In" }] }, selects: false },
  { selector: { matchExpressions: [{ key: "a b", operator: "Exists" }] }, selects: false },
  { selector: { matchExpressions: [{ key: "a", operator: "Exists" }] }, selects: true },
  { selector: { matchExpressions: [{ key: "a", operator: "X" }] }, selects: false },
])("$selector", ({ selector, selects }) => {
  expect(isSelecting(selector as never)).toBe(selects);
});
