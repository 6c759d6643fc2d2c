/** By UTF-16 code units, which for names of objects is the order of their bytes. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
