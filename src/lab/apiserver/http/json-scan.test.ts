import { describe, expect, test } from "vitest";
import { fieldPath } from "../../../kube/schema/body-text.ts";
import { scanJson } from "./json-scan.ts";

describe("syntax errors are worded as Go words them", () => {
  test.each([
    { name: "an empty text", text: "", error: "unexpected end of JSON input" },
    { name: "a text that stops", text: '{"a":', error: "unexpected end of JSON input" },
    { name: "a text that stops in a string", text: '{"a', error: "unexpected end of JSON input" },
    {
      name: "a key without quotes",
      text: "{bad",
      error: "invalid character 'b' looking for beginning of object key string",
    },
    {
      name: "a comma too many in an object",
      text: '{"a":1,}',
      error: "invalid character '}' looking for beginning of object key string",
    },
    {
      name: "a comma too many in a list",
      text: "[1,]",
      error: "invalid character ']' looking for beginning of value",
    },
    { name: "a missing colon", text: '{"a" 1}', error: "invalid character '1' after object key" },
    {
      name: "a missing comma in an object",
      text: '{"a":1 "b":2}',
      error: "invalid character '\"' after object key:value pair",
    },
    { name: "a missing comma in a list", text: "[1 2]", error: "invalid character '2' after array element" },
    {
      name: "more than one value",
      text: '{} {"a":1}',
      error: "invalid character '{' after top-level value",
    },
    { name: "a misspelt word", text: "nul!", error: "invalid character '!' in literal null (expecting 'l')" },
    {
      name: "a line break in a string",
      text: '{"a":"b\n"}',
      error: "invalid character '\\n' in string literal",
    },
    { name: "an unknown escape", text: '["\\x"]', error: "invalid character 'x' in string escape code" },
    { name: "a minus alone", text: "[-]", error: "invalid character ']' in numeric literal" },
  ])("$name", ({ text, error }) => {
    expect(scanJson(text).error).toBe(error);
    expect(() => JSON.parse(text)).toThrow();
  });
});

describe("fields given twice are found", () => {
  test.each([
    { name: "at the top", text: '{"data":{},"x":1,"data":{}}', duplicates: ["data"] },
    {
      name: "inside maps and lists",
      text: '{"metadata":{"labels":{"a":"b","a":"c"},"ownerReferences":[{"name":"a","name":"b"}]}}',
      duplicates: ["metadata.labels.a", "metadata.ownerReferences[0].name"],
    },
    { name: "once, however often they are repeated", text: '{"a":1,"a":2,"a":3}', duplicates: ["a"] },
    { name: "behind escapes", text: '{"a":1,"\\u0061":2}', duplicates: ["a"] },
    { name: "but not when they stand in different objects", text: '[{"a":1},{"a":1}]', duplicates: [] },
  ])("$name", ({ text, duplicates }) => {
    const found = scanJson(text).duplicates;
    expect(found.map(({ parent, key }) => fieldPath(parent, key))).toEqual(duplicates);
  });

  test("with the number of keys that stand before them", () => {
    expect(scanJson('{"a":1,"b":2,"a":3,"c":4}').duplicates).toEqual([{ parent: "", key: "a", after: 2 }]);
  });
});

test("everything that JSON.stringify writes is understood", () => {
  const value = { "a\n\u2028": [1, -2.5e-7, true, false, null, '\u0001\\"/é😀', {}, []] };
  expect(scanJson(JSON.stringify(value, null, 2))).toEqual({ duplicates: [], literals: [], depth: 3 });
});

test.each([
  {
    text: '{"a":[1,9007199254740993]}',
    literal: { path: "a[1]", steps: ["a", 1], text: "9007199254740993" },
  },
  { text: '{"a":{"b":1e3}}', literal: { path: "a.b", steps: ["a", "b"], text: "1e3" } },
  { text: "[1.5,2.0]", literal: { path: "[1]", steps: [1], text: "2.0" } },
  { text: "1e400", literal: { path: "", steps: [], text: "1e400" } },
])("the number in $text is kept as it stands", ({ text, literal }) => {
  expect(scanJson(text).literals).toEqual([literal]);
});

test("nesting without end is refused", () => {
  expect(scanJson("[".repeat(100_000)).error).toBe("invalid character '[' exceeded max depth");
});
