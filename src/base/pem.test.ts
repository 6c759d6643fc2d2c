import { expect, test } from "vitest";
import { pemBlocks } from "./pem.ts";

const A = "-----BEGIN A-----\naGVs\nbG8=\n-----END A-----\n";

// As Go's encoding/pem reads them.
test.each([
  { name: "one block", text: A, found: ["A hello"] },
  { name: "text around it", text: `x\n${A}y`, found: ["A hello"] },
  { name: "two of them", text: A + A.replaceAll("A-", "B B-"), found: ["A hello", "B B hello"] },
  { name: "ends of lines as elsewhere", text: A.replaceAll("\n", "\r\n"), found: ["A hello"] },
  { name: "headers", text: A.replace("\n", "\nX: y\n\n"), found: ["A with headers hello"] },
  { name: "nothing in it", text: "-----BEGIN A-----\n-----END A-----\n", found: ["A "] },
  { name: "an end of another kind", text: A.replace("END A", "END B"), found: [] },
  { name: "no base64", text: A.replace("aGVs", "aG*s"), found: [] },
  { name: "no end", text: A.replace(/-----END.*/s, ""), found: [] },
])("$name", ({ text, found }) => {
  const told = pemBlocks(text).map(
    ({ type, hasHeaders, bytes }) => `${type} ${hasHeaders ? "with headers " : ""}${bytes}`,
  );
  expect(told).toEqual(found);
});
