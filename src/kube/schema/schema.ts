/**
 * The shape of every built-in object, read from a real API server's OpenAPI (`scripts/generate-schema.mjs`) and linked into a
 * graph that is walked without look-ups: `schemaOf(deployments)?.fields.get("spec")?.fields.get("template")…`.
 *
 * A `Schema` describes one place of an object: its JSON type, and how the place is merged (strategic merge patch, server-side
 * apply). Places that refer to the same named type share its `fields`; such a type may contain itself, so never walk the graph
 * without an object to lead the way. The data is read on first use and never changes; custom kinds bring schemas of their own.
 */
import { readFileSync } from "node:fs";
import type { Kind } from "../kind.ts";

/** JSON types, with objects told apart: "object" has known fields, "map" has keys of the user's choice, "any" is free JSON. */
export type SchemaType = "object" | "map" | "list" | "string" | "integer" | "number" | "boolean" | "any";

/**
 * What a plain type means beyond its JSON type. "quantity" and "int-or-string" places may hold numbers as well as texts;
 * "date-time" and "byte" (base64) places hold texts.
 */
export type SchemaFormat = "int32" | "int64" | "double" | "byte" | "date-time" | "quantity" | "int-or-string";

/**
 * - "keep": a zero is kept as given, an absent field stays absent (a pointer in Go).
 * - "drop": a zero is not written; given or not is the same.
 * - "write": always written, so that an absent field appears as zero; lists and maps appear as null.
 * - "null": always written, null when absent.
 */
export type ZeroRule = "keep" | "drop" | "write" | "null";

/** One place of an object. Absent traits are `undefined`, so that every schema has one shape at run time. */
export interface Schema {
  readonly type: SchemaType;
  readonly format: SchemaFormat | undefined;
  /** The named type at this place, e.g. "io.k8s.api.core.v1.PodSpec"; absent for plain values, lists and maps. */
  readonly name: string | undefined;
  /** Of an object: its fields. Of a map: those of its keys whose values are of a type of their own. Empty for all other types. */
  readonly fields: ReadonlyMap<string, Schema>;
  /** Of an object: fields that the API always writes. A client that leaves one out means its zero value. */
  readonly required: readonly string[];
  /** Of a list or map: what it holds. Of an object: present when it may hold more than its fields. */
  readonly element: Schema | undefined;
  readonly enum: readonly string[] | undefined;
  /** The value of an absent field, where OpenAPI tells one: it matters for the keys of associative lists. */
  readonly default: string | number | boolean | undefined;
  /** What the API makes of the field when it is absent or holds its type's zero value (0, "", false, empty). */
  readonly zero: ZeroRule;
  /** Of a list: how server-side apply merges it. A list without a type is atomic. */
  readonly listType: "atomic" | "set" | "map" | undefined;
  /** Of a list of type "map": the fields that identify an item. */
  readonly listMapKeys: readonly string[];
  /** Of an object or map: "atomic" is replaced as a whole by server-side apply. Absent means granular. */
  readonly mapType: "atomic" | "granular" | undefined;
  /** Strategic merge patch: "merge", "replace", "retainKeys" or "merge,retainKeys". */
  readonly patchStrategy: string | undefined;
  /** Strategic merge patch: the one field that identifies an item of a merged list. */
  readonly patchMergeKey: string | undefined;
  /** The type's name in Go, e.g. "v1.DNSPolicy" or "[]v1.Container": decoding errors carry it. */
  readonly goType: string;
}

/** A definition under its full name, with the kind that it is the top type of, if any. */
export interface Definition {
  readonly name: string;
  readonly schema: Schema;
  readonly kind: Pick<Kind, "group" | "version" | "kind"> | undefined;
  /** The unions of the type as OpenAPI v3 spells them (`x-kubernetes-unions`). */
  readonly unions: readonly unknown[] | undefined;
}

/** The schema of a kind's objects, or `undefined` for a kind that is not built in. */
export function schemaOf(kind: Pick<Kind, "group" | "version" | "kind">): Schema | undefined {
  const byVersion = load().byKind.get(kind.kind);
  if (byVersion === undefined) return undefined;
  for (const definition of byVersion) {
    const { group, version } = definition.kind ?? kind;
    if (group === kind.group && version === kind.version) return definition.schema;
  }
  return undefined;
}

/** A named type, e.g. "io.k8s.api.core.v1.PodSpec". */
export function schemaNamed(name: string): Schema | undefined {
  return load().definitions.get(name)?.schema;
}

/** Every named type in order of name. */
export function definitions(): Iterable<Definition> {
  return load().definitions.values();
}

