/**
 * Whole numbers that are too large for their fields, as Go's conversions leave them. Strategic patches and applies make objects
 * without a text in between (apimachinery's runtime/converter.go): what a decoder of JSON refuses wraps around there.
 */
import { setOwn } from "../../base/set-own.ts";
import type { Schema } from "./schema.ts";

const BITS = { int32: 32, int64: 64 } as const;
const INT32_MAX = 2 ** 31 - 1;
const INT64_MIN = -(2n ** 63n);

/** What came of a patch, with all whole numbers in the range of their fields; the same reference when all of them were. */
export function wrapIntegers<T>(schema: Schema, patch: unknown, result: T): T {
  // What was there before fits: most patches bring no large number.
  return holdsLarge(patch) ? (wrappedPart(schema, result) as T) : result;
}

function holdsLarge(value: unknown): boolean {
  if (typeof value === "number") return value > INT32_MAX || value < -INT32_MAX;
  if (typeof value !== "object" || value === null) return typeof value === "bigint";
  return Object.values(value).some(holdsLarge);
}

function wrappedPart(schema: Schema, value: unknown): unknown {
  if (value === null || schema.type === "any") return value;
  if (schema.type === "integer") return wrapped(schema, value);
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) {
    const { element } = schema;
    return element === undefined
      ? value
      : changed(
          value,
          value.map((item) => wrappedPart(element, item)),
        );
  }
  let copy: Record<string, unknown> | undefined;
  for (const [name, given] of Object.entries(value)) {
    const place = schema.fields.get(name) ?? schema.element;
    const kept = place === undefined ? given : wrappedPart(place, given);
    if (kept === given) continue;
    copy ??= { ...value };
    setOwn(copy, name, kept);
  }
  return copy ?? value;
}

function changed(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  return after.some((item, i) => item !== before[i]) ? after : before;
}

function wrapped({ format }: Schema, value: unknown): unknown {
  if (format !== "int32" && format !== "int64") return value;
  if (typeof value !== "bigint" && !Number.isInteger(value)) return value;
  const whole = BigInt(value as number | bigint);
  // A number beyond 64 bits comes as a fraction, which has one place in them.
  const fits = BigInt.asIntN(64, whole) === whole ? whole : INT64_MIN;
  const result = BigInt.asIntN(BITS[format], fits);
  if (result === whole) return value;
  const asNumber = Number(result);
  return Number.isSafeInteger(asNumber) ? asNumber : result;
}
