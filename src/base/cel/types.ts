/** The kinds of types that expressions have (google/cel-spec, "Values"). */
export type CelKind =
  | "bool"
  | "bytes"
  | "double"
  | "duration"
  | "dyn"
  | "error"
  | "int"
  | "list"
  | "map"
  | "null"
  | "opaque"
  | "string"
  | "struct"
  | "timestamp"
  | "type"
  | "typeParam"
  | "uint";

/** A type: what the checker finds out about an expression, and what `type(x)` gives. */
export interface CelType {
  readonly kind: CelKind;
  /** As `type(x)` prints it. */
  readonly name: string;
  /** Element of a list, key and value of a map, parameters of an opaque type. */
  readonly parameters: readonly CelType[];
}

function simple(kind: CelKind, name: string = kind): CelType {
  return { kind, name, parameters: [] };
}

export const BOOL = simple("bool");
export const BYTES = simple("bytes");
export const DOUBLE = simple("double");
export const DURATION = simple("duration", "google.protobuf.Duration");
export const DYN = simple("dyn");
export const ERROR = simple("error");
export const INT = simple("int");
export const NULL = simple("null", "null_type");
export const STRING = simple("string");
export const TIMESTAMP = simple("timestamp", "google.protobuf.Timestamp");
export const TYPE = simple("type");
export const UINT = simple("uint");

export function listOf(element: CelType): CelType {
  return { kind: "list", name: "list", parameters: [element] };
}

export function mapOf(key: CelType, value: CelType): CelType {
  return { kind: "map", name: "map", parameters: [key, value] };
}

export function typeOfType(type: CelType): CelType {
  return { kind: "type", name: "type", parameters: [type] };
}

export function optionalOf(value: CelType): CelType {
  return opaqueType("optional_type", value);
}

/** A type of which expressions know only the functions that take it. */
export function opaqueType(name: string, ...parameters: readonly CelType[]): CelType {
  return { kind: "opaque", name, parameters };
}

/** A type with declared fields. */
export function structType(name: string): CelType {
  return simple("struct", name);
}

export function typeParameter(name: string): CelType {
  return simple("typeParam", name);
}

export function isOptionalType(type: CelType): boolean {
  return type.kind === "opaque" && type.name === "optional_type";
}

/** Whether two types say the same in every part. */
export function sameType(one: CelType, other: CelType): boolean {
  if (one === other) return true;
  return (
    one.kind === other.kind &&
    one.name === other.name &&
    one.parameters.length === other.parameters.length &&
    one.parameters.every((each, i) => sameType(each, other.parameters[i] as CelType))
  );
}

/** A type as cel-go's checker words it. */
export function formatType(type: CelType): string {
  switch (type.kind) {
    case "duration":
    case "timestamp":
    case "null":
      return type.kind;
    case "error":
      return "!error!";
    default:
      return type.parameters.length === 0
        ? type.name
        : `${type.name}(${type.parameters.map(formatType).join(", ")})`;
  }
}
