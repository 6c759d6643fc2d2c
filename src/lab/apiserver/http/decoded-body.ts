/** What a body holds. */
export interface DecodedBody {
  readonly value: unknown;
  /** Fields given twice, one finding each. */
  readonly issues: readonly string[];
}
