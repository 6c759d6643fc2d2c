import type { Kind } from "../../../kube/kind.ts";
import type { Engine } from "../../../time/engine.ts";
import type { AdmissionChain } from "../admission/chain.ts";
import type { Collection } from "../collection.ts";
import type { KindRegistry } from "../kind-registry.ts";
import type { Caller } from "../server.ts";
import type { Store } from "../store.ts";
import type { Strategy } from "../strategies/strategy.ts";

/** What creating, updating and deleting need of the server around them. */
export interface RegistryContext {
  readonly engine: Engine;
  readonly store: Store;
  readonly kinds: KindRegistry;
  readonly admission: AdmissionChain;
}

/** One write, once it is known what it is about. */
export interface WriteRequest {
  readonly caller: Caller;
  /** The kind as the path names it. */
  readonly kind: Kind;
  readonly collection: Collection;
  readonly strategy: Strategy;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
  readonly dryRun: boolean;
}
