import type { Kind } from "../../../kube/kind.ts";
import type { Engine } from "../../../time/engine.ts";
import type { AdmissionChain } from "../admission/chain.ts";
import type { Collection } from "../collection.ts";
import type { LooseObject } from "../loose.ts";
import type { Caller } from "../server.ts";
import type { Store } from "../store.ts";
import type { Occasion, Strategy } from "../strategies/strategy.ts";

/** What creating, updating and deleting need of the server around them. */
export interface RegistryContext {
  readonly engine: Engine;
  readonly store: Store;
  readonly admission: AdmissionChain;
  /** Fills in what is handed out from a pool, such as a Service's address. `old` is absent for a new object. */
  allocate(request: WriteRequest, object: LooseObject, old: LooseObject | undefined): LooseObject;
}

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

/** When and by whom, for strategies. */
export function occasionOf({ engine }: RegistryContext, { caller }: WriteRequest): Occasion {
  return { nowMs: engine.now(), user: caller.user };
}
