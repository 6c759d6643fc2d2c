import type { Kind } from "../../../../kube/kind.ts";
import type { KindRegistry } from "../../kind-registry.ts";
import type { LooseObject } from "../../loose.ts";
import type { Outside } from "../../outside/outside.ts";
import type { AdmissionContext, AdmissionRequest } from "../chain.ts";

/** What asking webhooks takes besides what every plugin has. */
export interface WebhookContext extends AdmissionContext {
  readonly kinds: KindRegistry;
  readonly outside: Outside;
  /** An object that a webhook gave back, read as one of the kind: completed, and without what the kind does not know. */
  decode(request: AdmissionRequest, kind: Kind, object: LooseObject): LooseObject;
  /** An object of the registry in another version of its kind. */
  show(request: AdmissionRequest, kind: Kind, stored: LooseObject): LooseObject;
  /** An object of any version as the registry has it. */
  keep(request: AdmissionRequest, kind: Kind, object: LooseObject): LooseObject;
}
