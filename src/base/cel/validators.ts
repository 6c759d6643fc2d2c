/** What cel-go looks for in an expression whose types are right: literals that say nothing, and formats that do not fit. */
import { type Call, childrenOf, type Expr, type ListLiteral, type MapLiteral } from "./ast.ts";
import type { Checked } from "./checker.ts";
import type { CelIssue } from "./issues.ts";
import { regularExpression } from "./regular-expression.ts";
import { ACCEPTED, clauseOf, clausesIn } from "./string-format.ts";
import { parseDuration, parseTimestamp } from "./times.ts";
import { type CelType, DYN, formatType, sameType } from "./types.ts";
import { CelError } from "./values.ts";

export function validateCel(checked: Checked): readonly CelIssue[] {
  const issues: CelIssue[] = [];
  const visit = (expr: Expr, isFormatted: boolean) => {
    if (expr.kind === "call") issues.push(...literalIssues(expr), ...formatIssues(checked, expr));
    if (expr.kind === "list" && !isFormatted) issues.push(...listIssues(checked, expr));
    if (expr.kind === "map" && !isFormatted) issues.push(...mapIssues(checked, expr));
    const formats = isFormatted || (expr.kind === "call" && expr.name === "format");
    for (const child of childrenOf(expr)) visit(child, formats);
  };
  visit(checked.expr, false);
  return issues;
}

/** Elements of a literal are to be of one type; what is formatted may be of many. */
function listIssues(checked: Checked, { elements, optional }: ListLiteral): readonly CelIssue[] {
  const types = elements.map((element, i) => typeIn(checked, element, optional.has(i)));
  const odd = types.findIndex((type) => !sameType(types[0] as CelType, type));
  return odd === -1 ? [] : [mismatch(elements[odd] as Expr, types[0] as CelType, types[odd] as CelType)];
}

function mapIssues(checked: Checked, { entries }: MapLiteral): readonly CelIssue[] {
  const [first] = entries;
  if (first === undefined) return [];
  const wanted = [typeIn(checked, first.key, false), typeIn(checked, first.value, first.isOptional)] as const;
  return entries.flatMap(({ key, value, isOptional }) => {
    const given = [typeIn(checked, key, false), typeIn(checked, value, isOptional)] as const;
    return [
      ...(sameType(wanted[0], given[0]) ? [] : [mismatch(key, wanted[0], given[0])]),
      ...(sameType(wanted[1], given[1]) ? [] : [mismatch(value, wanted[1], given[1])]),
    ];
  });
}

function typeIn(checked: Checked, expr: Expr, isOptional: boolean): CelType {
  const type = checked.types.get(expr.id) ?? DYN;
  return isOptional ? (type.parameters[0] ?? DYN) : type;
}

function mismatch({ offset }: Expr, expected: CelType, found: CelType): CelIssue {
  return { offset, message: `expected type '${formatType(expected)}' but found '${formatType(found)}'` };
}

const LITERALS: Readonly<Record<string, (text: string) => boolean>> = {
  duration: (text) => parseDuration(text) !== undefined,
  timestamp: (text) => parseTimestamp(text) !== undefined,
  matches: isRegularExpression,
};

function isRegularExpression(text: string): boolean {
  try {
    regularExpression(text);
    return true;
  } catch (error) {
    if (error instanceof CelError) return false;
    throw error;
  }
}

function literalIssues({ name, arguments: args }: Call): readonly CelIssue[] {
  const isRight = Object.hasOwn(LITERALS, name) ? LITERALS[name] : undefined;
  const argument = args.at(-1);
  if (isRight === undefined || argument?.kind !== "literal" || typeof argument.value !== "string") return [];
  if (isRight(argument.value)) return [];
  return [{ offset: argument.offset, message: `invalid ${name} argument` }];
}

/** A text that is formatted with a list of arguments can be judged before anything is known of their values. */
function formatIssues(
  checked: Checked,
  { name, target, offset, arguments: [list] }: Call,
): readonly CelIssue[] {
  if (name !== "format" || target?.kind !== "literal" || typeof target.value !== "string") return [];
  if (list?.kind !== "list") return [];
  const [form, { elements }] = [target.value, list];
  try {
    const letters = clausesIn(form);
    for (const [i, letter] of letters.entries()) {
      clauseOf(letter);
      const element = elements[i];
      if (element === undefined) throw new CelError(`index ${i} out of range`);
      const problem = clauseProblem(checked, letter, element);
      if (problem !== undefined) return [problem];
    }
    if (letters.length < elements.length) {
      const why = `(expected ${letters.length}, got ${elements.length})`;
      throw new CelError(`too many arguments supplied to string.format ${why}`);
    }
    return [];
  } catch (error) {
    if (error instanceof CelError) return [{ offset, message: error.message }];
    throw error;
  }
}

function clauseProblem(checked: Checked, letter: string, element: Expr): CelIssue | undefined {
  const type = checked.types.get(element.id);
  const accepted = ACCEPTED[letter.toLowerCase()];
  if (type === undefined || accepted === undefined || type.kind === "dyn") return undefined;
  if (accepted.types.has(type.name)) return undefined;
  return { offset: element.offset, message: `error during formatting: ${accepted.refusal}${type.name}` };
}
