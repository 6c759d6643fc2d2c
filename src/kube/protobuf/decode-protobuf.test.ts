import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeProtobuf, isProtobuf } from "./decode-protobuf.ts";

interface Vector {
  readonly kind: string;
  /** Base64. */
  readonly protobuf: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Objects as Go's own encoders write them, in both forms. */
const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../../../test/data/protobuf-vectors.data.json", import.meta.url), "utf8"),
);
const NOBODY = { apiVersion: "v1", kind: "Unknown" };

/** Without nulls: Go writes them for moments and lists that were never set, and they mean the same as nothing. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(entries.map(([key, each]) => [key, withoutNulls(each)]));
}

describe("what Go wrote is read as Go's JSON", () => {
  test.each(vectors)("$kind", ({ protobuf, json }) => {
    const read = decodeProtobuf(Buffer.from(protobuf, "base64"), NOBODY);
    expect(read).toMatchObject({ ok: true, value: { apiVersion: json.apiVersion, kind: json.kind } });
    expect(read.ok && read.value.object).toEqual(withoutNulls(json));
  });
});

describe("what is no message is refused", () => {
  const whole = Buffer.from(vectors[1]?.protobuf ?? "", "base64");
  test.each([
    {
      name: "JSON",
      bytes: Buffer.from("{}"),
      error: "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
    },
    { name: "half a message", bytes: whole.subarray(0, 60), error: "unexpected EOF" },
    { name: "no message at all", bytes: Buffer.from("k8s\0\xff\xff", "latin1"), error: "unexpected EOF" },
    {
      name: "a wrong type on the wire",
      bytes: Buffer.from("k8s\0\x0f", "latin1"),
      error: "proto: illegal wireType 7",
    },
    {
      name: "an empty envelope",
      bytes: Buffer.from("k8s\0"),
      error: 'no kind "Unknown" is registered for version "v1"',
    },
  ])("$name", ({ bytes, error }) => {
    expect(decodeProtobuf(bytes, NOBODY)).toEqual({ ok: false, error });
  });

  test("every cut of a message is refused or read, and never crashes", () => {
    for (let length = 0; length < whole.length; length += 7) {
      expect(decodeProtobuf(whole.subarray(0, length), NOBODY).ok).toBe(false);
    }
  });
});

test("the prefix tells the encoding", () => {
  expect(isProtobuf(Buffer.from("k8s\0rest"))).toBe(true);
  expect(isProtobuf(Buffer.from('{"k8s":0}'))).toBe(false);
});
