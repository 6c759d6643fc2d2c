/** cel-go's sets extension: lists compared by what is in them. */
import { type Functions, plain } from "./environment.ts";
import { BOOL, listOf, typeParameter } from "./types.ts";
import { type CelList, type CelValue, equal } from "./values.ts";

const LIST = listOf(typeParameter("T"));

function contains(one: CelValue | undefined, other: CelValue | undefined): boolean {
  const { items } = one as CelList;
  return (other as CelList).items.every((each) => items.some((item) => equal(item, each)));
}

export const SETS: Functions = {
  "sets.contains": [plain("list_sets_contains_list", [LIST, LIST], BOOL, contains)],
  "sets.equivalent": [
    plain(
      "list_sets_equivalent_list",
      [LIST, LIST],
      BOOL,
      (one, other) => contains(one, other) && contains(other, one),
    ),
  ],
  "sets.intersects": [
    plain("list_sets_intersects_list", [LIST, LIST], BOOL, (one, other) =>
      (one as CelList).items.some((item) => (other as CelList).items.some((each) => equal(item, each))),
    ),
  ],
};