/** Whether server-side apply and strategic merge see the place as one value, whatever is inside. */
export function isAtomic(schema: Schema): boolean {
  if (schema.type === "list") return schema.listType !== "set" && schema.listType !== "map";
  if (schema.type === "object" || schema.type === "map") return schema.mapType === "atomic";
  return true;
}

/** A schema with the given traits and nothing else; how schemas are built that do not come from the data file. */
export function makeSchema(traits: Traits): Schema {
  return {
    type: traits.type,
    format: traits.format,
    name: traits.name,
    fields: traits.fields ?? NO_FIELDS,
    required: traits.required ?? NONE,
    element: traits.element,
    enum: traits.enum,
    default: traits.default,
    zero: traits.zero ?? "keep",
    listType: traits.listType,
    listMapKeys: traits.listMapKeys ?? NONE,
    mapType: traits.mapType,
    patchStrategy: traits.patchStrategy,
    patchMergeKey: traits.patchMergeKey,
    goType: traits.goType ?? traits.type,
  };
}

type Traits = { readonly [K in keyof Schema]?: Schema[K] | undefined } & Pick<Schema, "type">;

const NO_FIELDS: ReadonlyMap<string, Schema> = new Map();
const NONE: readonly string[] = [];

/** How the data file writes a place: the name of a type, or that name with traits. */
type Packed = string | PackedPlace;

interface PackedPlace {
  readonly type: string;
  readonly of?: Packed;
  readonly listType?: "atomic" | "set" | "map";
  readonly keys?: readonly string[];
  readonly mapType?: "atomic" | "granular";
  readonly patch?: string;
  readonly mergeKey?: string;
  readonly enum?: readonly string[];
  readonly default?: string | number | boolean;
  readonly zero?: ZeroRule;
  readonly go?: string;
}

interface PackedDefinition {
  readonly gvk?: readonly [string, string, string];
  readonly required?: readonly string[];
  readonly mapType?: "atomic" | "granular";
  readonly unions?: readonly unknown[];
  readonly fields: Readonly<Record<string, Packed>>;
}

interface Loaded {
  readonly definitions: ReadonlyMap<string, NamedType>;
  readonly byKind: ReadonlyMap<string, readonly Definition[]>;
}

let loaded: Loaded | undefined;

function load(): Loaded {
  loaded ??= link(JSON.parse(readFileSync(new URL("./schema.data.json", import.meta.url), "utf8")));
  return loaded;
}

function link(packed: Readonly<Record<string, PackedDefinition | string>>): Loaded {
  const named = new Map<string, NamedType>();
  const byKind = new Map<string, NamedType[]>();
  for (const name in packed) {
    const type = new NamedType(name, packed[name] as PackedDefinition | string, named);
    named.set(name, type);
    const { kind } = type;
    if (kind === undefined) continue;
    const versions = byKind.get(kind.kind);
    if (versions) versions.push(type);
    else byKind.set(kind.kind, [type]);
  }
  return { definitions: named, byKind };
}

/** Links its fields when they are first asked for: a run that handles ten kinds does not pay for the other fifty. */
class NamedType implements Definition {
  readonly name: string;
  readonly #packed: PackedDefinition | string;
  readonly #named: ReadonlyMap<string, NamedType>;
  #schema: Schema | undefined;
  #fields: ReadonlyMap<string, Schema> | undefined;

  constructor(name: string, packed: PackedDefinition | string, named: ReadonlyMap<string, NamedType>) {
    this.name = name;
    this.#packed = packed;
    this.#named = named;
  }

  get kind(): Definition["kind"] {
    const gvk = typeof this.#packed === "string" ? undefined : this.#packed.gvk;
    return gvk && { group: gvk[0], version: gvk[1], kind: gvk[2] };
  }

  get unions(): readonly unknown[] | undefined {
    return typeof this.#packed === "string" ? undefined : this.#packed.unions;
  }

  get schema(): Schema {
    this.#schema ??= this.place(NO_TRAITS, false);
    return this.#schema;
  }

