/** Which of many changes make something worse, found in few trials: a trial proves a whole cluster anew. */

/** What a set of changes makes worse; nothing, where it does no harm. */
export type Trial<T, Harm> = (changes: readonly T[]) => readonly Harm[];

/** Those that do harm by themselves, each with its harm: what is harmless together is not looked into. */
export function harmful<T, Harm>(changes: readonly T[], trial: Trial<T, Harm>): [T, readonly Harm[]][] {
  if (changes.length === 0) return [];
  const harm = trial(changes);
  if (harm.length === 0) return [];
  const [only] = changes;
  if (changes.length === 1 && only !== undefined) return [[only, harm]];
  const middle = changes.length >> 1;
  return [...harmful(changes.slice(0, middle), trial), ...harmful(changes.slice(middle), trial)];
}

/** How many of them, from the first on, can be made without harm, where one more could not. */
export function harmlessPrefix<T, Harm>(changes: readonly T[], trial: Trial<T, Harm>): number {
  let harmless = 0;
  let harming = changes.length;
  while (harming - harmless > 1) {
    const middle = (harmless + harming) >> 1;
    if (trial(changes.slice(0, middle)).length === 0) harmless = middle;
    else harming = middle;
  }
  return harmless;
}
