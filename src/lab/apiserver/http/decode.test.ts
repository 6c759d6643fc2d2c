import { describe, expect, test } from "vitest";
import { decodeObject } from "./decode.ts";
import { readYaml } from "./decode-yaml.ts";

const body = (text: string, contentType?: string) => ({ bytes: Buffer.from(text), contentType });

describe("an object's text", () => {
  test.each([
    { name: "JSON", text: '{"metadata":{"name":"a"}}', contentType: "application/json" },
    {
      name: "JSON with a charset",
      text: '{"metadata":{"name":"a"}}',
      contentType: "Application/JSON; charset=utf-8",
    },
    { name: "JSON unnamed", text: '{"metadata":{"name":"a"}}', contentType: undefined },
    { name: "YAML", text: "metadata: {name: a}", contentType: "application/yaml" },
  ])("is read as $name", ({ text, contentType }) => {
    expect(decodeObject(body(text, contentType), "ConfigMap")).toEqual({
      value: { metadata: { name: "a" } },
      issues: [],
    });
  });

  test.each([
    {
      name: "broken JSON",
      text: "{bad",
      message:
        "couldn't get version/kind; json parse error: invalid character 'b' looking for beginning of object key string ({bad)",
    },
    {
      name: "nothing at all",
      text: "",
      message: "couldn't get version/kind; json parse error: unexpected end of JSON input (<empty>)",
    },
    {
      name: "a list",
      text: "[1]",
      message:
        'couldn\'t get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b315d)',
    },
  ])("is refused when it is $name", ({ text, message }) => {
    expect(() => decodeObject(body(text), "ConfigMap")).toThrow(
      expect.objectContaining({
        reason: "BadRequest",
        message: `the object provided is unrecognized (must be of type ConfigMap): ${message}`,
      }),
    );
  });

  test("is refused in any other format", () => {
    const read = () => decodeObject(body("x", "text/plain"), "ConfigMap");
    expect(read).toThrow(expect.objectContaining({ reason: "UnsupportedMediaType", code: 415 }));
  });

  test("is refused when it only claims to be protobuf", () => {
    const read = () => decodeObject(body("{}", "application/vnd.kubernetes.protobuf"), "ConfigMap");
    expect(read).toThrow(
      "the object provided is unrecognized (must be of type ConfigMap): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] ({})",
    );
  });

  test("tells fields given twice, in either language", () => {
    expect(decodeObject(body('{"data":1,"data":2}'), "ConfigMap").issues).toEqual(['duplicate field "data"']);
    expect(readYaml("a: 1\nb:\n  c: 1\n  c: 2\n")).toMatchObject({
      value: { value: { a: 1, b: { c: 2 } }, issues: ['line 4: key "c" already set in map'] },
    });
  });
});

test("YAML that is no YAML names the line", () => {
  expect(readYaml("a: 1\nb: [c")).toMatchObject({
    ok: false,
    error: expect.stringMatching(/^yaml: line \d+: /),
  });
});

test("of several YAML documents the first counts", () => {
  expect(readYaml("a: 1\n---\na: 2\n")).toMatchObject({ value: { value: { a: 1 } } });
});

test("YAML is read as Go reads it: old booleans and octals, but moments stay texts", () => {
  const text = "on: yes\nmode: 0644\nat: 2026-01-01T00:00:00Z\nday: 2026-01-01\nclock: 1:30\n";
  expect(readYaml(text)).toMatchObject({
    value: { value: { true: true, mode: 420, at: "2026-01-01T00:00:00Z", day: "2026-01-01", clock: "1:30" } },
  });
});
