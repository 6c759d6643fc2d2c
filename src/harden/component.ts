/** What is known of a component that most clusters run. */
import type { StringMap } from "../kube/types/index.ts";

/**
 * - `active-active`: all of them answer.
 * - `leader-elected`: one works, the others wait for its lease.
 * - `sharded`: each does a part of the work, so how many there are is said elsewhere too.
 * - `singleton`: two of them get into each other's way; what helps is a fast restart elsewhere.
 */
export type Capability = "active-active" | "leader-elected" | "sharded" | "singleton";

export interface Component {
  readonly name: string;
  readonly capability: Capability;
  /** What is missing while it is down. */
  readonly down: string;
  /** Of a singleton: what two of them do. */
  readonly twice?: string;
}

/** A component as it is shipped, and what makes another thing of it. */
export interface ShippedComponent extends Component {
  /** Each a set of labels that only its pods have, one for each way in which it is shipped. */
  readonly labels: readonly StringMap[];
  /** Ends of image names without tags. */
  readonly images: readonly string[];
  /** Replaces what is said above where the program is told so. */
  readonly unless?: readonly ToldOtherwise[];
}

export interface ToldOtherwise {
  /** Flags of the program: one of them is there, or none is. */
  readonly flags?: readonly string[];
  readonly withoutFlags?: readonly string[];
  /** Names of environment variables of which one is set. */
  readonly variables?: readonly string[];
  readonly instead: Pick<Component, "capability" | "twice">;
}
