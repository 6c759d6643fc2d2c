import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { encodeOpenApiV2 } from "./encode-openapi.ts";

/** A document, and its bytes as gnostic-models' own parser and Go's protobuf write them. */
const { document, protobuf }: { readonly document: object; readonly protobuf: string } = JSON.parse(
  readFileSync(new URL("../../../test/data/openapi-protobuf.data.json", import.meta.url), "utf8"),
);

test("a document is written byte for byte as Go writes it", () => {
  expect(Buffer.from(encodeOpenApiV2(document)).toString("base64")).toBe(protobuf);
});

test("what the messages have no field for is left out", () => {
  const plain = { definitions: { A: { type: "object" } } };
  const more = { definitions: { A: { type: "object", oneOf: [{ required: ["a"] }], nullable: true } } };
  expect(encodeOpenApiV2(more)).toEqual(encodeOpenApiV2(plain));
});
