import type { StatusCause } from "../../../kube/status-error.ts";
import type { Engine } from "../../../time/engine.ts";
import type { AdmissionChain } from "../admission/chain.ts";
import type { LooseObject } from "../loose.ts";
import { momentOf } from "../request-memo.ts";
import type { Store } from "../store.ts";
import type { Occasion } from "../strategies/strategy.ts";
import type { WriteRequest } from "../write-request.ts";

/** What creating, updating and deleting need of the server around them. */
export interface RegistryContext {
  readonly engine: Engine;
  readonly store: Store;
  readonly admission: AdmissionChain;
  /** @throws {StatusError} Forbidden when the caller would hand out rights beyond their own */
  checkPrivileges(request: WriteRequest, object: LooseObject, old: LooseObject | undefined): void;
  /** Why an object cannot be stored, or cannot take the place of `old`; none when it can. */
  judge(request: WriteRequest, object: LooseObject, old: LooseObject | undefined): readonly StatusCause[];
  /** Fills in what is handed out from a pool, such as a Service's address. `old` is absent for a new object. */
  allocate(request: WriteRequest, object: LooseObject, old: LooseObject | undefined): LooseObject;
}

/** When and by whom, for strategies. */
export function occasionOf({ engine }: RegistryContext, { caller }: WriteRequest): Occasion {
  return { nowMs: momentOf(caller, engine), user: caller.user };
}
