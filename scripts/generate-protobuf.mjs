// Writes src/kube/protobuf/protobuf.data.json: how every API object is laid out in Kubernetes' protobuf encoding. Numbers and
// types come from the generated.proto files; JSON names, and what Go leaves out of JSON, from the tags of the Go structs beside.
// Usage: node scripts/generate-protobuf.mjs GO_SOURCE_DIR...   (folders of k8s.io/api, apimachinery, apiextensions-apiserver, kube-aggregator)
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Packages whose objects a server takes: stable versions, those that it serves when asked to, and what they share. */
const WANTED = /\.(v1|v2|runtime|resource|intstr)$|\.admissionregistration\.v1beta1$/;
/** Packages that only servers and tests speak. */
const UNWANTED = /\.(admission|apidiscovery|testapigroup)\./;
const SCALARS = new Set(["string", "bool", "int32", "int64", "bytes", "double"]);

/** Fields of Go structs by protobuf number: JSON name, and whether Go writes a zero. */
function readGoStructs(folder) {
  const structs = new Map();
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".go") || name.endsWith("_test.go") || name.startsWith("generated")) continue;
    const text = readFileSync(join(folder, name), "utf8");
    for (const [, struct, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
      const fields = new Map();
      for (const line of body.split("\n")) {
        const tag = /^\s+(?:\w+\s+)?(\*?)[\w.[\]*]+\s+`json:"([^"]*)".*protobuf:"\w+,(\d+),/.exec(line);
        if (tag === null) continue;
        const [, pointer, json, number] = tag;
        const [jsonName, ...options] = json.split(",");
        fields.set(number, {
          jsonName,
          inline: options.includes("inline"),
          pointer: pointer !== "",
          omitempty: options.includes("omitempty"),
        });
      }
      structs.set(struct, fields);
    }
  }
  return structs;
}

function groupOf(folder) {
  const register = join(folder, "register.go");
  if (!existsSync(register)) return undefined;
  return /GroupName\s*=\s*"([^"]*)"/.exec(readFileSync(register, "utf8"))?.[1];
}

/**
 * "jsonName type flags". Types of the same package go without it. Flags: [ list, { map, ^ its fields stand in the parent,
 * ! a zero is told too. A list with ^ is the whole message: in Go it is a slice with a name.
 */
function fieldText({ label, type, name, number }, go, packageName) {
  const own = go?.get(number) ?? { jsonName: name, inline: false, pointer: false, omitempty: true };
  const map = /^map<string, (.*)>$/.exec(type);
  const full = (map?.[1] ?? type).replace(/^\./, "");
  const short = full.startsWith(`${packageName}.`) ? full.slice(packageName.length + 1) : full;
  const told = own.pointer || (SCALARS.has(full) && !own.omitempty);
  const flags = `${label === "repeated" ? "[" : ""}${map ? "{" : ""}${own.inline ? "^" : ""}${told ? "!" : ""}`;
  return [own.jsonName === "-" ? name : own.jsonName || name, short, flags].join(" ").trim();
}

const packages = {};
for (const source of process.argv.slice(2)) {
  for (const path of readdirSync(source, { recursive: true })) {
    if (!path.endsWith("generated.proto")) continue;
    const text = readFileSync(join(source, path), "utf8");
    const packageName = /^package ([\w.]+);/m.exec(text)?.[1] ?? "";
    if (!WANTED.test(packageName) || UNWANTED.test(packageName)) continue;
    const folder = dirname(join(source, path));
    const structs = readGoStructs(folder);
    const messages = {};
    for (const [, message, body] of text.matchAll(/^message (\w+) \{\n([\s\S]*?)^\}/gm)) {
      // Lists are only ever sent by servers.
      if (message.endsWith("List") && /repeated \w+ items = /.test(body)) continue;
      const fields = {};
      for (const [, label, type, name, number] of body.matchAll(
        /^ {2}(?:(optional|repeated) )?(map<string, [\w.]+>|[\w.]+) (\w+) = (\d+);/gm,
      )) {
        fields[number] = fieldText({ label, type, name, number }, structs.get(message), packageName);
      }
      // A slice with a name, which protobuf has no word for.
      if (!structs.has(message) && fields[1]?.startsWith("items ")) fields[1] += "^";
      messages[message] = fields;
    }
    const group = groupOf(folder);
    packages[packageName] = {
      ...(group === undefined ? {} : { group, version: packageName.split(".").at(-1) }),
      messages,
    };
  }
}

const sorted = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
const lines = sorted.map(([name, { messages, ...rest }]) => {
  const rows = Object.entries(messages).map(
    ([message, fields]) => `${JSON.stringify(message)}:${JSON.stringify(fields)}`,
  );
  return `${JSON.stringify(name)}:{${JSON.stringify(rest).slice(1, -1)}${Object.keys(rest).length > 0 ? "," : ""}"messages":{\n${rows.join(",\n")}}}`;
});
writeFileSync(
  new URL("../src/kube/protobuf/protobuf.data.json", import.meta.url),
  `{\n${lines.join(",\n")}\n}\n`,
);
console.log(`${sorted.length} packages`);
