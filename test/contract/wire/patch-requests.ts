import { MAP, MAPS, patches, WIDGETS, type WireRequest } from "./wire-request.ts";

const APPLIED = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: there}\n";

/** Patches of every type, most of them not quite right. */
export const patchRequests: readonly WireRequest[] = [
  ...["json", "cbor", "merge-patch+json; charset=utf-8", "apply-patch+cbor"].flatMap((type) =>
    patches(type, "", "{}"),
  ),
  ...patches(
    "json-patch+json",
    "",
    ...["", "{}", "[]", "null", "1", "[", "[1]"],
    '[{"op":"add","path":"data/zz","value":"1"}]',
    '[{"op":"add","path":"/data/__proto__","value":"1"}]',
    '[{"op":"test","path":"/data/nope","value":null}]',
    '[{"op":1,"path":"/data"}]',
    '[{"op":"add","path":5}]',
    '[{"op":"add","path":"/data/x"}]',
    '[{"op":"copy","from":"/nope","path":"/data/x"}]',
    `[${'{"op":"add","path":"/data/x","value":"1"},'.repeat(10_000)}{"op":"add","path":"/data/x","value":"1"}]`,
  ),
  ...patches(
    "merge-patch+json",
    "",
    ...["", "[]", "null", "1", "{"],
    '{"bogus":1}',
    '{"metadata":{"name":"other"}}',
    '{"metadata":{"resourceVersion":"1"}}',
    '{"data":{"__proto__":"x"}}',
  ),
  ...patches(
    "strategic-merge-patch+json",
    "",
    ...["", "[]", "null", "1"],
    '{"$patch":"bogus"}',
    '{"$patch":"delete"}',
    '{"data":{"$patch":"replace","z":"1"}}',
    '{"data":{"$patch":"delete"}}',
    '{"metadata":{"$setElementOrder/finalizers":1}}',
    '{"data":{"__proto__":"x"}}',
  ),
  ...patches(
    "apply-patch+yaml",
    "&fieldManager=x",
    ...["", "{}", "[]", "x: ["],
    `${APPLIED}data: {z: 1}`,
    `${APPLIED}data: {z: "1"}`,
    `${APPLIED}data: {k: other}`,
    `${APPLIED}bogus: 1`,
    APPLIED.replace("there", "elsewhere"),
    APPLIED.replace("ConfigMap", "Nope"),
    APPLIED.replace("there", "there, managedFields: []"),
    `${APPLIED}data: {a: "1"}\ndata: {b: "2"}`,
  ),
  ...patches(
    "apply-patch+yaml",
    "&fieldManager=x&fieldValidation=Strict",
    `${APPLIED}data: {a: "1"}\ndata: {b: "2"}`,
  ),
  ...patches("apply-patch+yaml", "&fieldManager=x&force=true", `${APPLIED}data: {k: other}`),
  ...patches("apply-patch+yaml", "", APPLIED, "x: ["),
  ...patches("merge-patch+json", "&force=true", "{}"),
  {
    line: `PATCH ${MAPS}/new?dryRun=All&fieldManager=x`,
    headers: { "content-type": "application/apply-patch+yaml" },
    body: APPLIED.replace("there", "new"),
  },
  { line: `PATCH ${MAPS}/new`, headers: { "content-type": "application/merge-patch+json" }, body: "{}" },
  { line: `PATCH ${MAPS}/%2e%2e`, headers: { "content-type": "application/merge-patch+json" }, body: "{}" },
  {
    line: `PUT ${MAPS}/nope`,
    headers: { "content-type": "application/json" },
    body: '{"metadata":{"name":"a"}}',
  },
  { line: `PUT ${MAP}`, headers: { "content-type": "application/json" }, body: '{"metadata":{"name":"a"}}' },
  ...["text/plain", "application/strategic-merge-patch+json", "application/merge-patch+json"].map((type) => ({
    line: `PATCH ${WIDGETS}/nope`,
    headers: { "content-type": type },
    body: "{}",
  })),
  // Numbers and repeated fields.
  ...["merge-patch+json", "strategic-merge-patch+json"].flatMap((type) =>
    patches(type, "", '{"metadata":{"generation":9007199254740993}}', '{"metadata":{"generation":1e400}}'),
  ),
  ...patches(
    "strategic-merge-patch+json",
    "&fieldValidation=Strict",
    '{"bogus":1,"data":{"a":"1","a":"2"},"x":1}',
  ),
  ...patches(
    "json-patch+json",
    "&fieldValidation=Warn",
    '[{"op":"add","path":"/bogus","value":1,"value":2},{"op":"add","op":"add","path":"/foo","value":{"a":1,"a":2}}]',
  ),
  ...patches("apply-patch+yaml", "&fieldManager=x&fieldValidation=Strict", `${APPLIED}bogus: 1\nbogus: 2`),
  ...patches(
    "apply-patch+yaml",
    "&fieldManager=x",
    `${APPLIED.replace("there", "there, generation: 9007199254740993")}`,
  ),
  {
    line: `PATCH ${WIDGETS}/there?dryRun=All`,
    headers: { "content-type": "application/merge-patch+json" },
    body: '{"free":{"a":9007199254740993},"count":9223372036854775807}',
  },
  {
    line: `PATCH ${WIDGETS}/there?dryRun=All&fieldManager=x`,
    headers: { "content-type": "application/apply-patch+yaml" },
    body: '{"apiVersion":"wire.holdfast.dev/v1","kind":"Widget","free":{"a":9007199254740993}}',
  },
  { line: `PATCH ${WIDGETS}`, headers: { "content-type": "application/merge-patch+json" }, body: "{}" },
  // A whole number that is not written as one: where a patch is read from a text again, it counts for none.
  ...["1e3", "1.0", "0.5"].flatMap((number) => [
    ...patches("merge-patch+json", "", `{"metadata":{"generation":${number}}}`).map(headOnly),
    ...patches(
      "json-patch+json",
      "",
      `[{"op":"add","path":"/metadata/generation","value":${number}}]`,
      `[{"op":"replace","path":"/metadata","value":{"name":"there","generation":${number}}}]`,
    ).map(headOnly),
    ...patches("strategic-merge-patch+json", "", `{"metadata":{"generation":${number}}}`),
    ...["merge-patch+json", "apply-patch+yaml"].map((type) => ({
      line: `PATCH ${WIDGETS}/there?dryRun=All&fieldManager=x`,
      headers: { "content-type": `application/${type}` },
      body: `{"apiVersion":"wire.holdfast.dev/v1","kind":"Widget","metadata":{"name":"there"},"count":${number}}`,
    })),
  ]),
];

/** The refusals of these quote the whole object, in an order that is each server's own. */
function headOnly(request: WireRequest): WireRequest {
  return { ...request, headOnly: true };
}
