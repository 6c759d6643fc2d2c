import { deepEqual } from "../base/deep.ts";
import type { Kind } from "../kube/kind.ts";
import { controllerAmong } from "./field-owner.ts";
import { changesBetween } from "./fields/field-changes.ts";
import { ownersOf } from "./fields/field-owners.ts";
import { type FieldPath, fieldText } from "./fields/field-path.ts";
import { RULES } from "./rules/registry.ts";
import type { RuleInput } from "./rules/rule.ts";
import { type ClaimMove, onMovedClaims } from "./shared-claim.ts";
import type { Reason } from "./step.ts";
import type { Hardenable } from "./traits.ts";
import { kindOf, type Refuse } from "./workload-room.ts";

/** A workload as the rules leave it. */
export interface Edited {
  readonly after: Hardenable;
  readonly reasons: readonly Reason[];
  ruleOf(path: FieldPath): string;
}

interface EditOptions {
  readonly moves: readonly ClaimMove[];
  readonly forceConflicts: boolean;
  readonly refuse: Refuse;
}

/** Lets each rule edit the workload; a rule that would take a field from a controller is left out as a whole, and that is said. */
export function editByRules(
  workload: Hardenable,
  input: RuleInput,
  { moves, forceConflicts, refuse }: EditOptions,
): Edited {
  const kind = kindOf(workload) as Kind<Hardenable>;
  let edited: Hardenable = workload;
  const reasons: Reason[] = [];
  const made: { rule: string; paths: readonly FieldPath[] }[] = [];
  const take = (rule: string, after: Hardenable, text: string) => {
    const changes = changesBetween(kind, edited, after);
    if (changes.length === 0) return;
    const theirs = forceConflicts
      ? undefined
      : changes.flatMap(({ path }) => {
          const owner = controllerAmong(ownersOf(workload, path), workload);
          return owner === undefined ? [] : [{ owner, field: fieldText(path) }];
        })[0];
    if (theirs !== undefined) {
      const { owner, field } = theirs;
      refuse(
        rule,
        `${owner.name} owns ${field} and would set it back`,
        `change it ${owner.changeAt}: ${text}`,
      );
      return;
    }
    made.push({ rule, paths: changes.map(({ path }) => path) });
    reasons.push({ rule, text });
    edited = after;
  };
  if (moves.length > 0) {
    const to = moves.map((move) => move.to).join(", ");
    take("shared-claim", onMovedClaims(edited, moves), `now on ${to}, which every replica can mount`);
  }
  for (const rule of RULES) {
    const after = rule.edit(edited, input);
    if (after !== edited) take(rule.id, after, rule.reason(edited, input));
  }
  return {
    after: edited,
    reasons,
    ruleOf: (path) => made.find(({ paths }) => paths.some((other) => overlap(path, other)))?.rule ?? "",
  };
}

function overlap(a: FieldPath, b: FieldPath): boolean {
  const length = Math.min(a.length, b.length);
  return deepEqual(a.slice(0, length), b.slice(0, length));
}
