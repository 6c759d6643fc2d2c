import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assertProperty } from "../../test/support/fuzz.ts";
import { parseSelector } from "./selector-text.ts";
import { CompiledSelector, type LabelRequirement } from "./selectors.ts";

function compiled(text: string): CompiledSelector {
  const answer = parseSelector(text);
  if (!answer.ok) throw new Error(answer.error);
  return answer.value;
}

test.each([
  { text: "", printed: "" },
  { text: "a=b,c in (d,e),!f,x!=y", printed: "a=b,c in (d,e),!f,x!=y" },
  { text: " x , a == b ", printed: "a==b,x" },
  { text: "a in (c, b, b)", printed: "a in (b,c)" },
  { text: "a in ()", printed: "a in ()" },
  { text: "a notin (,b)", printed: "a notin (,b)" },
  { text: "a=", printed: "a=" },
  { text: "in in (notin)", printed: "in in (notin)" },
  { text: "cores>4,cores<10", printed: "cores>4,cores<10" },
])("reads '$text' and prints '$printed'", ({ text, printed }) => {
  expect(compiled(text).toString()).toBe(printed);
});

test.each([
  { text: "cores>4", labels: { cores: "8" }, selected: true },
  { text: "cores>4", labels: { cores: "4" }, selected: false },
  { text: "cores>4", labels: { cores: "many" }, selected: false },
  { text: "cores<9223372036854775807", labels: { cores: "9223372036854775806" }, selected: true },
  { text: "cores<10", labels: {}, selected: false },
  { text: "a in (b,)", labels: { a: "" }, selected: true },
  { text: "a!=b", labels: {}, selected: true },
])("'$text' over $labels: $selected", ({ text, labels, selected }) => {
  expect(compiled(text).matches(labels)).toBe(selected);
});

describe("refuses as the API server does", () => {
  const nameRule =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  const valueRule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
  // Recorded from kube-apiserver 1.34.4, GET /api/v1/pods?labelSelector=…
  test.each([
    { text: "a=b c", error: "found 'c', expected: ',' or 'end of string'" },
    { text: "a in", error: "unable to parse requirement: found '' expected: '('" },
    { text: "a in (b", error: "unable to parse requirement: found '', expected: ',' or ')'" },
    { text: "a==b==c", error: "found '==', expected: ',' or 'end of string'" },
    { text: ",", error: "found ',', expected: !, identifier, or 'end of string'" },
    { text: "a,,b", error: "found ',', expected: identifier after ','" },
    { text: "a!b", error: "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt" },
    { text: "!a=b", error: "found '=', expected: ',' or 'end of string'" },
    { text: "a><b", error: "unable to parse requirement: found '<', expected: identifier" },
    { text: "-a=b", error: `unable to parse requirement: <nil>: Invalid value: "-a": name part ${nameRule}` },
    {
      text: "a/=b",
      error: `unable to parse requirement: <nil>: Invalid value: "a/": name part must be non-empty; name part ${nameRule}`,
    },
    {
      text: "/a=b",
      error: 'unable to parse requirement: <nil>: Invalid value: "/a": prefix part must be non-empty',
    },
    {
      text: "a in (-x,b)",
      error: `unable to parse requirement: values[0][a]: Invalid value: "-x": ${valueRule}`,
    },
    {
      text: "a>x",
      error:
        "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
    },
  ])("$text", ({ text, error }) => {
    expect(parseSelector(text)).toEqual({ ok: false, error });
  });

  test("names and values of more than 63 characters", () => {
    const long = "x".repeat(64);
    const key = parseSelector(`${long}=a`);
    const value = parseSelector(`a=${long}`);
    expect(!key.ok && key.error).toContain("name part must be no more than 63 characters");
    expect(!value.ok && value.error).toContain("must be no more than 63 characters");
  });
});

describe("property", () => {
  test("the text of any selector reads back as the same selector", () => {
    const word = fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,10}[A-Za-z0-9])?$/);
    const key = fc.oneof(
      word,
      fc.tuple(fc.stringMatching(/^[a-z0-9]{1,8}(\.[a-z]{2,3})?$/), word).map((p) => p.join("/")),
    );
    const value = fc.oneof(fc.constant(""), word);
    const requirement: fc.Arbitrary<LabelRequirement> = fc.oneof(
      fc.record({ key, operator: fc.constantFrom("exists" as const, "!" as const), values: fc.constant([]) }),
      fc.record({
        key,
        operator: fc.constantFrom("=" as const, "==" as const, "!=" as const),
        values: fc.tuple(value),
      }),
      fc.record({
        key,
        operator: fc.constantFrom("in" as const, "notin" as const),
        values: fc.uniqueArray(value, { minLength: 1, maxLength: 4 }).map((values) => values.sort()),
      }),
      fc.record({
        key,
        operator: fc.constantFrom("gt" as const, "lt" as const),
        // A label value starts with a letter or a digit, so it cannot be negative.
        values: fc.tuple(fc.nat().map(String)),
      }),
    );
    assertProperty(
      fc.property(fc.array(requirement, { maxLength: 5 }), (requirements) => {
        const selector = new CompiledSelector(requirements);
        expect(compiled(selector.toString()).requirements).toEqual(selector.requirements);
      }),
    );
  });
});
