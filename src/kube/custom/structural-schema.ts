/**
 * Structural schemas: what a CustomResourceDefinition says about the objects of one version (`openAPIV3Schema`). Objects are
 * completed by it (`complete.ts`), judged by it (`validate.ts`), and their fields are owned by it (`merge-schema.ts`).
 * Rules in CEL (`x-kubernetes-validations`) are evaluated by `kube/cel/`, which is loaded when there are some.
 */

/** A JSON object of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** A rule in CEL about the value at a place. */
export interface ValidationRule {
  readonly rule?: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

/** One place of a custom object; the fields of apiextensions.k8s.io/v1 JSONSchemaProps that mean something here. */
export interface StructuralSchema {
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly format?: string;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: boolean | StructuralSchema;
  readonly items?: StructuralSchema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly StructuralSchema[];
  readonly anyOf?: readonly StructuralSchema[];
  readonly oneOf?: readonly StructuralSchema[];
  readonly not?: StructuralSchema;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
  readonly "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-map-type"?: "atomic" | "granular";
  readonly "x-kubernetes-validations"?: readonly ValidationRule[];
}

/** What the server knows of objects of any kind, so that no schema needs to say it. */
export const OBJECT_FIELDS: ReadonlySet<string> = new Set(["apiVersion", "kind", "metadata"]);

/** The schema of the values of a map, where the place is one. */
export function valuesOf(schema: StructuralSchema): StructuralSchema | undefined {
  return typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
}

/** The schemas right below one, with what leads there; combinations are not among them. */
export function childrenOf(schema: StructuralSchema): readonly StructuralSchema[] {
  const values = valuesOf(schema);
  return [
    ...Object.values(schema.properties ?? {}),
    ...(schema.items === undefined ? [] : [schema.items]),
    ...(values === undefined ? [] : [values]),
  ];
}

/** Whether there is a rule in CEL anywhere in the schema. */
export function hasRules(schema: StructuralSchema): boolean {
  const { allOf = [] } = schema;
  return (
    (schema["x-kubernetes-validations"]?.length ?? 0) > 0 ||
    childrenOf(schema).some(hasRules) ||
    allOf.some(hasRules)
  );
}
