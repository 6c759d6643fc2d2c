import { fnv32, safeEncode } from "../../../base/hash.ts";
import type { PodTemplateSpec } from "../../../kube/types/index.ts";

/** JSON with the keys in order and without absent fields, so that equal content gives equal text. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
  return `{${fields.join(",")}}`;
}

/**
 * The pod-template-hash of a template. Kubernetes hashes a dump of its Go structures, which nothing but Go can make;
 * this hashes the content, with the same alphabet and length, so names look alike and equal templates have equal names.
 */
export function hashOfTemplate(template: PodTemplateSpec, collisionCount: number | undefined): string {
  return hashOf(template, collisionCount);
}

/** The hash of any JSON content, as names carry it. `collisionCount` makes another one when a name is taken. */
export function hashOf(content: unknown, collisionCount: number | undefined): string {
  const hash = fnv32(
    collisionCount === undefined ? "" : String(collisionCount),
    fnv32(canonicalJson(content)),
  );
  return safeEncode(String(hash));
}
