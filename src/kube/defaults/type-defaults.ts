import { type Fields, setAbsent, setZero } from "./absent.ts";

/** Fills in what a type defaults; the same reference when there was nothing to do. */
export type TypeDefaults = (object: Fields) => Fields;

/** Defaults by a type's full name. */
export type DefaultsTable = Readonly<Record<string, TypeDefaults>>;

/** A type whose defaults depend on nothing but the absence of fields. */
export function absentAre(defaults: Fields): TypeDefaults {
  const frozen = Object.freeze(defaults);
  return (object) => setAbsent(object, frozen);
}

/** A type whose defaults take the place of zeroes that the API would have written. */
export function zeroesAre(defaults: Fields): TypeDefaults {
  const frozen = Object.freeze(defaults);
  return (object) => setZero(object, frozen);
}
