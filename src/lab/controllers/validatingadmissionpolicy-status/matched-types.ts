import { structuralOf } from "../../../kube/cel/built-in-types.ts";
import type { MatchedType } from "../../../kube/cel/type-checking.ts";
import type { StructuralSchema } from "../../../kube/custom/structural-schema.ts";
import { apiVersionOf, type Kind } from "../../../kube/kind.ts";
import { customResourceDefinitions } from "../../../kube/kinds.ts";
import { schemaNamed, schemaOf } from "../../../kube/schema/schema.ts";
import type { NamedRule } from "../../apiserver/admission/policies/policy-objects.ts";
import type { Api } from "../../apiserver/api.ts";

/** So many kinds of one rule are looked at; nothing is after them. */
const KINDS_MAX = 10;

/** The kinds that a policy's rules name, by group, version and kind. Rules with wildcards name none, nor do subresources. */
export function kindsNamed(rules: readonly NamedRule[], served: readonly Kind[]): readonly Kind[] {
  const found = new Set<Kind>();
  for (const rule of rules) {
    const kinds = kindsOf(rule, served);
    for (const kind of kinds.slice(0, KINDS_MAX)) found.add(kind);
    if (kinds.length >= KINDS_MAX) break;
  }
  return [...found].sort(
    (a, b) => inOrder(a.group, b.group) || inOrder(a.version, b.version) || inOrder(a.kind, b.kind),
  );
}

function kindsOf(
  { apiGroups = [], apiVersions = [], resources = [] }: NamedRule,
  served: readonly Kind[],
): readonly Kind[] {
  if ([...apiGroups, ...apiVersions].some((each) => each.includes("*"))) return [];
  const plain = resources.filter((resource) => !/[*/]/.test(resource)).sort();
  return [...apiGroups].sort().flatMap((group) =>
    [...apiVersions].sort().flatMap((version) =>
      plain.flatMap((plural) =>
        served.filter(
          (kind) =>
            kind.plural === plural &&
            kind.version === version &&
            // To the real one's look-up, no group is any group.
            (group === "" || kind.group === group),
        ),
      ),
    ),
  );
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The type of a kind's objects; nothing where nothing is known of them. */
export function typeOf(api: Api, kind: Kind): MatchedType | undefined {
  const schema = builtIn(kind) ?? custom(api, kind);
  const { group, version, kind: name } = kind;
  return schema && { title: `${group}/${version}, Kind=${name}`, kind: name, schema };
}

const known = new Map<string, StructuralSchema>();

function builtIn(kind: Kind): StructuralSchema | undefined {
  const id = `${apiVersionOf(kind)}/${kind.kind}`;
  const schema = known.has(id) ? undefined : schemaOf(kind);
  if (schema !== undefined) known.set(id, structuralOf(schema));
  return known.get(id);
}

const META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

function custom(api: Api, { group, version, plural }: Kind): StructuralSchema | undefined {
  const definition = api.get(customResourceDefinitions, undefined, `${plural}.${group}`);
  const found = definition?.spec.versions.find(({ name }) => name === version)?.schema?.openAPIV3Schema as
    | StructuralSchema
    | undefined;
  const meta = schemaNamed(META);
  if (found === undefined || meta === undefined) return undefined;
  const text = { type: "string" } as const;
  const own = { apiVersion: text, kind: text, metadata: structuralOf(meta) };
  return { ...found, properties: { ...found.properties, ...own } };
}
