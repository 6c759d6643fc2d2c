import { creations, JSON_BODY, MAPS, WIDGET, WIDGETS, type WireRequest } from "./wire-request.ts";

const GOOD = '{"metadata":{"name":"new"}}';
const TWICE = '{"metadata":{"name":"new"},"data":{"a":"1","a":"2"}}';
const UNKNOWN = '{"metadata":{"name":"new","foo":1},"bogus":{"x":1}}';

/** Numbers that a number of ours does not hold, or that are not written as what they are. */
const NUMBERS = [
  ...["9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808"],
  ...["12345678901234567890", "100000000000000000000000", "1e3", "1E2", "1.0", "1.5", "-0", "1e400"],
];

const widget = (spec: string) => `${WIDGET.slice(0, -1)},${spec}}`;

/** Findings of strict decoders: fields that nobody knows and fields given twice, in and below each other. */
const ODD_FIELDS = [
  '{"bogus":{"a":1,"a":2},"metadata":{"name":"x","foo":1,"name":"x"},"data":{"a":"1","a":"2"},"zzz":1}',
  '{"data":{"a":"1","a":"2","a":"3"},"bogus":1,"bogus":2,"metadata":{"name":"x","name":"x","foo":1}}',
];
const ODD_POD =
  '{"metadata":{"name":"p"},"spec":{"foo":{"x":1,"x":2},"containers":[{"name":"a","nix":1,"name":"a","image":"b","image":"b"},{"name":"b","image":"x","foo":1}],"bar":[{"y":1,"y":2}],"foo":1}}';

/** What stands inside of a widget where a whole object belongs. */
const EMBEDDED = [
  ...["5", "{}", "null", "[]", "true", '""', '"a/b"'].map((kind) => `{"apiVersion":"v1","kind":${kind}}`),
  ...["5", "null", '"a/b/c"'].map((version) => `{"apiVersion":${version},"kind":"Pod"}`),
  ...["5", "null", "[]", '{"name":5}', '{"labels":{"a":1}}', '{"odd":1,"name":"p"}'].map(
    (metadata) => `{"apiVersion":"v1","kind":"Pod","metadata":${metadata}}`,
  ),
  ...["null", "[]", "5", "{}"],
];

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
  ...[1_560_000, 1_573_500].map((length) => ({
    line: `POST ${WIDGETS}`,
    headers: JSON_BODY,
    body: widget(`"free":{"a":"${"x".repeat(length)}"}`).replace('"w"', `"w-${length}"`),
    headOnly: length < 1_570_000,
  })),
  // Numbers.
  ...NUMBERS.flatMap((number) => [
    ...creations("application/json", `{"metadata":{"name":"x","generation":${number}}}`),
    ...[`"free":{"x":${number}}`, `"count":${number}`, `"ratio":${number}`].map((spec) => ({
      line: `POST ${WIDGETS}?dryRun=All`,
      headers: JSON_BODY,
      body: widget(spec),
    })),
  ]),
  ...["9223372036854775807", "9223372036854775808", "1e3"].map((number) => ({
    line: `POST ${WIDGETS}?dryRun=All`,
    headers: { "content-type": "application/yaml" },
    body: widget(`"free":{x: ${number}}`),
  })),
  // What strict decoders find, in the order of the text.
  ...["Strict", "Warn"].flatMap((validation) => [
    ...ODD_FIELDS.map((body) => ({
      line: `POST ${MAPS}?dryRun=All&fieldValidation=${validation}`,
      headers: JSON_BODY,
      body,
    })),
    {
      line: `POST ${WIDGETS}?dryRun=All&fieldValidation=${validation}`,
      headers: JSON_BODY,
      body: widget('"count":1,"x":{"k":1,"k":2},"count":2,"free":{"a":1,"a":2}'),
    },
  ]),
  {
    line: `POST ${MAPS.replace("configmaps", "pods")}?dryRun=All&fieldValidation=Strict`,
    headers: JSON_BODY,
    body: ODD_POD,
  },
  // As it is written, not as it counts.
  ...creations(
    "application/json",
    '{"metadata":{"name":"x","generation":1e-1}}',
    '{"metadata":{"name":"x","generation":15e-1}}',
  ),
  // What nobody knows is dropped, however deep.
  ...["Warn", "Strict"].map((validation) => ({
    line: `POST ${MAPS}?dryRun=All&fieldValidation=${validation}`,
    headers: JSON_BODY,
    body: `{"metadata":{"name":"x"},"bogus":${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}}`,
  })),
  {
    line: `POST ${MAPS}?dryRun=All`,
    headers: JSON_BODY,
    body: `{"metadata":{"name":"x"},"data":{"x":${"[".repeat(9_000)}${"]".repeat(9_000)}}}`,
  },
  {
    line: `POST ${WIDGETS}?dryRun=All&fieldValidation=Ignore`,
    headers: JSON_BODY,
    body: `{"apiVersion":"wire.holdfast.dev/v1","kind":"Widget","metadata":{"name":"w"},"bogus":${'{"a":'.repeat(9_000)}1${"}".repeat(9_000)}}`,
  },
  // Custom kinds.
  ...["application/cbor", "text/plain", "application/yaml"].map((type) => ({
    line: `POST ${WIDGETS}?dryRun=All`,
    headers: { "content-type": type },
    body: WIDGET,
  })),
  ...[
    ...EMBEDDED.map((object) => `"object":${object}`),
    '"objects":[{"apiVersion":"v1","kind":"Pod"},{"apiVersion":"v1","kind":5}]',
  ].map((field) => ({ line: `POST ${WIDGETS}?dryRun=All`, headers: JSON_BODY, body: widget(field) })),
  {
    line: `PATCH ${WIDGETS}/there?dryRun=All&fieldManager=x`,
    headers: { "content-type": "application/apply-patch+yaml" },
    body: '{"apiVersion":"wire.holdfast.dev/v1","kind":"Widget","metadata":{"name":"there"},"object":{"kind":5}}',
  },
];
