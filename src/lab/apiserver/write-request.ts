import type { Kind } from "../../kube/kind.ts";
import type { Collection } from "./collection.ts";
import type { Caller } from "./server.ts";
import type { Strategy } from "./strategies/strategy.ts";

/** One write, once it is known what it is about. */
export interface WriteRequest {
  readonly caller: Caller;
  /** The kind as the path names it. */
  readonly kind: Kind;
  readonly collection: Collection;
  readonly strategy: Strategy;
  readonly namespace: string | undefined;
  /** Absent for POST to a collection. */
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  readonly dryRun: boolean;
}
