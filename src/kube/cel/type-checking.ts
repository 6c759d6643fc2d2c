/**
 * What is odd about a policy's expressions once the types of what it matches are known: k8s.io/apiserver's
 * `admission/plugin/policy/validating/typechecking.go`. Nothing of it changes what the policy does.
 */
import { compileCel } from "../../base/cel/compile.ts";
import { type Environment, NO_STRUCTS, type StructTypes } from "../../base/cel/environment.ts";
import type { CelType } from "../../base/cel/types.ts";
import type { StructuralSchema } from "../custom/structural-schema.ts";
import { policyEnvironment } from "./policy-environment.ts";
import { seenType } from "./policy-program.ts";
import { declare, structsIn } from "./schema-types.ts";
import type { PolicyText } from "./validating-policy.ts";

/** A type that expressions are checked against. */
export interface MatchedType {
  /** "apps/v1, Kind=Deployment" */
  readonly title: string;
  readonly kind: string;
  readonly schema: StructuralSchema;
}

export interface ExpressionWarning {
  readonly fieldRef: string;
  readonly warning: string;
}

/** Warnings about validations and their messages, in the order in which they stand. `params` is there when its kind is known. */
export function expressionWarnings(
  { variables = [], validations = [] }: PolicyText,
  types: readonly MatchedType[],
  params: MatchedType | undefined,
): readonly ExpressionWarning[] {
  const checks = types.map((type) => ({
    title: type.title,
    environment: environmentFor(type, params, variables),
  }));
  return validations.flatMap(({ expression, messageExpression }, i) =>
    [
      { field: "expression", text: expression },
      { field: "messageExpression", text: messageExpression ?? "" },
    ].flatMap(({ field, text }) => {
      if (text === "") return [];
      const problems = checks.flatMap(({ title, environment }) => {
        const compilation = compileCel(environment, text);
        return compilation.ok ? [] : [`${title}: ${compilation.why}\n`];
      });
      if (problems.length === 0) return [];
      return [{ fieldRef: `spec.validations[${i}].${field}`, warning: problems.join("\n") }];
    }),
  );
}

function environmentFor(
  type: MatchedType,
  params: MatchedType | undefined,
  variables: NonNullable<PolicyText["variables"]>,
): Environment {
  const object = declared(type);
  const given = params && declared(params);
  const objects = {
    object: object?.cel,
    params: given?.cel,
    structs: [object?.structs ?? NO_STRUCTS, given?.structs ?? NO_STRUCTS],
  };
  const known = new Map<string, CelType>();
  const scope = { hasParams: given !== undefined, hasAuthorizer: true, hasPatchTypes: false, objects };
  for (const { name, expression } of variables) {
    const compilation = compileCel(policyEnvironment({ ...scope, variables: new Map(known) }), expression);
    known.set(name, seenType(compilation.ok ? compilation.compiled.checked.type : undefined));
  }
  return policyEnvironment({ ...scope, variables: known });
}

function declared({
  schema,
  kind,
}: MatchedType): { readonly cel: CelType; readonly structs: StructTypes } | undefined {
  const type = declare(schema, true, kind);
  return type && { cel: type.cel, structs: structsIn(type) };
}
