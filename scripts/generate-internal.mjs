// Writes src/kube/validation/internal.data.json: how Kubernetes' own types, which have no JSON names, print as JSON. Some errors
// show values in that form (`Invalid value: {"Name":"","GenerateName":"",...}: field is immutable`), so it belongs to the API.
// Usage: node scripts/generate-internal.mjs KUBERNETES_DIR API_DIR   (sources of k8s.io/kubernetes and k8s.io/api)
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [kubernetes, api] = process.argv.slice(2);
const GROUPS = {
  core: "v1",
  batch: "v1",
  networking: "v1",
  rbac: "v1",
  storage: "v1",
  autoscaling: "v2",
  flowcontrol: "v1",
};
const ROOTS = [
  "core.PodTemplateSpec",
  "core.PersistentVolumeClaimSpec",
  "core.PersistentVolumeSpec",
  "core.PersistentVolumeSource",
  "core.EndpointSubset",
  "core.Taint",
  "batch.JobSpec",
  "networking.IngressSpec",
  "networking.NetworkPolicySpec",
  "networking.ParentReference",
  "rbac.RoleRef",
  "flowcontrol.FlowSchemaSpec",
  "flowcontrol.PriorityLevelConfigurationSpec",
  "storage.VolumeAttachmentSpec",
  "autoscaling.HorizontalPodAutoscalerSpec",
];

function readStructs(folder) {
  const structs = new Map();
  const aliases = new Map();
  for (const file of readdirSync(folder).filter((name) => /types\.go$/.test(name))) {
    const text = readFileSync(join(folder, file), "utf8");
    for (const [, name, body] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
      const fields = [];
      for (const [, field, type, tag] of body.matchAll(
        /^\t(?:(\w+)[ \t]+)?([*[\]\w.]+)(?:[ \t]+`json:"([^",]*)[^`]*`)?[ \t]*(?:\/\/.*)?$/gm,
      )) {
        fields.push({ name: field, type, json: tag });
      }
      structs.set(name, fields);
    }
    for (const [, name, type] of text.matchAll(/^type (\w+) ([*[\]\w.]+)$/gm)) aliases.set(name, type);
  }
  return { structs, aliases };
}

const internal = {};
const versioned = {};
for (const [group, version] of Object.entries(GROUPS)) {
  internal[group] = readStructs(join(kubernetes, "pkg/apis", group));
  versioned[group] = readStructs(join(api, group, version));
}

/** The JSON names of a versioned struct by Go name, with those of what it embeds. */
function jsonNames(group, name) {
  const names = {};
  for (const field of versioned[group].structs.get(name) ?? []) {
    if (field.name) names[field.name] = field.json;
    else if (field.json) names[field.type.split(".").at(-1)] = field.json;
    else Object.assign(names, jsonNames(group, field.type.split(".").at(-1)));
  }
  return names;
}

const lower = (name) => name[0].toLowerCase() + name.slice(1);
const out = {};

/** "text", "number", "flag" and "none" say what stands for nothing; a struct is named, with "*", "[]" or "{}" before it. */
function typeCode(group, type) {
  if (type.startsWith("*") || type.startsWith("[]")) {
    const mark = type.startsWith("*") ? "*" : "[]";
    const inner = typeCode(group, type.slice(mark.length));
    return inner.includes(".") ? mark + inner : "none";
  }
  if (type.startsWith("map[")) {
    const inner = typeCode(group, type.slice(type.indexOf("]") + 1));
    return inner.includes(".") ? `{}${inner}` : "none";
  }
  if (type === "string") return "text";
  if (/^u?int(\d+)?$|^float64$/.test(type)) return "number";
  if (type === "bool") return "flag";
  const [from, name] = type.includes(".") ? type.split(".") : [group, type];
  const owner = from === "api" || from === "v1" ? "core" : from;
  if (owner === "resource") return "quantity";
  if (owner === "intstr") return "number";
  if (owner === "types") return "text";
  if (owner === "metav1" && name === "ObjectMeta") return "object";
  if (owner === "metav1" && name === "LabelSelector") return "object";
  if (!(owner in internal)) return "none";
  if (internal[owner].structs.has(name)) {
    describe(owner, name);
    return `${owner}.${name}`;
  }
  const alias = internal[owner].aliases.get(name);
  return alias === undefined ? "none" : typeCode(owner, alias);
}

function describe(group, name) {
  const key = `${group}.${name}`;
  if (key in out) return;
  out[key] = [];
  const fields = [];
  const names = jsonNames(group, name);
  const add = (structName) => {
    for (const { name: field, type } of internal[group].structs.get(structName)) {
      const bare = type.split(".").at(-1);
      if (field) fields.push([field, names[field] ?? lower(field), typeCode(group, type)]);
      // Metadata is embedded, so its fields stand among the others'.
      else if (bare === "ObjectMeta") fields.push(["", "metadata", "object"]);
      else if (bare !== "TypeMeta") add(bare);
    }
  };
  add(name);
  out[key] = fields;
}

for (const root of ROOTS) describe(...root.split("."));
const lines = Object.keys(out)
  .sort()
  .map((key) => `${JSON.stringify(key)}:${JSON.stringify(out[key].map((field) => field.join(" ")))}`);
const text = `{\n${lines.join(",\n")}\n}\n`;
writeFileSync(new URL("../src/kube/validation/internal.data.json", import.meta.url), text);
console.log(`${lines.length} types, ${text.length} bytes`);
