import { CompiledSelector, type LabelRequirement } from "../kube/selectors.ts";
import type { StringMap } from "../kube/types/index.ts";

/** The selector with more requirements. One that selects nothing goes on selecting nothing. */
export function narrowedSelector(
  selector: CompiledSelector,
  by: readonly LabelRequirement[],
): CompiledSelector {
  const selectsNothing = selector.requirements.length === 0 && !selector.selectsEverything;
  if (by.length === 0 || selectsNothing) return selector;
  return new CompiledSelector([...by, ...selector.requirements]);
}

/** One requirement for each of the keys that the labels have: the same value, or another one. */
export function requirementsByKeys(
  keys: readonly string[] | undefined,
  labels: StringMap,
  operator: "in" | "notin",
): readonly LabelRequirement[] {
  return (keys ?? []).flatMap((key) => {
    const value = labels[key];
    return value === undefined ? [] : [{ key, operator, values: [value] }];
  });
}
