/** Kubernetes' own functions of lists. */
import { type Functions, member, type Overload } from "../../base/cel/environment.ts";
import { OPERATORS } from "../../base/cel/operators.ts";
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  INT,
  listOf,
  STRING,
  TIMESTAMP,
  typeParameter,
  UINT,
} from "../../base/cel/types.ts";
import {
  CelError,
  type CelList,
  type CelValue,
  compare,
  Duration,
  equal,
  noSuchOverload,
  typeOf,
  UnsignedInt,
} from "../../base/cel/values.ts";

const SUMMABLE: readonly (readonly [string, CelType, CelValue])[] = [
  ["int", INT, 0n],
  ["uint", UINT, new UnsignedInt(0n)],
  ["double", DOUBLE, 0],
  ["duration", DURATION, new Duration(0n)],
];

const COMPARABLE: readonly (readonly [string, CelType])[] = [
  ["int", INT],
  ["uint", UINT],
  ["double", DOUBLE],
  ["bool", BOOL],
  ["duration", DURATION],
  ["timestamp", TIMESTAMP],
  ["string", STRING],
  ["bytes", BYTES],
];

const A = typeParameter("A");

export const LISTS: Functions = {
  isSorted: COMPARABLE.map(([name, type]) =>
    member(`list_${name}_is_sorted_bool`, [listOf(type)], BOOL, (list) => isSorted(list as CelList)),
  ),
  sum: SUMMABLE.map(([name, type, zero]) =>
    member(`list_${name}_sum_${name}`, [listOf(type)], type, (list) =>
      (list as CelList).items.reduce(add, zero),
    ),
  ),
  max: extremes("max", -1),
  min: extremes("min", 1),
  indexOf: [
    member("list_a_index_of_int", [listOf(A), A], INT, (list, item) =>
      BigInt((list as CelList).items.findIndex((each) => equal(each, item as CelValue))),
    ),
  ],
  lastIndexOf: [
    member("list_a_last_index_of_int", [listOf(A), A], INT, (list, item) =>
      BigInt((list as CelList).items.findLastIndex((each) => equal(each, item as CelValue))),
    ),
  ],
};

/** What has no order counts as being in order: so it is in Kubernetes. */
function orderOf(one: CelValue, other: CelValue): number {
  try {
    return compare(one, other);
  } catch (error) {
    if (error instanceof CelError) return 0;
    throw error;
  }
}

function isSorted({ items }: CelList): boolean {
  return items.every((item, i) => i === 0 || orderOf(items[i - 1] as CelValue, item) <= 0);
}

const ADDITIONS = OPERATORS.flatMap((functions) => functions["_+_"] ?? []);

function add(sum: CelValue, item: CelValue): CelValue {
  const [left, right] = [typeOf(sum), typeOf(item)];
  const takes = ({ parameters: [one, other] }: Overload) =>
    one?.kind === left.kind && other?.kind === right.kind;
  const addition = ADDITIONS.find(takes);
  if (addition === undefined) throw noSuchOverload();
  return addition.call(sum, item);
}

/** The item that no other goes before, in the order that `worse` tells: what the best so far is to a better one. */
function extremes(name: string, worse: number): readonly Overload[] {
  const best = ({ items }: CelList): CelValue => {
    const [first] = items;
    if (first === undefined) throw new CelError(`${name} called on empty list`);
    return items.reduce((found, item) => (orderOf(found, item) === worse ? item : found), first);
  };
  return COMPARABLE.map(([type, element]) =>
    member(`list_${type}_${name}_${type}`, [listOf(element)], element, (list) => best(list as CelList)),
  );
}
