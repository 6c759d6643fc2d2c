// Writes src/kube/schema/schema.data.json: the shape of every object of a stock Kubernetes API server, from its OpenAPI v3
// documents, without descriptions. Names of Go types, which decoding errors carry, come from the sources of the API types.
// Usage: node scripts/generate-schema.mjs https://HOST:PORT TOKEN GO_SOURCE_DIR...
//   (a server of the version modelled, started as generate-kinds.mjs says, whose certificate is not checked; folders of k8s.io/api,
//   apimachinery, ...)
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";

const [server, token, ...sources] = process.argv.slice(2);
const REF = "#/components/schemas/";
// Types whose JSON form their Go code decides, so that OpenAPI tells too little or nothing of it.
const FREE = ["RawExtension", "FieldsV1", "Patch", "JSON"];
// DeleteOptions and WatchEvent stand in every group, and name them all: they would drown the rest.
const isOneKind = (gvks) => gvks?.length === 1;

function get(path) {
  return new Promise((resolve, reject) => {
    request(
      `${server}${path}`,
      {
        rejectUnauthorized: false,
        headers: { authorization: `Bearer ${token}`, accept: "application/json" },
      },
      (answer) => {
        let text = "";
        answer.on("data", (part) => {
          text += part;
        });
        answer.on("end", () => resolve(JSON.parse(text)));
      },
    )
      .on("error", reject)
      .end();
  });
}

// A line of a Go struct: perhaps a name, a type, and the tag with the JSON name and "omitempty" or "omitzero".
const FIELD = /^\t(?:\w+\s+)?([^\s`]+)\s+`json:"([\w.$-]+)([^"]*)"/gm;

