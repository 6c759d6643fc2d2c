/** Mutating admission policies, ready to change objects. */
import type { CelType } from "../../base/cel/types.ts";
import { CelError, type CelList, type CelMap, type CelValue } from "../../base/cel/values.ts";
import { configurationOf, jsonOf, misnamedTypes, OBJECT } from "./patch-types.ts";
import {
  MatchConditions,
  type Matching,
  type NamedExpression,
  OutOfBudget,
  PolicyCompiler,
  type PolicyExpression,
  type PolicyInput,
  PolicyRun,
} from "./policy-program.ts";

/** One change, as the policy's spec has it. */
export interface MutationText {
  readonly patchType: "ApplyConfiguration" | "JSONPatch";
  readonly applyConfiguration?: { readonly expression: string };
  readonly jsonPatch?: { readonly expression: string };
}

/** The parts of a policy's spec that are expressions. */
export interface MutatingPolicyText {
  readonly paramKind?: unknown;
  readonly failurePolicy?: string;
  readonly matchConditions?: readonly NamedExpression[];
  readonly variables?: readonly NamedExpression[];
  readonly mutations?: readonly MutationText[];
}

/** What is to become of an object, as JSON; or why nothing is. */
export type Change =
  | { readonly kind: "apply"; readonly configuration: Readonly<Record<string, unknown>> }
  | { readonly kind: "patch"; readonly operations: readonly unknown[] }
  | { readonly kind: "failed"; readonly why: string };

interface CompiledMutation {
  readonly type: MutationText["patchType"];
  readonly expression: PolicyExpression;
}

export class MutatingPolicy {
  readonly #failsOpen: boolean;
  readonly #compiler: PolicyCompiler;
  readonly #conditions: MatchConditions;
  readonly #mutations: readonly CompiledMutation[];

  constructor(text: MutatingPolicyText) {
    const { paramKind, failurePolicy, matchConditions = [], variables = [], mutations = [] } = text;
    this.#failsOpen = failurePolicy === "Ignore";
    this.#compiler = new PolicyCompiler(paramKind !== undefined, true);
    for (const { name, expression } of variables) this.#compiler.variable(name, expression);
    this.#conditions = new MatchConditions(matchConditions, this.#compiler);
    this.#mutations = mutations.map((mutation) => this.#compile(mutation));
  }

  /** How many changes it makes, one after another. */
  get length(): number {
    return this.#mutations.length;
  }

  /** Conditions that cannot be evaluated are met by nothing where the policy may fail. */
  match(input: PolicyInput): Matching {
    const matching = this.#conditions.match(input);
    return matching.error !== undefined && this.#failsOpen ? { matches: false } : matching;
  }

  /** The change with the number `i`. Each has a budget of its own. */
  change(i: number, input: PolicyInput): Change {
    const { type, expression } = this.#mutations[i] as CompiledMutation;
    try {
      const { value, error } = new PolicyRun(input, this.#compiler.variables).evaluate(expression);
      if (error !== undefined) return { kind: "failed", why: error };
      return type === "JSONPatch" ? patchFrom(value as CelList) : configurationFrom(value as CelMap);
    } catch (error) {
      if (error instanceof OutOfBudget) return { kind: "failed", why: error.message };
      throw error;
    }
  }

  #compile({ patchType, applyConfiguration, jsonPatch }: MutationText): CompiledMutation {
    const text = (patchType === "JSONPatch" ? jsonPatch : applyConfiguration)?.expression ?? "";
    const result = patchType === "JSONPatch" ? "jsonPatches" : "object";
    return { type: patchType, expression: this.#compiler.expression(text, result) };
  }
}

function configurationFrom(object: CelMap): Change {
  const misnamed = misnamedTypes(object, [OBJECT.name]);
  if (misnamed.length > 0) return { kind: "failed", why: `type mismatch: ${misnamed.join("\n")}` };
  const unreadable = "error applying patch: failed to convert patch object to typed object";
  return attempt(unreadable, () => ({ kind: "apply", configuration: configurationOf(object) }));
}

function patchFrom(list: CelList): Change {
  const operations: unknown[] = [];
  for (const step of list.items as readonly CelMap[]) {
    const value = step.get("value");
    const misnamed = isTyped(value) ? misnamedTypes(value, [value.struct.name]) : [];
    if (misnamed.length > 0) return { kind: "failed", why: `type mismatch: ${misnamed.join("\n")}` };
    const from = step.get("from");
    const told = attempt(
      "JSONPath valueExpression evaluated to a type that could not marshal to JSON",
      () => {
        operations.push({
          op: step.get("op") ?? "",
          path: step.get("path") ?? "",
          ...(from ? { from } : {}),
          ...(value === undefined ? {} : { value: jsonOf(value) }),
        });
        return { kind: "patch", operations };
      },
    );
    if (told.kind === "failed") return told;
  }
  return { kind: "patch", operations };
}

/** Objects are of the type of some place; what is in them has to follow from there. */
function isTyped(value: CelValue | undefined): value is CelMap & { readonly struct: CelType } {
  return typeof value === "object" && value !== null && "struct" in value && value.struct !== undefined;
}

function attempt(doing: string, make: () => Change): Change {
  try {
    return make();
  } catch (error) {
    if (error instanceof CelError) return { kind: "failed", why: `${doing}: ${error.message}` };
    throw error;
  }
}
