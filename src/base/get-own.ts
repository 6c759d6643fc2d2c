/**
 * What a record holds under a key of somebody's choice: reading `constructor` or `toString` the plain way finds what every
 * object has, though nobody put it there.
 */
export function getOwn<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
