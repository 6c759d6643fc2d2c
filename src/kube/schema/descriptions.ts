/**
 * What types and fields mean, in sentences of our own: what `kubectl explain` shows. Every kind has one, and of the fields those
 * that people write; the rest are shown without (docs/decisions/0008-own-descriptions.md).
 */
import { readFileSync } from "node:fs";

let known: ReadonlyMap<string, string> | undefined;

function sentences(): ReadonlyMap<string, string> {
  known ??= new Map(
    Object.entries(
      JSON.parse(readFileSync(new URL("./descriptions.data.json", import.meta.url), "utf8")) as Readonly<
        Record<string, string>
      >,
    ),
  );
  return known;
}

/** What a type is, by its OpenAPI name: "io.k8s.api.apps.v1.Deployment". */
export function typeDescription(name: string): string | undefined {
  return sentences().get(shortName(name));
}

/** What a field of a type is. */
export function fieldDescription(type: string, field: string): string | undefined {
  return sentences().get(`${shortName(type)}.${field}`);
}

/** What the fields are that every kind has: "metadata", "spec". */
export function commonDescription(field: string): string | undefined {
  return sentences().get(`*.${field}`);
}

/** Group, version and type: "apps.v1.Deployment". */
function shortName(name: string): string {
  return name.split(".").slice(-3).join(".");
}