/** Go types of the fields of every struct, by "package.Struct" and JSON name; `v1` of two groups are told apart by folder. */
function readGoTypes(folders) {
  const structs = new Map();
  for (const folder of folders) {
    for (const path of readdirSync(folder, { recursive: true })) {
      if (
        !/(^|\/)(types|types_[a-z_]+|duration|meta|group_version)\.go$/.test(path) ||
        path.includes("testdata")
      )
        continue;
      const text = readFileSync(join(folder, path), "utf8");
      const packageName = /^package (\w+)/m.exec(text)?.[1] ?? "";
      const directory = path.split("/").slice(0, -1).join("/");
      for (const [, name, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
        const fields = {};
        for (const [, type, json, flags] of body.matchAll(FIELD)) {
          const go = qualify(type.replace(/^\*/, ""), packageName).replaceAll("[]byte", "[]uint8");
          fields[json] = { go, isPointer: type.startsWith("*"), flags };
        }
        const embedded = [...body.matchAll(/^\t([\w.]+)\s+`json:",inline/gm)].map((m) => m[1]);
        structs.set(`${directory}.${name}`, { fields, embedded });
      }
    }
  }
  return structs;
}

const GO_PRIMITIVE = /^(string|bool|int32|int64|float64|byte|uint32|int|interface\{\})$/;
// Import aliases that differ from the package's own name, which is what errors print.
const PACKAGE = { metav1: "v1", apiv1: "v1", corev1: "v1", intOrStr: "intstr" };

function qualify(type, packageName) {
  return type.replace(/[\w.]+(?=$|\])|(?<=\])\*?[\w.]+$/g, (part) => {
    const pointer = part.startsWith("*") ? "*" : "";
    const bare = pointer ? part.slice(1) : part;
    if (bare === "" || bare === "map" || GO_PRIMITIVE.test(bare)) return pointer + bare;
    if (!bare.includes(".")) return `${pointer}${packageName}.${bare}`;
    const [from, name] = bare.split(".");
    return `${pointer}${PACKAGE[from] ?? from}.${name}`;
  });
}

/** The struct's fields with those of what it embeds. */
function goFields(structs, directory, name) {
  const found = structs.get(`${directory}.${name}`);
  if (!found) return {};
  const inherited = found.embedded.map((e) => goFields(structs, directory, e.split(".").at(-1)));
  return Object.assign({}, ...inherited, found.fields);
}

/** "io.k8s.api.apps.v1.Deployment" → the folder of its Go source, below one of the roots. */
function directoryOf(definition) {
  return definition.split(".").slice(3, -1).join("/");
}

function packType(schema) {
  const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
  if (ref) return ref.slice(REF.length);
  if (schema.type === "array") return "list";
  if (schema.type === "object") return schema.additionalProperties ? "map" : "any";
  if (schema.oneOf) return schema.format ?? "quantity";
  if (schema.format && schema.type !== "object") return schema.format;
  return schema.type ?? "any";
}

function pack(schema, go, isRequired) {
  const type = packType(schema);
  const packed = {
    type,
    of: type === "list" ? pack(schema.items) : type === "map" ? pack(schema.additionalProperties) : undefined,
    listType: schema["x-kubernetes-list-type"],
    keys: schema["x-kubernetes-list-map-keys"],
    mapType: schema["x-kubernetes-map-type"],
    patch: schema["x-kubernetes-patch-strategy"],
    mergeKey: schema["x-kubernetes-patch-merge-key"],
    enum: schema.enum,
    default: JSON.stringify(schema.default) === "{}" ? undefined : schema.default,
    go: go !== undefined && go.go !== derivedGoType(schema) ? go.go : undefined,
    zero: go === undefined ? undefined : zeroRule(type, go, isRequired),
  };
  const given = Object.entries(packed).filter(([, value]) => value !== undefined);
  return given.length === 1 ? type : Object.fromEntries(given);
}

const isStruct = (type) => type.includes(".") && !FREE.some((free) => type.endsWith(`.${free}`));

/** What Go's JSON encoder does with a zero value, where it is not what a reader of the packed form takes for granted. */
function zeroRule(type, { go, isPointer, flags }, isRequired) {
  const omits = flags.includes("omitempty");
  const isPlainStruct = type.includes(".") && !isPointer && !go.startsWith("[") && !go.startsWith("map[");
  const rule = isPointer
    ? omits
      ? "keep"
      : "null"
    : flags.includes("omitzero") || (omits && !isPlainStruct)
      ? "drop"
      : "write";
  const taken = isRequired ? "write" : isStruct(type) ? "keep" : "drop";
  return rule === taken ? undefined : rule;
}

const GO_OF = {
  string: "string",
  boolean: "bool",
  double: "float64",
  int32: "int32",
  int64: "int64",
  byte: "[]uint8",
};

/** What a reader of the packed form will take the Go type to be, unless told otherwise. */
function derivedGoType(schema) {
  const type = packType(schema);
  if (type === "list") return `[]${derivedGoType(schema.items)}`;
  if (type === "map") return `map[string]${derivedGoType(schema.additionalProperties)}`;
  if (type.includes(".")) return type.split(".").slice(-2).join(".");
  return GO_OF[type] ?? type;
}

function packDefinition(name, schema, structs) {
  if (FREE.some((free) => name.endsWith(`.${free}`))) return "any";
  if (!schema.properties) return schema.type === "object" ? { fields: {} } : packType(schema);
  const go = goFields(structs, directoryOf(name), name.split(".").at(-1));
  const fields = {};
  for (const [field, value] of Object.entries(schema.properties))
    fields[field] = pack(value, go[field], schema.required?.includes(field));
  const gvks = schema["x-kubernetes-group-version-kind"];
  return {
    ...(isOneKind(gvks) ? { gvk: [gvks[0].group, gvks[0].version, gvks[0].kind] } : {}),
    ...(schema.required ? { required: schema.required } : {}),
    ...(schema["x-kubernetes-map-type"] ? { mapType: schema["x-kubernetes-map-type"] } : {}),
    ...(schema["x-kubernetes-unions"] ? { unions: schema["x-kubernetes-unions"] } : {}),
    fields,
  };
}

const structs = readGoTypes(sources);
const definitions = {};
for (const path of Object.keys((await get("/openapi/v3")).paths)) {
  if (path !== "api/v1" && !/^apis\/[^/]+\/[^/]+$/.test(path)) continue;
  const document = await get(`/openapi/v3/${path}`);
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    definitions[name] ??= packDefinition(name, schema, structs);
  }
}
const lines = Object.keys(definitions)
  .sort()
  .map((name) => `${JSON.stringify(name)}:${JSON.stringify(definitions[name])}`);
const text = `{\n${lines.join(",\n")}\n}\n`;
writeFileSync(new URL("../src/kube/schema/schema.data.json", import.meta.url), text);
console.log(`${lines.length} definitions, ${text.length} bytes`);
