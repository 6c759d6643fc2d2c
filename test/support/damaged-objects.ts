/** Objects that nobody should send: recorded ones with a few places broken at random, and JSON out of thin air. */
import fc from "fast-check";
import type { Kind } from "../../src/kube/kind.ts";
import { findKind } from "../../src/kube/kinds.ts";
import { readGolden } from "./golden.ts";

type Json = Readonly<Record<string, unknown>>;

/** A kind, a whole object of it and the same object after the damage. */
export interface DamagedObject {
  readonly kind: Kind;
  readonly whole: Json;
  readonly damaged: unknown;
}

/** Objects of every kind that was recorded, one to four places of each replaced, removed or added to. */
export function damagedObject(): fc.Arbitrary<DamagedObject> {
  const wholes = recordedObjects();
  const damages = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...DAMAGES), oddValue), {
    minLength: 1,
    maxLength: 4,
  });
  return fc.tuple(fc.constantFrom(...wholes), damages).map(([whole, blows]) => {
    const damaged = structuredClone(whole);
    for (const [at, damage, value] of blows) {
      const places = placesOf(damaged);
      const place = places[at % places.length];
      if (place !== undefined) damage(place, value);
    }
    return { kind: kindOf(whole), whole, damaged };
  });
}

/** Whole objects of every kind that was recorded. */
export function recordedObjects(): readonly Json[] {
  return GOLDEN_FILES.flatMap((file) => readGolden(file).flatMap(({ lines }) => lines.flatMap(objectOf)));
}

const GOLDEN_FILES = [
  "defaults.txt",
  ...["pods", "workloads", "others", "custom-kinds"].map((area) => `validation/${area}.txt`),
];

/** The object of a recorded line, if there is a whole one in it. */
function objectOf(line: string): Json[] {
  const json = /^(?:CREATE |UPDATE )?(\{"(?:apiVersion|kind)".*)$/.exec(line)?.[1];
  return json === undefined ? [] : [JSON.parse(json) as Json];
}

/** JSON of any shape, some of it with field names that mean something. */
export function strangeJson(): fc.Arbitrary<unknown> {
  const name = fc.constantFrom(
    "metadata",
    "spec",
    "status",
    "template",
    "containers",
    "name",
    "labels",
    "ports",
    "a",
  );
  return fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 6 },
      oddValue,
      fc.array(tie("json"), { maxLength: 3 }),
      fc.dictionary(name, tie("json"), { maxKeys: 5 }),
    ),
  })).json;
}

const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    "",
    "x",
    "A_b",
    "a b",
    "1Gi",
    "-1",
    "50%",
    "%",
    "__proto__",
    "constructor",
    "10.0.0.1",
    "\u0000",
  ),
  fc.constantFrom(0, -1, 1.5, 80, 70_000, 1e19, -0, true, false),
  fc.constantFrom([], {}, [null], [[]], [{}], { "": null }, { name: "a" }, ["a", "a"]),
  fc.jsonValue({ maxDepth: 2 }),
);

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** Every place of a value, lists being holders with numbers for keys. */
function placesOf(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesOf(holder[key])]);
}

const DAMAGES: readonly ((place: Place, value: unknown) => void)[] = [
  ({ holder, key }, value) => {
    holder[key] = structuredClone(value);
  },
  ({ holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  },
  ({ holder, key }, value) => {
    if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
    else holder[typeof value === "string" ? value : "extra"] = structuredClone(value);
  },
];

function kindOf({ apiVersion, kind }: Json): Kind {
  const found = findKind(String(apiVersion), String(kind));
  if (found === undefined) throw new Error(`no kind ${kind} in ${apiVersion}`);
  return found;
}
