import type { KindRegistry } from "../../kind-registry.ts";
import type { Outside } from "../../outside/outside.ts";
import type { AdmissionContext } from "../chain.ts";
import type { VersionContext } from "../version-context.ts";

/** What asking webhooks takes besides what every plugin has. */
export interface WebhookContext extends AdmissionContext, VersionContext {
  readonly kinds: KindRegistry;
  readonly outside: Outside;
}
