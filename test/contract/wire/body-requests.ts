import { creations, JSON_BODY, MAPS, WIDGETS, type WireRequest } from "./wire-request.ts";

const GOOD = '{"metadata":{"name":"new"}}';
const TWICE = '{"metadata":{"name":"new"},"data":{"a":"1","a":"2"}}';
const UNKNOWN = '{"metadata":{"name":"new","foo":1},"bogus":{"x":1}}';

/** Bodies of creations: their languages, their mistakes, and what is made of fields that say too much. */
export const bodyRequests: readonly WireRequest[] = [
  ...[
    "application/json; charset=utf-8",
    "application/yaml",
    "application/cbor",
    "text/plain",
    "application/x-www-form-urlencoded",
    "garbage",
  ].flatMap((type) => creations(type, GOOD)),
  ...creations(
    "application/json",
    ...[
      "",
      "null",
      "[]",
      '"x"',
      "1",
      "{",
      "{}",
      "{} {}",
      "{}x",
      '{"a":tru}',
      '{"a":"\\x"}',
      '{"a" 1}',
      "[1 2]",
    ],
    '{"kind":"Secret","apiVersion":"v1","metadata":{"name":"x"}}',
    '{"kind":"ConfigMap","apiVersion":"v2","metadata":{"name":"x"}}',
    '{"kind":1,"metadata":{"name":"x"}}',
    '{"kind":"ConfigMap","apiVersion":"a/b/c","metadata":{"name":"x"}}',
    '{"metadata":null}',
    '{"metadata":{"name":"x"},"data":[]}',
    '{"metadata":{"name":5}}',
    '{"metadata":{"name":"x","labels":{"a":1}}}',
    '{"metadata":{"name":"x","generation":1.5}}',
    '{"metadata":{"name":"x"},"data":{"__proto__":"a","constructor":"b","toString":"c"}}',
    '{"metadata":{"name":"x","labels":{"__proto__":"x"}},"__proto__":{"a":1}}',
    `${"[".repeat(100_000)}`,
    `{"x":${"[".repeat(10_001)}${"]".repeat(10_001)}}`,
  ),
  ...creations(
    "application/yaml",
    "metadata:\n  name: y1\ndata:\n  a: 1\n",
    "metadata: {name: y2}\n---\nx: 1\n",
    "a: &a [*a]",
    "a: &a [x,x]\nb: *a\nmetadata: {name: y3}\n",
    "- 1\n- 2",
    "metadata: {name: y4}\ndata: {on: yes}\n",
  ),
  ...creations("application/vnd.kubernetes.protobuf", "", "garbage"),
  ...["Strict", "Warn", "Ignore", "Bad", ""].flatMap((validation) =>
    [TWICE, UNKNOWN].map((body) => ({
      line: `POST ${MAPS}?dryRun=All&fieldValidation=${validation}`,
      headers: JSON_BODY,
      body,
    })),
  ),
  ...["Strict", "Warn"].map((validation) => ({
    line: `POST ${MAPS}?dryRun=All&fieldValidation=${validation}`,
    headers: { "content-type": "application/yaml" },
    body: 'metadata: {name: new, foo: 1}\ndata: {a: "1"}\ndata: {b: "2"}\nbogus: 1',
  })),
  // Sizes.
  { line: `POST ${MAPS}`, headers: JSON_BODY, body: " ".repeat(3 * 1024 * 1024 + 1) },
  {
    line: `POST ${MAPS}`,
    headers: JSON_BODY,
    body: JSON.stringify({ metadata: { name: "big" }, data: { k: "x".repeat(1_100_000) } }),
  },
  {
    line: `POST ${MAPS}`,
    headers: JSON_BODY,
    body: JSON.stringify({ metadata: { name: "big", annotations: { a: "x".repeat(262_145) } } }),
  },
  // Custom kinds.
  ...["application/cbor", "text/plain", "application/yaml"].map((type) => ({
    line: `POST ${WIDGETS}?dryRun=All`,
    headers: { "content-type": type },
    body: '{"apiVersion":"wire.holdfast.dev/v1","kind":"Widget","metadata":{"name":"w"}}',
  })),
];
