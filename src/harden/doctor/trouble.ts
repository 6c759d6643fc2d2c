/**
 * Doctor: why something does not work. A check says what will hurt one day; a trouble hurts now, or has.
 *
 * Nouns: a `Trouble` is one thing that goes wrong and looks for it in what was `Examined`; a `Diagnosis` names the object, the cause
 * and the evidence, and what mends it. Troubles are pure: events and logs were asked for before (`wantsLogs`), and where
 * there were none a diagnosis says what could not be looked at. Nothing here changes a cluster, and no value of a Secret, of a
 * variable or of a session is ever part of a sentence.
 */
import type { ObjectName } from "../checks/check.ts";
import type { Examined } from "./examined.ts";
import type { LogWish } from "./log-wish.ts";

/** A way out: a command as it is typed, or a decision that no command takes. */
export interface Remedy {
  readonly command?: string;
  /** What it does, and what it costs; one sentence without an end mark. */
  readonly says: string;
}

export interface Diagnosis {
  /** Id of the trouble. */
  readonly trouble: string;
  readonly object: ObjectName;
  /** Others that suffer from it or have a part in it: who asks for one of these is told too. */
  readonly concerns?: readonly ObjectName[];
  /** Why it does not work, one sentence without an end mark. */
  readonly cause: string;
  /** What was seen, in the cluster's own words where it has some. */
  readonly evidence: readonly string[];
  readonly remedies: readonly Remedy[];
  /** What would have told more, and could not be looked at. */
  readonly unseen?: readonly string[];
  /** It is as it was meant to be: told to those who ask for the object, and no reason to worry. */
  readonly expected?: true;
}

export type Found = Omit<Diagnosis, "trouble">;

export interface Trouble {
  /** Short, lower case, with dashes: a heading of `docs/doctor.md` too. */
  readonly id: string;
  /** What goes wrong, as a person would say it. */
  readonly title: string;
  /** Logs that would help, of a cluster whose objects are known already. */
  wantsLogs?(examined: Examined): readonly LogWish[];
  find(examined: Examined): Iterable<Found>;
}
