/**
 * The fewest places (nodes, zones, values of any label) whose loss leaves a workload too few pods. Every pod stands in one
 * place, so the largest places first are the shortest way, and the answer is exact.
 *
 * @param placeOf By pod, the place's index; negative for a pod whose place has no such label, and which no such loss takes.
 * @param atLeast How many pods it takes to work: 1, a quorum, a budget's floor.
 * @returns The places, the largest first and equal ones by index; none when there are too few pods already; nothing when even
 * the loss of all places leaves enough. */
export function fewestToBreak(placeOf: ArrayLike<number>, atLeast: number): readonly number[] | undefined {
  let left = placeOf.length;
  const counts = new Map<number, number>();
  for (let i = 0; i < placeOf.length; i++) {
    const place = placeOf[i] as number;
    if (place >= 0) counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const largestFirst = [...counts].sort(([a, ofA], [b, ofB]) => ofB - ofA || a - b);
  const lost: number[] = [];
  for (const [place, count] of largestFirst) {
    if (left < atLeast) break;
    left -= count;
    lost.push(place);
  }
  return left < atLeast ? lost : undefined;
}
