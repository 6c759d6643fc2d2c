/**
 * How much of a journal is kept, and how far back it leads: of each component the newest ten entries in force, and what was taken back
 * for as long as it is among the newest ten revisions. The newest entry of a component is what a rollback needs, and always stays.
 */
import { isStatus } from "../../kube/status-error.ts";
import { isUnfinished } from "./finish.ts";
import { isInForce, type JournalEntry } from "./journal.ts";

/** As many as a Deployment keeps of its own revisions by default. */
export const HISTORY_LIMIT = 10;

/** The entries that nobody needs any more, the oldest first. */
export function outdated(entries: readonly JournalEntry[]): JournalEntry[] {
  const last = Math.max(0, ...entries.map(({ revision }) => revision));
  return entries.filter((entry, i) => {
    if (isUnfinished(entry) || entry.state === "left-behind") return false;
    if (!isInForce(entry)) return entry.revision <= last - HISTORY_LIMIT;
    const newer = entries
      .slice(i + 1)
      .filter((other) => isInForce(other) && other.component === entry.component);
    return newer.length >= HISTORY_LIMIT;
  });
}

/** Deletes what is outdated. @returns why not, where that may not be done: what is kept too long harms nobody */
export async function cleanUp(entries: readonly JournalEntry[]): Promise<string | undefined> {
  for (const entry of outdated(entries)) {
    try {
      await entry.remove();
    } catch (error) {
      if (isStatus(error, "Forbidden")) return error.message;
      // Somebody who did the same was faster.
      if (!isStatus(error, "NotFound")) throw error;
    }
  }
  return undefined;
}

/** A component that cannot be taken back so far, as older entries of it have been deleted. */
export interface Shortfall {
  readonly component: string;
  /** The revision that it can be taken back to. */
  readonly nearest: number;
}

/** Whether all of a journal's components can be taken back to a revision; the first that cannot, where one cannot. */
export function shortfallTo(revision: number, entries: readonly JournalEntry[]): Shortfall | undefined {
  for (const { component, previous } of entries.filter(isInForce)) {
    const isKept = entries.some((other) => other.component === component && other.revision === previous);
    if (previous > revision && !isKept) return { component, nearest: previous };
  }
  return undefined;
}
