import type { Kind } from "../../kube/kind.ts";
import type { Collection } from "./collection.ts";
import type { LooseObject } from "./loose.ts";
import type { Caller, DeleteParameters, PatchParameters } from "./server.ts";
import type { Strategy } from "./strategies/strategy.ts";

/** How an object is shown to those outside where that is another object: a Deployment as its Scale. */
export interface Face {
  show(object: LooseObject): LooseObject;
  /** The object once its face has been changed. */
  changed(object: LooseObject, face: LooseObject): LooseObject;
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
  /** What the request carried in its query string or options. */
  readonly parameters: PatchParameters | DeleteParameters;
  readonly face?: Face | undefined;
  /** Whether it is one of many that were asked for at once, none of them by name. */
  readonly ofCollection: boolean;
}
