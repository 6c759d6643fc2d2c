import type { FieldErrors } from "../field-errors.ts";
import { qualifiedName } from "../names.ts";
import type { LoosePodTemplate } from "../pods/pod.ts";

/** What a Job makes of failed pods, as validation meets it. */
export interface LooseFailurePolicy {
  readonly rules?: readonly FailureRule[] | null;
}

interface FailureRule {
  readonly action?: string;
  readonly onExitCodes?: ExitCodes;
  readonly onPodConditions?: readonly { readonly type?: string; readonly status?: string }[];
}

interface ExitCodes {
  readonly containerName?: string;
  readonly operator?: string;
  readonly values?: readonly number[] | null;
}

interface JobAround {
  readonly backoffLimitPerIndex?: number;
  readonly template?: LoosePodTemplate;
}

const RULES_MAX = 20;
const PATTERNS_MAX = 20;
const VALUES_MAX = 255;
const ACTIONS = ["Count", "FailIndex", "FailJob", "Ignore"];
const STATUSES = ["False", "True", "Unknown"];
const OPERATORS = ["In", "NotIn"];

/** Rules by exit code or by pod condition; each looks at one of the two. */
export function checkFailurePolicy(
  errors: FieldErrors,
  policy: LooseFailurePolicy,
  job: JobAround,
  path: string,
): void {
  const rules = policy.rules ?? [];
  if (rules.length > RULES_MAX) errors.tooMany(`${path}.rules`, rules.length, RULES_MAX);
  const { containers, initContainers } = job.template?.spec ?? {};
  const names = new Set([...(containers ?? []), ...(initContainers ?? [])].map(({ name }) => name));
  rules.forEach(({ action = "", onExitCodes, onPodConditions = [] }, i) => {
    const at = `${path}.rules[${i}]`;
    checkAction(errors, action, job, `${at}.action`);
    if (onExitCodes) checkExitCodes(errors, onExitCodes, names, `${at}.onExitCodes`);
    checkConditions(errors, onPodConditions, `${at}.onPodConditions`);
    if (onExitCodes && onPodConditions.length > 0) {
      errors.invalidUnshown(at, "specifying both OnExitCodes and OnPodConditions is not supported");
    } else if (!onExitCodes && onPodConditions.length === 0) {
      errors.invalidUnshown(at, "specifying one of OnExitCodes and OnPodConditions is required");
    }
  });
}

function checkAction(errors: FieldErrors, action: string, job: JobAround, path: string): void {
  if (action === "") errors.required(path, `valid values: ${listed(ACTIONS)}`);
  else if (!ACTIONS.includes(action)) errors.notSupported(path, action, ACTIONS);
  else if (action === "FailIndex" && job.backoffLimitPerIndex === undefined) {
    errors.invalid(path, action, "requires the backoffLimitPerIndex to be set");
  }
}

function checkConditions(
  errors: FieldErrors,
  patterns: readonly { readonly type?: string; readonly status?: string }[],
  path: string,
): void {
  if (patterns.length > PATTERNS_MAX) errors.tooMany(path, patterns.length, PATTERNS_MAX);
  patterns.forEach(({ type = "", status = "" }, i) => {
    errors.invalidEach(`${path}[${i}].type`, type, qualifiedName(type));
    if (status === "") errors.required(`${path}[${i}].status`, `valid values: ${listed(STATUSES)}`);
    else if (!STATUSES.includes(status)) errors.notSupported(`${path}[${i}].status`, status, STATUSES);
  });
}

function checkExitCodes(
  errors: FieldErrors,
  exitCodes: ExitCodes,
  names: ReadonlySet<string | undefined>,
  path: string,
): void {
  const { containerName, operator = "" } = exitCodes;
  const values = exitCodes.values ?? [];
  if (operator === "") errors.required(`${path}.operator`, `valid values: ${listed(OPERATORS)}`);
  else if (!OPERATORS.includes(operator)) errors.notSupported(`${path}.operator`, operator, OPERATORS);
  if (containerName !== undefined && !names.has(containerName)) {
    const rule = "must be one of the container or initContainer names in the pod template";
    errors.invalid(`${path}.containerName`, containerName, rule);
  }
  const at = `${path}.values`;
  if (values.length === 0) errors.invalid(at, values, "at least one value is required");
  else if (values.length > VALUES_MAX) errors.tooMany(at, values.length, VALUES_MAX);
  const seen = new Set<number>();
  values.forEach((value, i) => {
    if (operator === "In" && value === 0)
      errors.invalid(`${at}[${i}]`, value, "must not be 0 for the In operator");
    if (seen.has(value)) errors.duplicate(`${at}[${i}]`, value);
    seen.add(value);
  });
  if (values.some((value, i) => i > 0 && (values[i - 1] as number) > value)) {
    errors.invalid(at, values, "must be ordered");
  }
}

/** As Go prints a list of texts with %q. */
function listed(words: readonly string[]): string {
  return `[${words.map((word) => `"${word}"`).join(" ")}]`;
}
