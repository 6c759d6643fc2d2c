/** Validating admission policies, ready to judge requests. */
import { equal } from "../../base/cel/values.ts";
import { messageFrom } from "./custom-rules.ts";
import {
  MatchConditions,
  type NamedExpression,
  OutOfBudget,
  PolicyCompiler,
  type PolicyExpression,
  type PolicyInput,
  PolicyRun,
} from "./policy-program.ts";

export interface Validation {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
}

export interface AuditAnnotation {
  readonly key: string;
  readonly valueExpression: string;
}

/** The parts of a policy's spec that are expressions. */
export interface PolicyText {
  readonly paramKind?: unknown;
  readonly failurePolicy?: string;
  readonly matchConditions?: readonly NamedExpression[];
  readonly variables?: readonly NamedExpression[];
  readonly validations?: readonly Validation[];
  readonly auditAnnotations?: readonly AuditAnnotation[];
}

/** Why a request should be refused. */
export interface Objection {
  readonly message: string;
  readonly reason?: string;
  /** Which of the validations objects; 0 for what holds of all of them. */
  readonly index?: number;
}

/** One thing that a policy wants to be noted of a request. */
export interface Note {
  readonly key: string;
  readonly value: string;
}

export interface PolicyVerdict {
  /** What the actions of a binding are taken for. */
  readonly objections: readonly Objection[];
  /** What refuses whatever the actions are. */
  readonly failures: readonly Objection[];
  /** For the audit log, by the keys that the policy gives. */
  readonly notes: readonly Note[];
}

interface CompiledValidation {
  readonly validation: Validation;
  readonly condition: PolicyExpression;
  readonly message: PolicyExpression | undefined;
}

const NOTHING: PolicyVerdict = { objections: [], failures: [], notes: [] };
/** Longer values are cut off in the audit log. */
const NOTE_LENGTH_MAX = 10 * 1024;

export class ValidatingPolicy {
  readonly #failsOpen: boolean;
  readonly #compiler: PolicyCompiler;
  readonly #conditions: MatchConditions;
  readonly #validations: readonly CompiledValidation[];
  readonly #annotations: readonly { readonly key: string; readonly value: PolicyExpression }[];

  constructor({
    paramKind,
    failurePolicy,
    matchConditions = [],
    variables = [],
    validations = [],
    auditAnnotations = [],
  }: PolicyText) {
    this.#failsOpen = failurePolicy === "Ignore";
    this.#compiler = new PolicyCompiler(paramKind !== undefined, true);
    for (const { name, expression } of variables) this.#compiler.variable(name, expression);
    this.#conditions = new MatchConditions(matchConditions, this.#compiler);
    this.#validations = validations.map((validation) => {
      const { expression, messageExpression: told } = validation;
      const condition = this.#compiler.expression(expression, "bool");
      return {
        validation,
        condition,
        message: told ? this.#compiler.expression(told, "text", false) : undefined,
      };
    });
    this.#annotations = auditAnnotations.map(({ key, valueExpression }) => ({
      key,
      value: this.#compiler.expression(valueExpression, "textOrNull"),
    }));
  }

  judge(input: PolicyInput): PolicyVerdict {
    const matching = this.#conditions.match(input);
    if (matching.error !== undefined) return this.#failed(matching.error);
    if (!matching.matches) return NOTHING;
    try {
      const objections = this.#validate(input);
      return { ...this.#annotate(input), objections };
    } catch (error) {
      if (error instanceof OutOfBudget) return this.#failed(error.message);
      throw error;
    }
  }

  #failed(message: string): PolicyVerdict {
    return this.#failsOpen ? NOTHING : { ...NOTHING, objections: [{ message }] };
  }

  #validate(input: PolicyInput): readonly Objection[] {
    const run = new PolicyRun(input, this.#compiler.variables);
    const results = this.#validations.map(({ condition }) => run.evaluate(condition));
    const messages = this.#messages(input, run.budget);
    return this.#validations.flatMap(({ validation }, i) => {
      const { value, error } = results[i] ?? {};
      if (error !== undefined) return this.#failsOpen ? [] : [{ message: error, index: i }];
      if (!("list" in messages)) return this.#failsOpen ? [] : [{ message: messages.error, index: i }];
      if (value !== undefined && equal(value, true)) return [];
      const message =
        messages.list[i] ||
        validation.message?.trim() ||
        `failed expression: ${validation.expression.trim()}`;
      return [{ message, reason: validation.reason ?? "Invalid", index: i }];
    });
  }

  /** Every message is made, wanted or not, of what the budget has left. */
  #messages(
    input: PolicyInput,
    budget: number,
  ): { readonly list: readonly (string | undefined)[] } | { readonly error: string } {
    if (this.#validations.every(({ message }) => message === undefined)) return { list: [] };
    const run = new PolicyRun(input, this.#compiler.variables, budget);
    try {
      const list = this.#validations.map(({ message }) => {
        const told = message && run.evaluate(message);
        return told?.value === undefined ? undefined : messageFrom({ value: told.value, cost: 0 });
      });
      return { list };
    } catch (error) {
      if (error instanceof OutOfBudget) return { error: `failed messageExpression: ${error.message}` };
      throw error;
    }
  }

  /** What is to be noted; an annotation that fails refuses the request. */
  #annotate(input: PolicyInput): Pick<PolicyVerdict, "failures" | "notes"> {
    if (this.#annotations.length === 0) return NOTHING;
    const run = new PolicyRun(input, this.#compiler.variables);
    const failures: Objection[] = [];
    const notes: Note[] = [];
    for (const { key, value: expression } of this.#annotations) {
      const { value, error } = run.evaluate(expression);
      if (error !== undefined && !this.#failsOpen) failures.push({ message: error });
      const text = typeof value === "string" ? value.trim().slice(0, NOTE_LENGTH_MAX) : "";
      if (text !== "") notes.push({ key, value: text });
    }
    return { failures, notes };
  }
}
