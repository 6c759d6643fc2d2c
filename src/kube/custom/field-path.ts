/** Paths as definitions write them: `.spec.replicas`, `.spec.map['key']`. */
import { type StructuralSchema, valuesOf } from "./structural-schema.ts";

/** Where a path leads, or why it leads nowhere. */
export type FollowedPath =
  | { readonly ok: true; readonly path: string; readonly schema: StructuralSchema }
  | { readonly ok: false; readonly why: string };

/** Follows a path through a schema. `path` comes back as errors spell it. */
export function followPath(root: StructuralSchema, text: string, allowsKeys = true): FollowedPath {
  let schema = root;
  let path = "";
  const tokens = text.match(/'(?:\\.|[^'\\])*'|[.[\]]|[^.[\]']+|'/g) ?? [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === "[" && !allowsKeys) return { ok: false, why: "array notation is not allowed" };
    if (token !== "." && token !== "[") return { ok: false, why: `expected [ or . but got: ${token}` };
    const word = tokens[++i];
    if (word === undefined) return { ok: false, why: "unexpected end of JSON path" };
    if (token === "[" && !/^'.*'$/s.test(word)) {
      return { ok: false, why: `expected single quoted string but got ${word}` };
    }
    const name = token === "[" ? word.slice(1, -1).replace(/\\(['\\])/g, "$1") : word;
    const values = valuesOf(schema);
    const next = schema.properties === undefined ? values : schema.properties[name];
    if (next === undefined) return { ok: false, why: "does not refer to a valid field" };
    const isField = schema.properties !== undefined;
    path += isField ? (path === "" ? name : `.${name}`) : `[${name}]`;
    schema = next;
    if (token === "[" && tokens[++i] !== "]") return { ok: false, why: "unexpected end of JSON path" };
  }
  return { ok: true, path, schema };
}
