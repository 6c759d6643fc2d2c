import { cel } from "../../cel/loader.ts";
import type { FieldErrors } from "../field-errors.ts";
import { qualifiedName } from "../names.ts";

export interface LooseCondition {
  readonly name?: string;
  readonly expression?: string;
}

const CONDITIONS_MAX = 64;

/** Conditions in CEL that policies and webhooks look at requests by. */
export function checkMatchConditions(
  errors: FieldErrors,
  conditions: readonly LooseCondition[] | null | undefined,
  path: string,
  hasParams: boolean,
): void {
  if (!conditions || conditions.length === 0) return;
  if (conditions.length > CONDITIONS_MAX) errors.tooMany(path, conditions.length, CONDITIONS_MAX);
  const names = new Set<string>();
  const compiler = new (cel().PolicyCompiler)(hasParams, false);
  conditions.forEach(({ name = "", expression = "" }, i) => {
    const text = expression.trim();
    if (text === "") errors.required(`${path}[${i}].expression`);
    else {
      const { error } = compiler.expression(text, "bool");
      if (error !== undefined) errors.invalid(`${path}[${i}].expression`, text, error);
    }
    if (name === "") errors.required(`${path}[${i}].name`);
    else {
      errors.invalidEach(`${path}[${i}].name`, name, qualifiedName(name));
      if (names.has(name)) errors.duplicate(`${path}[${i}].name`, name);
      names.add(name);
    }
  });
}
