/** The operators of the language, as functions with cel-go's overload identifiers. */
import { type Functions, member, type Overload, plain } from "./environment.ts";
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  INT,
  listOf,
  mapOf,
  STRING,
  TIMESTAMP,
  typeParameter,
  UINT,
} from "./types.ts";
import {
  CelError,
  CelList,
  type CelMap,
  type CelValue,
  compare,
  Duration,
  equal,
  INT_MAX,
  INT_MIN,
  isMap,
  LiteralMap,
  lengthOf,
  noSuchOverload,
  Timestamp,
  UINT_MAX,
  UnsignedInt,
} from "./values.ts";

const A = typeParameter("A");
const B = typeParameter("B");
const LIST = listOf(A);
const MAP = mapOf(A, B);

/** Evaluated where they stand, because they do not need all of their arguments: see `evaluate.ts`. */
const inPlace = () => {
  throw noSuchOverload();
};

export function asInt(value: bigint): bigint {
  if (value > INT_MAX || value < INT_MIN) throw new CelError("integer overflow");
  return value;
}

export function asUint(value: bigint): UnsignedInt {
  if (value < 0n || value > UINT_MAX) throw new CelError("unsigned integer overflow");
  return new UnsignedInt(value);
}

function asDuration(nanos: bigint): Duration {
  if (nanos > INT_MAX || nanos < INT_MIN) throw new CelError("integer overflow");
  return new Duration(nanos);
}

const TIME_MIN = -62_135_596_800n * 1_000_000_000n;
const TIME_MAX = 253_402_300_799_999_999_999n;

export function asTimestamp(nanos: bigint): Timestamp {
  if (nanos < TIME_MIN || nanos > TIME_MAX) throw new CelError("timestamp overflow");
  return new Timestamp(nanos);
}

function ints(id: string, operate: (one: bigint, other: bigint) => bigint): Overload {
  return plain(`${id}_int64`, [INT, INT], INT, (one, other) =>
    asInt(operate(one as bigint, other as bigint)),
  );
}

function uints(id: string, operate: (one: bigint, other: bigint) => bigint): Overload {
  return plain(`${id}_uint64`, [UINT, UINT], UINT, (one, other) =>
    asUint(operate((one as UnsignedInt).value, (other as UnsignedInt).value)),
  );
}

function doubles(id: string, operate: (one: number, other: number) => number): Overload {
  return plain(`${id}_double`, [DOUBLE, DOUBLE], DOUBLE, (one, other) =>
    operate(one as number, other as number),
  );
}

function nanosOf(value: CelValue | undefined): bigint {
  return (value as Timestamp | Duration).nanos;
}

function divided(one: bigint, other: bigint): bigint {
  if (other === 0n) throw new CelError("division by zero");
  return one / other;
}

function remainder(one: bigint, other: bigint): bigint {
  if (other === 0n) throw new CelError("modulus by zero");
  return one % other;
}

const ARITHMETIC: Functions = {
  "_+_": [
    plain("add_bytes", [BYTES, BYTES], BYTES, (one, other) =>
      Uint8Array.from([...(one as Uint8Array), ...(other as Uint8Array)]),
    ),
    doubles("add", (one, other) => one + other),
    plain("add_duration_duration", [DURATION, DURATION], DURATION, (one, other) =>
      asDuration(nanosOf(one) + nanosOf(other)),
    ),
    plain("add_duration_timestamp", [DURATION, TIMESTAMP], TIMESTAMP, (one, other) =>
      asTimestamp(nanosOf(one) + nanosOf(other)),
    ),
    plain("add_timestamp_duration", [TIMESTAMP, DURATION], TIMESTAMP, (one, other) =>
      asTimestamp(nanosOf(one) + nanosOf(other)),
    ),
    ints("add", (one, other) => one + other),
    plain("add_list", [LIST, LIST], LIST, (one, other) => joined(one as CelList, other as CelList)),
    plain("add_string", [STRING, STRING], STRING, (one, other) => `${one}${other}`),
    uints("add", (one, other) => one + other),
  ],
  "_-_": [
    doubles("subtract", (one, other) => one - other),
    plain("subtract_duration_duration", [DURATION, DURATION], DURATION, (one, other) =>
      asDuration(nanosOf(one) - nanosOf(other)),
    ),
    ints("subtract", (one, other) => one - other),
    plain("subtract_timestamp_duration", [TIMESTAMP, DURATION], TIMESTAMP, (one, other) =>
      asTimestamp(nanosOf(one) - nanosOf(other)),
    ),
    plain("subtract_timestamp_timestamp", [TIMESTAMP, TIMESTAMP], DURATION, (one, other) =>
      asDuration(nanosOf(one) - nanosOf(other)),
    ),
    uints("subtract", (one, other) => one - other),
  ],
  "_*_": [
    doubles("multiply", (one, other) => one * other),
    ints("multiply", (one, other) => one * other),
    uints("multiply", (one, other) => one * other),
  ],
  "_/_": [doubles("divide", (one, other) => one / other), ints("divide", divided), uints("divide", divided)],
  "_%_": [ints("modulo", remainder), uints("modulo", remainder)],
  "-_": [
    plain("negate_double", [DOUBLE], DOUBLE, (value) => -(value as number)),
    plain("negate_int64", [INT], INT, (value) => asInt(-(value as bigint))),
  ],
};

