/**
 * Values of expressions. Integers are bigints, doubles are numbers; lists and maps are behind small classes so that objects of
 * a cluster become values only as far as an expression looks at them.
 */
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  optionalOf,
  STRING,
  TIMESTAMP,
  TYPE,
  UINT,
} from "./types.ts";

export const INT_MAX = 2n ** 63n - 1n;
export const INT_MIN = -(2n ** 63n);
export const UINT_MAX = 2n ** 64n - 1n;

export class UnsignedInt {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** A moment, in nanoseconds since 1970. */
export class Timestamp {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A span of time in nanoseconds. */
export class Duration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A type as a value. */
export class TypeValue {
  readonly type: CelType;
  constructor(type: CelType) {
    this.type = type;
  }
}

/** What `optional.of` and `?` give; nothing is in `OPTIONAL_NONE`. */
export class Optional {
  readonly value: CelValue | undefined;
  constructor(value: CelValue | undefined) {
    this.value = value;
  }
}

export const OPTIONAL_NONE = new Optional(undefined);

/** How lists of a cluster's objects compare and add up when their order means nothing. */
export interface ListTraits {
  /** Of two elements with equal identities only one is in a list. */
  identityOf(element: CelValue): readonly CelValue[];
}

export class CelList {
  readonly items: readonly CelValue[];
  readonly traits: ListTraits | undefined;
  /** Whether a loop is still gathering it, and may add to it in place. */
  readonly isGathering: boolean;
  constructor(items: readonly CelValue[], traits?: ListTraits, isGathering = false) {
    this.items = items;
    this.traits = traits;
    this.isGathering = isGathering;
  }
}

/** A map, or an object with declared fields. */
export interface CelMap {
  readonly isMap: true;
  readonly size: number;
  /** Present when it is an object of that type. */
  readonly struct?: CelType;
  keys(): Iterable<CelValue>;
  get(key: CelValue): CelValue | undefined;
}

/** A value that only functions can look into. */
export abstract class Opaque {
  abstract readonly type: CelType;
  /** What costs are measured by. */
  get size(): number {
    return 1;
  }
  abstract equals(other: Opaque): boolean;
}

export type CelValue =
  | boolean
  | bigint
  | number
  | string
  | null
  | Uint8Array
  | UnsignedInt
  | Timestamp
  | Duration
  | TypeValue
  | Optional
  | CelList
  | CelMap
  | Opaque;

/** An evaluation that came to no value. */
export class CelError extends Error {}

export function noSuchOverload(): CelError {
  return new CelError("no such overload");
}

export function isMap(value: CelValue): value is CelMap {
  return typeof value === "object" && value !== null && "isMap" in value;
}

/** A map that an expression made. */
export class LiteralMap implements CelMap {
  readonly isMap = true;
  readonly struct?: CelType;
  readonly #entries: ReadonlyMap<string, readonly [CelValue, CelValue]>;

  constructor(entries: Iterable<readonly [CelValue, CelValue]>, struct?: CelType) {
    this.#entries = new Map([...entries].map((entry) => [keyOf(entry[0]), entry] as const));
    if (struct !== undefined) this.struct = struct;
  }

  get size(): number {
    return this.#entries.size;
  }

