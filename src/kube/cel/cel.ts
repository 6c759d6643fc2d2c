/** What is loaded with CEL: see `loader.ts`. */
export { regularExpression } from "../../base/cel/regular-expression.ts";
export { compileRules, maxCardinality } from "./custom-rules.ts";
export { MutatingPolicy } from "./mutating-policy.ts";
export { MatchConditions, PolicyCompiler } from "./policy-program.ts";
export { declare } from "./schema-types.ts";
export { expressionWarnings } from "./type-checking.ts";
export { validateRules } from "./validate-rules.ts";
export { ValidatingPolicy } from "./validating-policy.ts";
