/**
 * The order of merged lists: what the patch names comes in the patch's order, what only the server has keeps the server's
 * order, and where both orders allow it the two are interleaved as the live list had them.
 */

/** What tells two items of a list apart: the value itself, or the value of a merge key. */
export type Identity = (item: unknown) => unknown;

export interface MergedList {
  /** Everything that is to be in the list. */
  readonly items: readonly unknown[];
  /** The order that the patch asks for; items in it are the patch's. */
  readonly patchOrder: readonly unknown[];
  /** The live list. */
  readonly serverOrder: readonly unknown[];
  readonly identity: Identity;
}

/** The items in their order. */
export function orderElements({ items, patchOrder, serverOrder, identity }: MergedList): unknown[] {
  const inPatch = placesOf(patchOrder, identity);
  const inServer = placesOf(serverOrder, identity);
  const fromPatch: unknown[] = [];
  const serverOnly: unknown[] = [];
  for (const item of items) (inPatch.has(identity(item)) ? fromPatch : serverOnly).push(item);
  sortBy(fromPatch, inPatch, identity);
  sortBy(serverOnly, inServer, identity);
  return interleave(serverOnly, fromPatch, (item) => inServer.get(identity(item)));
}

function placesOf(list: readonly unknown[], identity: Identity): Map<unknown, number> {
  const places = new Map<unknown, number>();
  for (const [place, item] of list.entries())
    if (!places.has(identity(item))) places.set(identity(item), place);
  return places;
}

function sortBy(list: unknown[], places: ReadonlyMap<unknown, number>, identity: Identity): void {
  list.sort((a, b) => (places.get(identity(a)) ?? 0) - (places.get(identity(b)) ?? 0));
}

/** A server's item goes first only where the live list is known to have had it before the patch's next item. */
function interleave(
  serverOnly: readonly unknown[],
  fromPatch: readonly unknown[],
  placeOf: (item: unknown) => number | undefined,
): unknown[] {
  const merged: unknown[] = [];
  let i = 0;
  for (const item of fromPatch) {
    const place = placeOf(item);
    while (i < serverOnly.length && place !== undefined) {
      const serverPlace = placeOf(serverOnly[i]);
      if (serverPlace === undefined || serverPlace >= place) break;
      merged.push(serverOnly[i++]);
    }
    merged.push(item);
  }
  return merged.concat(serverOnly.slice(i));
}