  *keys(): Iterable<CelValue> {
    for (const [key] of this.#entries.values()) yield key;
  }

  get(key: CelValue): CelValue | undefined {
    return this.#entries.get(keyOf(key))?.[1];
  }
}

/** Equal keys have equal texts; numbers of all types are compared by their value. */
export function keyOf(key: CelValue): string {
  if (typeof key === "string") return `s${key}`;
  if (typeof key === "boolean") return `b${key}`;
  const number = numberOf(key);
  if (number === undefined) throw new CelError(`unsupported key type: ${typeName(key)}`);
  return `n${number}`;
}

/** The value of any number; bigint where it is whole. */
function numberOf(value: CelValue): bigint | number | undefined {
  if (typeof value === "bigint") return value;
  if (value instanceof UnsignedInt) return value.value;
  if (typeof value !== "number") return undefined;
  return Number.isInteger(value) ? BigInt(value) : value;
}

/** The type of a value at run time: what is in lists and maps is not looked at. */
export function typeOf(value: CelValue): CelType {
  switch (typeof value) {
    case "boolean":
      return BOOL;
    case "bigint":
      return INT;
    case "number":
      return DOUBLE;
    case "string":
      return STRING;
    default:
      return typeOfObject(value as Exclude<CelValue, boolean | bigint | number | string>);
  }
}

const LIST = listOf(DYN);
const MAP = mapOf(DYN, DYN);
const OPTIONAL = optionalOf(DYN);

function typeOfObject(value: Exclude<CelValue, boolean | bigint | number | string>): CelType {
  if (value === null) return NULL;
  if (value instanceof CelList) return LIST;
  if (value instanceof Uint8Array) return BYTES;
  if (value instanceof UnsignedInt) return UINT;
  if (value instanceof Timestamp) return TIMESTAMP;
  if (value instanceof Duration) return DURATION;
  if (value instanceof TypeValue) return TYPE;
  if (value instanceof Optional) return OPTIONAL;
  if (isMap(value)) return value.struct ?? MAP;
  return value.type;
}

export function typeName(value: CelValue): string {
  return typeOf(value).name;
}

/** Whether two values are equal; values of different types never are, but for numbers. */
export function equal(one: CelValue, other: CelValue): boolean {
  if (typeof one === "number" && typeof other === "number") return one === other;
  const [left, right] = [numberOf(one), numberOf(other)];
  if (left !== undefined && right !== undefined) return left === right;
  if (typeof one !== "object" || one === null || typeof other !== "object" || other === null) {
    return one === other;
  }
  if (one instanceof CelList) return other instanceof CelList && equalLists(one, other);
  if (one instanceof Uint8Array) return other instanceof Uint8Array && compareBytes(one, other) === 0;
  if (one instanceof Timestamp) return other instanceof Timestamp && one.nanos === other.nanos;
  if (one instanceof Duration) return other instanceof Duration && one.nanos === other.nanos;
  if (one instanceof TypeValue) return other instanceof TypeValue && one.type.name === other.type.name;
  if (one instanceof Optional) {
    if (!(other instanceof Optional)) return false;
    if (one.value === undefined || other.value === undefined) return one.value === other.value;
    return equal(one.value, other.value);
  }
  if (isMap(one)) return isMap(other) && equalMaps(one, other);
  return one instanceof Opaque && other instanceof Opaque && one.equals(other);
}

function equalLists(one: CelList, other: CelList): boolean {
  if (one.items.length !== other.items.length) return false;
  const traits = one.traits ?? other.traits;
  if (traits === undefined) return one.items.every((item, i) => equal(item, other.items[i] as CelValue));
  return one.items.every((item) => other.items.some((each) => equal(item, each)));
}

function equalMaps(one: CelMap, other: CelMap): boolean {
  if (one.size !== other.size) return false;
  for (const key of one.keys()) {
    const [left, right] = [one.get(key), other.get(key)];
    if (left === undefined || right === undefined || !equal(left, right)) return false;
  }
  return true;
}

/** -1, 0 or 1. @throws {CelError} when the values have no order */
export function compare(one: CelValue, other: CelValue): number {
  if (typeof one === "string" && typeof other === "string") return compareText(one, other);
  if (typeof one === "boolean" && typeof other === "boolean") return Number(one) - Number(other);
  if (one instanceof Timestamp && other instanceof Timestamp) return order(one.nanos, other.nanos);
  if (one instanceof Duration && other instanceof Duration) return order(one.nanos, other.nanos);
  if (one instanceof Uint8Array && other instanceof Uint8Array) return compareBytes(one, other);
  const [left, right] = [numberOf(one), numberOf(other)];
  if (left === undefined || right === undefined) throw noSuchOverload();
  if (Number.isNaN(left) || Number.isNaN(right)) throw new CelError("NaN values cannot be ordered");
  return order(left, right);
}

function order(one: bigint | number, other: bigint | number): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** By code points, as UTF-8 sorts. */
function compareText(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    if (one.charCodeAt(i) === other.charCodeAt(i)) continue;
    return order(one.codePointAt(i) as number, other.codePointAt(i) as number);
  }
  return order(one.length, other.length);
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const at = one.findIndex((byte, i) => byte !== other[i]);
  if (at === -1 || at >= other.length) return order(one.length, other.length);
  return order(one[at] as number, other[at] as number);
}

/** The number of characters of a text: code points. */
export function lengthOf(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) length--;
  }
  return length;
}

/** What `size(x)` would give, 1 for what has no size: the measure of costs. */
export function sizeOf(value: CelValue): number {
  if (typeof value === "string") return lengthOf(value);
  if (value instanceof CelList) return value.items.length;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof Opaque) return value.size;
  if (value instanceof Optional) return value.value === undefined ? 1 : sizeOf(value.value);
  if (typeof value === "object" && value !== null && isMap(value) && value.struct === undefined)
    return value.size;
  return 1;
}
