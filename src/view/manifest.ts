import { InputError, type InputPlace } from "./input-error.ts";

/** An object as the file says it: nothing is completed yet. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export interface Manifest {
  readonly object: ManifestObject;
  readonly place: InputPlace;
  /** The line of a field of this object, or of the nearest field above it that is there. */
  lineOf(fieldPath: string): number | undefined;
}

/** Where a text begins that is a part of a file; both count from 1. */
export interface Beginning {
  readonly line: number;
  readonly document: number;
}

/** @throws {InputError} when the value is no object of Kubernetes, or does not say which */
export function asObject(value: unknown, place: InputPlace): ManifestObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError(place, `holds ${describe(value)} where a Kubernetes object (a mapping) is expected`);
  }
  const object = value as Record<string, unknown>;
  for (const field of ["apiVersion", "kind"]) {
    if (typeof object[field] !== "string" || object[field] === "") {
      throw new InputError(
        { ...place, field },
        `is ${describe(object[field])}; every object says its ${field}, e.g. ${EXAMPLES[field]}`,
      );
    }
  }
  const isList = (object.kind as string).endsWith("List") && Array.isArray(object.items);
  const metadata = object.metadata ?? (isList ? {} : undefined);
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) {
    throw new InputError(
      { ...place, field: "metadata" },
      `is ${describe(metadata)}; expected a mapping with at least a name`,
    );
  }
  const { name, generateName } = metadata as Record<string, unknown>;
  if (!isList && typeof name !== "string" && typeof generateName !== "string") {
    throw new InputError(
      { ...place, field: "metadata.name" },
      `is ${describe(name)}; expected the object's name as text`,
    );
  }
  return { ...object, metadata } as unknown as ManifestObject;
}

const EXAMPLES: Readonly<Record<string, string>> = { apiVersion: "apps/v1", kind: "Deployment" };

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null || value === "") return "empty";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : `the ${typeof value} ${JSON.stringify(value)}`;
}

/** Whether the object is there for the objects in it alone. */
export function isList(
  object: ManifestObject,
): object is ManifestObject & { readonly items: readonly unknown[] } {
  return object.kind.endsWith("List") && Array.isArray(object.items);
}