  get fields(): ReadonlyMap<string, Schema> {
    if (this.#fields !== undefined) return this.#fields;
    const fields = new Map<string, Schema>();
    if (typeof this.#packed !== "string") {
      const required = this.#packed.required ?? NONE;
      for (const field in this.#packed.fields) {
        const isRequired = required.includes(field);
        fields.set(field, linkPlace(this.#packed.fields[field] as Packed, this.#named, { isRequired }));
      }
    }
    this.#fields = fields;
    return fields;
  }

  /** The type at a place that adds traits of its own. */
  place(traits: Partial<PackedPlace>, isRequired: boolean): Schema {
    const body = this.#packed;
    const plain = typeof body === "string" ? plainType(body) : undefined;
    const own: OwnTraits = {
      type: plain?.type ?? "object",
      format: plain?.format,
      name: this.name,
      required: typeof body === "string" ? NONE : (body.required ?? NONE),
      goType: traits.go ?? goNameOf(this.name),
      zero: traits.zero ?? (isRequired ? "write" : this.#packed === "any" ? "drop" : "keep"),
      mapType: traits.mapType ?? (typeof body === "string" ? undefined : body.mapType),
    };
    return new LinkedSchema(own, traits, undefined, plain ? undefined : this);
  }
}

type OwnTraits = Pick<Schema, "type" | "format" | "name" | "required" | "goType" | "mapType" | "zero">;

class LinkedSchema implements Schema {
  readonly type: SchemaType;
  readonly format: SchemaFormat | undefined;
  readonly name: string | undefined;
  readonly required: readonly string[];
  readonly element: Schema | undefined;
  readonly enum: readonly string[] | undefined;
  readonly default: string | number | boolean | undefined;
  readonly zero: ZeroRule;
  readonly listType: "atomic" | "set" | "map" | undefined;
  readonly listMapKeys: readonly string[];
  readonly mapType: "atomic" | "granular" | undefined;
  readonly patchStrategy: string | undefined;
  readonly patchMergeKey: string | undefined;
  readonly goType: string;
  readonly #target: NamedType | undefined;

  constructor(
    own: OwnTraits,
    place: Partial<PackedPlace>,
    element: Schema | undefined,
    target: NamedType | undefined,
  ) {
    this.type = own.type;
    this.format = own.format;
    this.name = own.name;
    this.required = own.required;
    this.element = element;
    this.enum = place.enum;
    this.default = place.default;
    this.zero = own.zero;
    this.listType = place.listType;
    this.listMapKeys = place.keys ?? NONE;
    this.mapType = own.mapType;
    this.patchStrategy = place.patch;
    this.patchMergeKey = place.mergeKey;
    this.goType = own.goType;
    this.#target = target;
  }

  get fields(): ReadonlyMap<string, Schema> {
    return this.#target?.fields ?? NO_FIELDS;
  }
}

const NO_TRAITS: Partial<PackedPlace> = {};

/** What is known of a place from outside it. */
interface Surroundings {
  readonly isRequired?: boolean;
  readonly goType?: string | undefined;
}

function linkPlace(packed: Packed, named: ReadonlyMap<string, NamedType>, around: Surroundings): Schema {
  const word = typeof packed === "string" ? packed : packed.type;
  const place = typeof packed === "string" ? NO_TRAITS : packed;
  const isRequired = around.isRequired ?? false;
  const target = named.get(word);
  if (target !== undefined) return target.place(place, isRequired);
  const go = place.go ?? around.goType;
  const element =
    place.of === undefined ? undefined : linkPlace(place.of, named, { goType: elementGoType(go) });
  const { type, format } = plainType(word);
  const own: OwnTraits = {
    type,
    format,
    name: undefined,
    required: NONE,
    mapType: place.mapType,
    goType: go ?? derivedGoType(word, element),
    zero: place.zero ?? (isRequired ? "write" : "drop"),
  };
  return new LinkedSchema(own, place, element, undefined);
}

function plainType(word: string): Pick<Schema, "type" | "format"> {
  switch (word) {
    case "int32":
    case "int64":
      return { type: "integer", format: word };
    case "double":
      return { type: "number", format: word };
    case "byte":
    case "date-time":
    case "quantity":
    case "int-or-string":
      return { type: "string", format: word };
    default:
      return { type: word as SchemaType, format: undefined };
  }
}

/** "io.k8s.api.core.v1.PodSpec" → "v1.PodSpec". */
function goNameOf(name: string): string {
  return name.slice(name.lastIndexOf(".", name.lastIndexOf(".") - 1) + 1);
}

/** "[]v1.Capability" → "v1.Capability", "map[string]v1.ExtraValue" → "v1.ExtraValue"; a named list or map type hides it. */
function elementGoType(go: string | undefined): string | undefined {
  return go === undefined ? undefined : /^(?:\[\]|map\[[^\]]+\])(.+)$/.exec(go)?.[1];
}

const GO_PLAIN: Readonly<Record<string, string>> = {
  boolean: "bool",
  double: "float64",
  byte: "[]uint8",
};

function derivedGoType(word: string, element: Schema | undefined): string {
  if (word === "list") return `[]${element?.goType}`;
  if (word === "map") return `map[string]${element?.goType}`;
  return GO_PLAIN[word] ?? word;
}