/** Lists whose order means nothing keep one element of each identity, the later in the place of the former. */
function joined(one: CelList, other: CelList): CelList {
  if (one.isGathering) {
    (one.items as CelValue[]).push(...other.items);
    return one;
  }
  const { traits } = one;
  if (traits === undefined) return new CelList([...one.items, ...other.items]);
  const items = [...one.items];
  for (const item of other.items) {
    const identity = new CelList(traits.identityOf(item));
    const at = items.findIndex((each) => equal(new CelList(traits.identityOf(each)), identity));
    if (at === -1) items.push(item);
    else items[at] = item;
  }
  return new CelList(items, traits);
}

/** Which types can be put in order, and which numbers of different types. */
const ORDERED: readonly (readonly [string, CelType, CelType])[] = [
  ["bool", BOOL, BOOL],
  ["int64", INT, INT],
  ["int64_double", INT, DOUBLE],
  ["int64_uint64", INT, UINT],
  ["uint64", UINT, UINT],
  ["uint64_double", UINT, DOUBLE],
  ["uint64_int64", UINT, INT],
  ["double", DOUBLE, DOUBLE],
  ["double_int64", DOUBLE, INT],
  ["double_uint64", DOUBLE, UINT],
  ["string", STRING, STRING],
  ["bytes", BYTES, BYTES],
  ["timestamp", TIMESTAMP, TIMESTAMP],
  ["duration", DURATION, DURATION],
];

function ordering(id: string, holds: (order: number) => boolean): readonly Overload[] {
  return ORDERED.map(([suffix, one, other]) =>
    plain(`${id}_${suffix}`, [one, other], BOOL, (left, right) =>
      holds(compare(left as CelValue, right as CelValue)),
    ),
  );
}

const RELATIONS: Functions = {
  "_==_": [plain("equals", [A, A], BOOL, (one, other) => equal(one as CelValue, other as CelValue))],
  "_!=_": [plain("not_equals", [A, A], BOOL, (one, other) => !equal(one as CelValue, other as CelValue))],
  "_<_": ordering("less", (order) => order < 0),
  "_<=_": ordering("less_equals", (order) => order <= 0),
  "_>_": ordering("greater", (order) => order > 0),
  "_>=_": ordering("greater_equals", (order) => order >= 0),
};

const LOGIC: Functions = {
  "_&&_": [plain("logical_and", [BOOL, BOOL], BOOL, inPlace)],
  "_||_": [plain("logical_or", [BOOL, BOOL], BOOL, inPlace)],
  "!_": [plain("logical_not", [BOOL], BOOL, (value) => !value)],
  "_?_:_": [plain("conditional", [BOOL, A, A], A, inPlace)],
  "@not_strictly_false": [plain("not_strictly_false", [BOOL], BOOL, inPlace)],
};

const COLLECTIONS: Functions = {
  "_[_]": [plain("index_list", [LIST, INT], A, inPlace), plain("index_map", [MAP, A], B, inPlace)],
  "@in": [
    plain("in_list", [A, LIST], BOOL, (value, list) =>
      (list as CelList).items.some((each) => equal(each, value as CelValue)),
    ),
    plain("in_map", [A, MAP], BOOL, (key, map) => isIn(key as CelValue, map as CelMap)),
  ],
  size: [
    plain("size_bytes", [BYTES], INT, (value) => BigInt((value as Uint8Array).length)),
    member("bytes_size", [BYTES], INT, (value) => BigInt((value as Uint8Array).length)),
    plain("size_list", [LIST], INT, (value) => BigInt((value as CelList).items.length)),
    member("list_size", [LIST], INT, (value) => BigInt((value as CelList).items.length)),
    plain("size_map", [MAP], INT, (value) => BigInt((value as CelMap).size)),
    member("map_size", [MAP], INT, (value) => BigInt((value as CelMap).size)),
    plain("size_string", [STRING], INT, (value) => BigInt(lengthOf(value as string))),
    member("string_size", [STRING], INT, (value) => BigInt(lengthOf(value as string))),
  ],
  "cel.@mapInsert": [
    plain("@mapInsert_map_map", [MAP, MAP], MAP, (map, entries) =>
      inserted(map as CelMap, entries as CelMap),
    ),
    plain("@mapInsert_map_key_value", [MAP, A, B], MAP, (map, key, value) =>
      inserted(map as CelMap, new LiteralMap([[key as CelValue, value as CelValue]])),
    ),
  ],
};

function isIn(key: CelValue, map: CelMap): boolean {
  const isKey = typeof key !== "object" || key instanceof UnsignedInt;
  return isKey && map.get(key) !== undefined;
}

function inserted(map: CelMap, more: CelMap): CelMap {
  const entries: (readonly [CelValue, CelValue])[] = [];
  for (const source of [map, more]) {
    for (const key of source.keys()) {
      if (source === more && map.get(key) !== undefined) {
        throw new CelError(
          `insert failed: key ${key instanceof UnsignedInt ? key.value : key} already exists`,
        );
      }
      entries.push([key, source.get(key) as CelValue]);
    }
  }
  return new LiteralMap(entries);
}

export const OPERATORS: readonly Functions[] = [LOGIC, RELATIONS, ARITHMETIC, COLLECTIONS];

/** A value that is a map, for functions that take any. */
export function asMap(value: CelValue | undefined): CelMap {
  if (typeof value !== "object" || value === null || !isMap(value)) throw noSuchOverload();
  return value;
}
