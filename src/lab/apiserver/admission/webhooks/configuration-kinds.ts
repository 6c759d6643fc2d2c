import { invariant } from "../../../../base/invariant.ts";
import type { Kind } from "../../../../kube/kind.ts";
import { findKind } from "../../../../kube/kinds.ts";

export type HookType = "mutating" | "validating";

const KINDS: Readonly<Record<HookType, string>> = {
  mutating: "MutatingWebhookConfiguration",
  validating: "ValidatingWebhookConfiguration",
};

/** The kind that configures webhooks of a type. */
export function configurationKind(type: HookType): Kind {
  const kind = findKind("admissionregistration.k8s.io/v1", KINDS[type]);
  invariant(kind, `The table of kinds has no ${KINDS[type]}`);
  return kind;
}
