/**
 * Which types go together: cel-go's `checker/types.go`. Type parameters of overloads are bound as arguments are looked at; a
 * trial that fails leaves no binding behind.
 */
import { type CelType, DYN, listOf, mapOf, opaqueType, sameType, typeOfType } from "./types.ts";

/** What is known of type parameters by name. */
export type Bindings = ReadonlyMap<string, CelType>;

/** The bindings under which values of `given` can stand where `wanted` stands, or `undefined`. */
export function assign(bindings: Bindings, wanted: CelType, given: CelType): Bindings | undefined {
  return assignAll(bindings, [wanted], [given]);
}

export function assignAll(
  bindings: Bindings,
  wanted: readonly CelType[],
  given: readonly CelType[],
): Bindings | undefined {
  const trial = new Map(bindings);
  return assignableAll(trial, wanted, given) ? trial : undefined;
}

export function isDynamic({ kind }: CelType): boolean {
  return kind === "dyn" || kind === "error";
}

/** The type with every bound parameter replaced; unbound ones become dyn when asked for. */
export function substitute(bindings: Bindings, type: CelType, freeToDyn: boolean): CelType {
  const bound = type.kind === "typeParam" ? bindings.get(type.name) : undefined;
  if (bound !== undefined) return substitute(bindings, bound, freeToDyn);
  if (type.kind === "typeParam") return freeToDyn ? DYN : type;
  if (type.parameters.length === 0) return type;
  const inner = type.parameters.map((each) => substitute(bindings, each, freeToDyn));
  const [first = DYN, second = DYN] = inner;
  switch (type.kind) {
    case "list":
      return listOf(first);
    case "map":
      return mapOf(first, second);
    case "type":
      return typeOfType(first);
    default:
      return opaqueType(type.name, ...inner);
  }
}

/** Of two types that go together, the one that says less. */
export function mostGeneral(one: CelType, other: CelType): CelType {
  return isEqualOrLessSpecific(one, other) ? one : other;
}

function isEqualOrLessSpecific(one: CelType, other: CelType): boolean {
  if (one.kind === "dyn" || one.kind === "typeParam") return true;
  if (other.kind === "dyn" || other.kind === "typeParam" || one.kind !== other.kind) return false;
  switch (one.kind) {
    case "opaque":
      if (one.name !== other.name || one.parameters.length !== other.parameters.length) return false;
      break;
    case "list":
    case "map":
      break;
    case "type":
      return true;
    default:
      return sameType(one, other);
  }
  return one.parameters.every((each, i) => isEqualOrLessSpecific(each, other.parameters[i] as CelType));
}

type Trial = Map<string, CelType>;

function assignableAll(trial: Trial, wanted: readonly CelType[], given: readonly CelType[]): boolean {
  return (
    wanted.length === given.length && wanted.every((type, i) => assignable(trial, type, given[i] as CelType))
  );
}

function assignable(trial: Trial, one: CelType, other: CelType): boolean {
  if (other.kind === "typeParam") {
    const { valid, bound } = bindsTo(trial, one, other);
    if (valid || bound) return valid;
  }
  if (one.kind === "typeParam") return bindsTo(trial, other, one).valid;
  if (isDynamic(one) || isDynamic(other)) return true;
  if (one.kind === "null") return takesNull(other);
  if (other.kind === "null") return takesNull(one);
  switch (one.kind) {
    case "type":
      return other.kind === "type";
    case "opaque":
    case "list":
    case "map":
      return (
        one.kind === other.kind &&
        one.name === other.name &&
        assignableAll(trial, one.parameters, other.parameters)
      );
    default:
      return one.kind === other.kind && one.name === other.name;
  }
}

/** Whether `parameter` may stand for `type`, and whether it stood for something before. */
function bindsTo(trial: Trial, type: CelType, parameter: CelType): { valid: boolean; bound: boolean } {
  if (sameType(type, parameter)) return { valid: true, bound: true };
  const bound = trial.get(parameter.name);
  if (bound === undefined) {
    if (occursIn(trial, parameter, type)) return { valid: false, bound: false };
    trial.set(parameter.name, type);
    return { valid: true, bound: false };
  }
  if (sameType(type, bound)) return { valid: true, bound: true };
  if (!assignable(trial, type, bound)) return { valid: false, bound: true };
  const general = mostGeneral(type, bound);
  if (!occursIn(trial, parameter, general)) trial.set(parameter.name, general);
  return { valid: true, bound: true };
}

function occursIn(trial: Trial, parameter: CelType, type: CelType): boolean {
  if (sameType(parameter, type)) return true;
  if (type.kind === "typeParam") {
    const bound = trial.get(type.name);
    return bound !== undefined && occursIn(trial, parameter, bound);
  }
  return type.parameters.some((each) => occursIn(trial, parameter, each));
}

function takesNull({ kind }: CelType): boolean {
  return (
    kind === "null" || kind === "opaque" || kind === "struct" || kind === "duration" || kind === "timestamp"
  );
}
