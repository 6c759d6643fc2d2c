/** Kubernetes' functions of quantities and of semantic versions. */
import { type Functions, member, plain } from "../../base/cel/environment.ts";
import { BOOL, DOUBLE, INT, opaqueType, STRING } from "../../base/cel/types.ts";
import { CelError, INT_MAX, INT_MIN, Opaque } from "../../base/cel/values.ts";
import {
  addQuantities,
  compareQuantities,
  parseQuantity,
  type Quantity,
  quantityOf,
  subtractQuantities,
} from "../../base/quantity.ts";
import {
  compareVersions,
  normalVersion,
  parseVersion,
  type SemanticVersion,
  versionProblem,
} from "./versions.ts";

const QUANTITY = opaqueType("kubernetes.Quantity");

class QuantityValue extends Opaque {
  readonly type = QUANTITY;
  readonly amount: Quantity;
  constructor(amount: Quantity) {
    super();
    this.amount = amount;
  }
  equals(other: Opaque): boolean {
    return other instanceof QuantityValue && compareQuantities(this.amount, other.amount) === 0;
  }
}

function amountOf(value: unknown): Quantity {
  return typeof value === "bigint"
    ? { mantissa: value, scale: 0, format: "DecimalSI" }
    : (value as QuantityValue).amount;
}

/** The whole amount, when it is one that an int holds. */
function wholeOf({ mantissa, scale }: Quantity): bigint | undefined {
  const power = 10n ** BigInt(Math.abs(scale));
  const exact = BigInt(mantissa);
  if (scale < 0 && exact % power !== 0n) return undefined;
  const whole = scale < 0 ? exact / power : exact * power;
  return whole > INT_MAX || whole < INT_MIN ? undefined : whole;
}

function orders(id: string, holds: (order: number) => boolean) {
  return member(id, [QUANTITY, QUANTITY], BOOL, (one, other) =>
    holds(compareQuantities(amountOf(one), amountOf(other))),
  );
}

export const QUANTITIES: Functions = {
  quantity: [
    plain("string_to_quantity", [STRING], QUANTITY, (text) => {
      const read = parseQuantity(text as string);
      if (!read.ok) throw new CelError(read.error);
      return new QuantityValue(read.value);
    }),
  ],
  isQuantity: [plain("is_quantity_string", [STRING], BOOL, (text) => parseQuantity(text as string).ok)],
  sign: [
    plain("quantity_sign", [QUANTITY], INT, (value) =>
      BigInt(Math.sign(compareQuantities(amountOf(value), quantityOf(0)))),
    ),
  ],
  isGreaterThan: [orders("quantity_is_greater_than", (order) => order > 0)],
  isLessThan: [orders("quantity_is_less_than", (order) => order < 0)],
  compareTo: [
    member("quantity_compare_to", [QUANTITY, QUANTITY], INT, (one, other) =>
      BigInt(Math.sign(compareQuantities(amountOf(one), amountOf(other)))),
    ),
  ],
  asApproximateFloat: [
    member("quantity_get_float", [QUANTITY], DOUBLE, (value) => {
      const { mantissa, scale } = amountOf(value);
      return Number(`${mantissa}e${scale}`);
    }),
  ],
  asInteger: [
    member("quantity_get_int", [QUANTITY], INT, (value) => {
      const whole = wholeOf(amountOf(value));
      if (whole === undefined) throw new CelError("cannot convert value to integer");
      return whole;
    }),
  ],
  isInteger: [
    member("quantity_is_integer", [QUANTITY], BOOL, (value) => wholeOf(amountOf(value)) !== undefined),
  ],
  add: sums("add", addQuantities),
  sub: sums("sub", subtractQuantities),
};

function sums(name: string, operate: (one: Quantity, other: Quantity) => Quantity) {
  const call = (one: unknown, other: unknown) => new QuantityValue(operate(amountOf(one), amountOf(other)));
  return [
    member(`quantity_${name}`, [QUANTITY, QUANTITY], QUANTITY, call),
    member(`quantity_${name}_int`, [QUANTITY, INT], QUANTITY, call),
  ];
}

const SEMVER = opaqueType("kubernetes.Semver");

class VersionValue extends Opaque {
  readonly type = SEMVER;
  readonly version: SemanticVersion;
  constructor(version: SemanticVersion) {
    super();
    this.version = version;
  }
  equals(other: Opaque): boolean {
    return other instanceof VersionValue && compareVersions(this.version, other.version) === 0;
  }
}

function versionOf(value: unknown): SemanticVersion {
  return (value as VersionValue).version;
}

/** The text as it is to be read, made regular first when asked for. */
function written(text: unknown, isLoose: unknown): string {
  return isLoose === true ? normalVersion(text as string) : (text as string);
}

function readVersion(text: unknown, isLoose: unknown = false): VersionValue {
  const problem = versionProblem(written(text, isLoose));
  if (problem !== undefined) throw new CelError(problem);
  return new VersionValue(parseVersion(written(text, isLoose)));
}

function isVersion(text: unknown, isLoose: unknown = false): boolean {
  return versionProblem(written(text, isLoose)) === undefined;
}

function versionOrder(one: unknown, other: unknown): number {
  return compareVersions(versionOf(one), versionOf(other));
}

export const SEMVERS: Functions = {
  semver: [
    plain("string_to_semver", [STRING], SEMVER, (text) => readVersion(text)),
    plain("string_bool_to_semver", [STRING, BOOL], SEMVER, readVersion),
  ],
  isSemver: [
    plain("is_semver_string", [STRING], BOOL, (text) => isVersion(text)),
    plain("is_semver_string_bool", [STRING, BOOL], BOOL, isVersion),
  ],
  isGreaterThan: [
    member("semver_is_greater_than", [SEMVER, SEMVER], BOOL, (one, other) => versionOrder(one, other) > 0),
  ],
  isLessThan: [
    member("semver_is_less_than", [SEMVER, SEMVER], BOOL, (one, other) => versionOrder(one, other) < 0),
  ],
  compareTo: [
    member("semver_compare_to", [SEMVER, SEMVER], INT, (one, other) => BigInt(versionOrder(one, other))),
  ],
  major: [member("semver_major", [SEMVER], INT, (version) => versionOf(version).numbers[0])],
  minor: [member("semver_minor", [SEMVER], INT, (version) => versionOf(version).numbers[1])],
  patch: [member("semver_patch", [SEMVER], INT, (version) => versionOf(version).numbers[2])],
};
