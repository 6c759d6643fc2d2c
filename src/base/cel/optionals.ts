/** Functions of optional values, in every version that cel-go has. */
import { type Functions, member, plain } from "./environment.ts";
import { BOOL, INT, listOf, mapOf, optionalOf, typeParameter } from "./types.ts";
import {
  CelError,
  CelList,
  type CelValue,
  Duration,
  isMap,
  OPTIONAL_NONE,
  Optional,
  Timestamp,
  UnsignedInt,
} from "./values.ts";

const V = typeParameter("V");
const K = typeParameter("K");
const OPTIONAL = optionalOf(V);
const MAP = mapOf(K, V);

const inPlace = () => OPTIONAL_NONE;

export const OPTIONALS: Functions = {
  "optional.of": [plain("optional_of", [V], OPTIONAL, (value) => new Optional(value))],
  "optional.ofNonZeroValue": [
    plain("optional_ofNonZeroValue", [V], OPTIONAL, (value) =>
      isZero(value as CelValue) ? OPTIONAL_NONE : new Optional(value),
    ),
  ],
  "optional.none": [plain("optional_none", [], OPTIONAL, () => OPTIONAL_NONE)],
  value: [
    member("optional_value", [OPTIONAL], V, (optional) => {
      const { value } = optional as Optional;
      if (value === undefined) throw new CelError("optional.none() dereference");
      return value;
    }),
  ],
  hasValue: [
    member("optional_hasValue", [OPTIONAL], BOOL, (optional) => (optional as Optional).value !== undefined),
  ],
  or: [member("optional_or_optional", [OPTIONAL, OPTIONAL], OPTIONAL, inPlace)],
  orValue: [member("optional_orValue_value", [OPTIONAL, V], V, inPlace)],
  last: [
    member("list_last", [listOf(V)], OPTIONAL, (list) => {
      const last = (list as CelList).items.at(-1);
      return last === undefined ? OPTIONAL_NONE : new Optional(last);
    }),
  ],
  first: [
    member("list_first", [listOf(V)], OPTIONAL, (list) => {
      const [first] = (list as CelList).items;
      return first === undefined ? OPTIONAL_NONE : new Optional(first);
    }),
  ],
  "optional.unwrap": [plain("optional_unwrap", [listOf(OPTIONAL)], listOf(V), unwrapped)],
  unwrapOpt: [member("optional_unwrapOpt", [listOf(OPTIONAL)], listOf(V), unwrapped)],
  // Known to the checker, evaluated where they stand.
  "_[?_]": [
    plain("list_optindex_optional_int", [listOf(V), INT], OPTIONAL, inPlace),
    plain("optional_list_optindex_optional_int", [optionalOf(listOf(V)), INT], OPTIONAL, inPlace),
    plain("map_optindex_optional_value", [MAP, K], OPTIONAL, inPlace),
    plain("optional_map_optindex_optional_value", [optionalOf(MAP), K], OPTIONAL, inPlace),
  ],
  "_[_]": [
    plain("optional_list_index_int", [optionalOf(listOf(V)), INT], OPTIONAL, inPlace),
    plain("optional_map_index_value", [optionalOf(MAP), K], OPTIONAL, inPlace),
  ],
};

function unwrapped(list: CelValue | undefined): CelList {
  const items = (list as CelList).items as readonly Optional[];
  return new CelList(items.flatMap(({ value }) => (value === undefined ? [] : [value])));
}

function isZero(value: CelValue): boolean {
  if (value instanceof CelList) return value.items.length === 0;
  if (value instanceof UnsignedInt) return value.value === 0n;
  if (value instanceof Duration) return value.nanos === 0n;
  if (value instanceof Timestamp) return value.nanos === 0n;
  if (value instanceof Uint8Array) return value.length === 0;
  if (typeof value === "object" && value !== null && isMap(value)) return value.size === 0;
  return value === null || value === false || value === 0n || value === 0 || value === "";
}
