import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../test/support/fuzz.ts";
import {
  compileLabels,
  compileSelector,
  formatLabelSelector,
  labelsContain,
  selectorMatches,
} from "./selectors.ts";
import type { LabelSelector, LabelSelectorRequirement, StringMap } from "./types/meta.ts";

describe("selectorMatches", () => {
  const labels = { app: "web", tier: "front", cores: "8" };
  const expression = (key: string, operator: LabelSelectorRequirement["operator"], ...values: string[]) => ({
    matchExpressions: [{ key, operator, values }],
  });
  test.each<{ name: string; selector: LabelSelector | undefined; selected: boolean }>([
    { name: "an absent selector selects nothing", selector: undefined, selected: false },
    { name: "an empty selector selects everything", selector: {}, selected: true },
    { name: "equal labels", selector: { matchLabels: { app: "web" } }, selected: true },
    {
      name: "one of two labels differs",
      selector: { matchLabels: { app: "web", tier: "db" } },
      selected: false,
    },
    { name: "In with the value", selector: expression("app", "In", "api", "web"), selected: true },
    { name: "In without the label", selector: expression("zone", "In", "a"), selected: false },
    { name: "NotIn with the value", selector: expression("app", "NotIn", "web"), selected: false },
    { name: "NotIn without the label", selector: expression("zone", "NotIn", "a"), selected: true },
    { name: "Exists", selector: expression("tier", "Exists"), selected: true },
    { name: "DoesNotExist", selector: expression("tier", "DoesNotExist"), selected: false },
    {
      name: "labels and expressions must both hold",
      selector: { matchLabels: { app: "web" }, ...expression("tier", "DoesNotExist") },
      selected: false,
    },
    {
      name: "an operator that does not exist selects nothing",
      selector: { matchExpressions: [{ key: "app", operator: "Near" as "In" }] },
      selected: false,
    },
  ])("$name", ({ selector, selected }) => {
    expect(selectorMatches(selector, labels)).toBe(selected);
  });

  test("an object without labels is selected by what asks for none", () => {
    expect(selectorMatches({}, undefined)).toBe(true);
    expect(selectorMatches({ matchLabels: { app: "web" } }, undefined)).toBe(false);
  });
});

test("a selector is compiled once", () => {
  const selector: LabelSelector = { matchLabels: { app: "web" } };
  expect(compileSelector(selector)).toBe(compileSelector(selector));
});

test("a plain map selects labels that carry all of it", () => {
  expect(labelsContain({ app: "web", tier: "front" }, { app: "web" })).toBe(true);
  expect(labelsContain({ app: "web" }, { app: "web", tier: "front" })).toBe(false);
  expect(labelsContain(undefined, { app: "web" })).toBe(false);
  expect(labelsContain(undefined, {})).toBe(true);
  expect(compileLabels({ b: "2", a: "1" }).toString()).toBe("a=1,b=2");
});

test.each<{ selector: LabelSelector | undefined; text: string }>([
  { selector: undefined, text: "<none>" },
  { selector: {}, text: "<none>" },
  { selector: { matchLabels: { tier: "front", app: "web" } }, text: "app=web,tier=front" },
  {
    selector: { matchExpressions: [{ key: "app", operator: "In", values: ["web", "api"] }] },
    text: "app in (api,web)",
  },
  {
    selector: { matchLabels: { z: "1" }, matchExpressions: [{ key: "a", operator: "DoesNotExist" }] },
    text: "!a,z=1",
  },
])("shows in tables as $text", ({ selector, text }) => {
  expect(formatLabelSelector(selector)).toBe(text);
});

/** The same question, asked as plainly as the API reference puts it. */
function selectsPlainly(selector: LabelSelector, labels: StringMap): boolean {
  const pairs = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  const expressions = (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
    const present = Object.keys(labels).includes(key);
    const listed = present && values.includes(labels[key] as string);
    return { In: listed, NotIn: !listed, Exists: present, DoesNotExist: !present }[operator];
  });
  return pairs && expressions;
}

describe("property", () => {
  test("selection agrees with the plain reading of the API reference", () => {
    const key = fc.constantFrom("a", "b", "c");
    const value = fc.constantFrom("", "1", "2", "3");
    const map = fc.dictionary(key, value, { maxKeys: 3 });
    const requirement = fc.record({
      key,
      operator: fc.constantFrom("In" as const, "NotIn" as const, "Exists" as const, "DoesNotExist" as const),
      values: fc.array(value, { maxLength: 3 }),
    });
    const selector = fc.record(
      { matchLabels: map, matchExpressions: fc.array(requirement, { maxLength: 3 }) },
      { requiredKeys: [] },
    );
    assertProperty(
      fc.property(selector, map, (selector, labels) => {
        expect(selectorMatches(selector, labels)).toBe(selectsPlainly(selector, labels));
      }),
    );
  });
});
