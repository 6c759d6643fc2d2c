import type { BodyText } from "../../../kube/schema/body-text.ts";

/** What a body holds. */
export interface DecodedBody {
  readonly value: unknown;
  /** Fields given twice, one finding each. */
  readonly issues: readonly string[];
  /** What else the text of a JSON body says; absent when the value says it all. */
  readonly text?: BodyText;
  /** Whether it goes deeper than an object may; what stands below was emptied. */
  readonly isDeep?: true;
}
