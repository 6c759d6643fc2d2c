/** Acknowledged rows against the rows that can be read back. */
export interface Durability {
  readonly rowsAcknowledged: number;
  /** `null` when the database could not be read any more, so that nobody knows. */
  readonly rowsLost: number | null;
}

/** A row is lost when the application acknowledged it and it cannot be read back after everything was undone. */
export function keepsWrites(
  acknowledged: ReadonlySet<string>,
  stored: ReadonlySet<string> | undefined,
): Durability {
  if (acknowledged.size === 0) return { rowsAcknowledged: 0, rowsLost: 0 };
  if (stored === undefined) return { rowsAcknowledged: acknowledged.size, rowsLost: null };
  let lost = 0;
  for (const row of acknowledged) if (!stored.has(row)) lost++;
  return { rowsAcknowledged: acknowledged.size, rowsLost: lost };
}
