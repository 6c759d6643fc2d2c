/**
 * Managers on their way from an object to its Scale and back (apimachinery's managedfields.ScaleHandler). The Scale has them for
 * its count of replicas, in its own version; an Update's manager is another one in another version, and so comes back anew.
 */
import { type Entries, isManagedBy, lastOfEach, makeEntry, setOf, sortEntries, withSet } from "./entries.ts";
import { difference, EMPTY_SET, type FieldSet, has } from "./field-set.ts";

/** Where an object keeps the count that its Scale shows, by the names of fields: ["spec", "replicas"]. */
export type CountPath = readonly string[];

/** "autoscaling/v1" */
const SCALE_VERSION = "autoscaling/v1";
const COUNT_IN_SCALE = only(["spec", "replicas"]);

/** The managers of a Scale: those of its object that own the count. */
export function managersOfScale(entries: Entries, path: CountPath): Entries {
  const count = only(path);
  return sortEntries(
    lastOfEach(entries)
      .filter((entry) => has(setOf(entry), count))
      .map((entry) => ({ ...entry, apiVersion: SCALE_VERSION, fieldsV1: COUNT_IN_SCALE })),
  );
}

/** The managers of an object whose Scale has come to these; who owns the count of the Scale owns it in `apiVersion`. */
export function managersOfScaled(
  entries: Entries,
  scale: Entries,
  path: CountPath,
  apiVersion: string,
): Entries {
  const count = only(path);
  const parents = lastOfEach(entries);
  const stays = (owner: (typeof entries)[number]) =>
    !has(setOf(owner), count) || scale.some((entry) => isManagedBy(entry, owner));
  const kept = parents.flatMap((entry) =>
    stays(entry) ? entry : (withSet(entry, difference(setOf(entry), count)) ?? []),
  );
  const come = scale
    .filter(
      (entry) => has(setOf(entry), COUNT_IN_SCALE) && !parents.some((owner) => isManagedBy(entry, owner)),
    )
    // Nobody knows any more since when.
    .map((entry) => makeEntry({ ...entry, apiVersion }, count, undefined));
  return sortEntries([...kept, ...come]);
}

/** The set of one path. */
function only(path: CountPath): FieldSet {
  return path.reduceRight((below: FieldSet, step) => ({ [`f:${step}`]: below }), EMPTY_SET);
}
