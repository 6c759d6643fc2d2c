/** PriorityLevelConfigurations: how many requests of a level may run at once, and what becomes of the others. */
import { deepEqual } from "../../../base/deep.ts";
import type { FieldErrors } from "../field-errors.ts";
import { internalForm } from "../internal-form.ts";
import { dnsSubdomain } from "../names.ts";
import { AS_NEW, type KindRules } from "../rules.ts";
import { checkConditions, type LooseConditions } from "./flow-schemas.ts";

interface LooseLimited {
  readonly nominalConcurrencyShares?: number;
  readonly limitResponse?: {
    readonly type?: string;
    readonly queuing?: {
      readonly queues?: number;
      readonly handSize?: number;
      readonly queueLengthLimit?: number;
    };
  };
  readonly lendablePercent?: number;
  readonly borrowingLimitPercent?: number;
}

interface LoosePriorityLevel {
  readonly metadata?: { readonly name?: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: { readonly type?: string; readonly limited?: LooseLimited; readonly exempt?: LooseLimited };
  readonly status?: LooseConditions;
}

export const PRIORITY_LEVEL_RULES: KindRules<LoosePriorityLevel> = {
  name: dnsSubdomain,
  passes: AS_NEW,
  check: checkPriorityLevel,
  status: (errors, { status }) => checkConditions(errors, status),
};

/** What v1beta3 needed to tell zero shares from none. */
const ZERO_SHARES = "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares";

function checkPriorityLevel(
  errors: FieldErrors,
  { metadata = {}, spec = {}, status }: LoosePriorityLevel,
): void {
  const { name = "", annotations = {} } = metadata;
  if (annotations[ZERO_SHARES] !== undefined) {
    errors.forbidden("metadata.annotations", `annotation '${ZERO_SHARES}' is forbidden`);
  }
  const { type = "", limited, exempt } = spec;
  if ((name === "exempt") !== (type === "Exempt")) {
    errors.invalid("spec.type", type, "must be 'Exempt' if and only if `name` is 'exempt'");
  }
  if (type === "Exempt") {
    if (limited !== undefined) errors.forbidden("spec.limited", "must be nil if the type is not Limited");
    if (exempt !== undefined) checkShares(errors, exempt, "spec.exempt");
  } else if (type === "Limited") {
    if (exempt !== undefined) errors.forbidden("spec.exempt", "must be nil if the type is Limited");
    if (limited === undefined) errors.required("spec.limited", "must not be empty when type is Limited");
    else checkLimited(errors, limited, "spec.limited");
  } else errors.notSupported("spec.type", type, ["Exempt", "Limited"]);
  checkFixedLevel(errors, name, spec);
  checkConditions(errors, status);
}

function checkFixedLevel(
  errors: FieldErrors,
  name: string,
  spec: NonNullable<LoosePriorityLevel["spec"]>,
): void {
  const fixed = FIXED_LEVELS.get(name);
  if (fixed === undefined) return;
  const isExempt = name === "exempt";
  const { exempt: _, ...rest } = spec;
  if (deepEqual(isExempt ? rest : spec, fixed)) return;
  const but = isExempt ? " except the 'spec.exempt' field" : "";
  const shown = internalForm("flowcontrol.PriorityLevelConfigurationSpec", spec);
  errors.invalid("spec", shown, `spec of '${name}'${but} must equal the fixed value`);
}

function checkNominal(errors: FieldErrors, shares: number | undefined, path: string): void {
  if (shares === undefined || shares >= 0) return;
  errors.invalid(`${path}.nominalConcurrencyShares`, shares, "must be a non-negative integer");
}

function checkLendable(errors: FieldErrors, percent: number | undefined, path: string): void {
  if (percent === undefined || (percent >= 0 && percent <= 100)) return;
  errors.invalid(`${path}.lendablePercent`, percent, "must be between 0 and 100, inclusive");
}

function checkShares(errors: FieldErrors, exempt: LooseLimited, path: string): void {
  checkNominal(errors, exempt.nominalConcurrencyShares, path);
  checkLendable(errors, exempt.lendablePercent, path);
}

function checkLimited(errors: FieldErrors, limited: LooseLimited, path: string): void {
  checkNominal(errors, limited.nominalConcurrencyShares, path);
  const { type = "", queuing } = limited.limitResponse ?? {};
  const at = `${path}.limitResponse`;
  if (type === "Reject") {
    if (queuing !== undefined) {
      errors.forbidden(`${at}.queuing`, "must be nil if limited.limitResponse.type is not Limited");
    }
  } else if (type === "Queue") {
    if (queuing !== undefined) checkQueuing(errors, queuing, `${at}.queuing`);
    else errors.required(`${at}.queuing`, "must not be empty if limited.limitResponse.type is Limited");
  } else errors.notSupported(`${at}.type`, type, ["Queue", "Reject"]);
  checkLendable(errors, limited.lendablePercent, path);
  const { borrowingLimitPercent: borrowing } = limited;
  if (borrowing !== undefined && borrowing < 0) {
    const rule = "if specified, must be a non-negative integer";
    errors.invalid(`${path}.borrowingLimitPercent`, borrowing, rule);
  }
}

const QUEUES_MAX = 10_000_000;
/** What a hand of queues is dealt by has so many bits (k8s.io/apiserver, shufflesharding.MaxHashBits). */
const HASH_BITS_MAX = 60;

type Queuing = NonNullable<NonNullable<LooseLimited["limitResponse"]>["queuing"]>;

function checkQueuing(errors: FieldErrors, queuing: Queuing, path: string): void {
  const { queues = 0, handSize = 0, queueLengthLimit = 0 } = queuing;
  if (queueLengthLimit <= 0) errors.invalid(`${path}.queueLengthLimit`, queueLengthLimit, "must be positive");
  if (queues <= 0) errors.invalid(`${path}.queues`, queues, "must be positive");
  else if (queues > QUEUES_MAX)
    errors.invalid(`${path}.queues`, queues, `must not be greater than ${QUEUES_MAX}`);
  const at = `${path}.handSize`;
  if (handSize <= 0) errors.invalid(at, handSize, "must be positive");
  else if (handSize > queues) errors.invalid(at, handSize, `should not be greater than queues (${queues})`);
  else if (Math.ceil(Math.log2(queues) * handSize) > HASH_BITS_MAX) {
    const of = `required entropy bits of deckSize ${queues} and handSize ${handSize}`;
    errors.invalid(at, handSize, `${of} should not be greater than ${HASH_BITS_MAX}`);
  }
}

const FIXED_LEVELS: ReadonlyMap<string, object> = new Map<string, object>([
  ["exempt", { type: "Exempt" }],
  [
    "catch-all",
    {
      type: "Limited",
      limited: { nominalConcurrencyShares: 5, limitResponse: { type: "Reject" }, lendablePercent: 0 },
    },
  ],
]);
