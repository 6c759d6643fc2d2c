import type { CelType } from "./types.ts";
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  STRING,
  TIMESTAMP,
  TYPE,
  UINT,
} from "./types.ts";
import type { CelValue } from "./values.ts";

/** One way to call a function. */
export interface Overload {
  /** As in cel-go: the cost model knows functions by it. */
  readonly id: string;
  readonly isMember: boolean;
  /** The receiver first, for members. */
  readonly parameters: readonly CelType[];
  readonly result: CelType;
  /** @throws {CelError} */
  call(...args: readonly CelValue[]): CelValue;
}

export type Functions = Readonly<Record<string, readonly Overload[]>>;

/** Types with declared fields, by the name that expressions know them by. */
export interface StructTypes {
  /** The type of a field; `undefined` when the type has no such field. */
  fieldOf(struct: string, field: string): CelType | undefined;
  /** Whether only functions know what to do with values of the type. */
  isFieldless?(struct: string): boolean;
  /** The type that `Name{…}` makes. */
  typeNamed(name: string): CelType | undefined;
}

/** What an expression may speak of. */
export interface Environment {
  readonly functions: ReadonlyMap<string, readonly Overload[]>;
  readonly variables: ReadonlyMap<string, CelType>;
  readonly structs: StructTypes;
}

export const NO_STRUCTS: StructTypes = { fieldOf: () => undefined, typeNamed: () => undefined };

/** An environment with the functions of several libraries. Overloads of one name add up. */
export function environmentOf(libraries: readonly Functions[]): Environment {
  const functions = new Map<string, readonly Overload[]>();
  for (const library of libraries) {
    for (const [name, overloads] of Object.entries(library)) {
      functions.set(name, [...(functions.get(name) ?? []), ...overloads]);
    }
  }
  return { functions, variables: new Map(), structs: NO_STRUCTS };
}

/** The environment with a library besides, whose functions have names of their own. */
export function withFunctions(environment: Environment, library: Functions): Environment {
  return { ...environment, functions: new Map([...environment.functions, ...Object.entries(library)]) };
}

/** The environment with variables besides. */
export function withVariables(
  environment: Environment,
  variables: Iterable<readonly [string, CelType]>,
  structs: StructTypes = environment.structs,
): Environment {
  return { ...environment, variables: new Map([...environment.variables, ...variables]), structs };
}

/** The names of types that stand for themselves in every expression. */
export const TYPE_NAMES: ReadonlyMap<string, CelType> = new Map(
  [BOOL, BYTES, DOUBLE, DURATION, INT, listOf(DYN), mapOf(DYN, DYN), NULL, STRING, TIMESTAMP, TYPE, UINT].map(
    (type) => [type.name, type],
  ),
);

/** An overload of a plain function. */
export function plain(
  id: string,
  parameters: readonly CelType[],
  result: CelType,
  call: Overload["call"],
): Overload {
  return { id, isMember: false, parameters, result, call };
}

/** An overload of a function that is called on its first argument. */
export function member(
  id: string,
  parameters: readonly CelType[],
  result: CelType,
  call: Overload["call"],
): Overload {
  return { id, isMember: true, parameters, result, call };
}
