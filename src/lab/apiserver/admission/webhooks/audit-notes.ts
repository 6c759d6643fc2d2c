/** What the audit log is told of webhooks, under the keys of kube-apiserver; patches are noted from level Request on only. */
import { goJson } from "../../../../base/go-json.ts";
import type { Caller } from "../../server.ts";
import type { HookType } from "./configuration-kinds.ts";
import type { Hook } from "./hooks.ts";

const PREFIXES: Readonly<Record<HookType, string>> = {
  mutating: "mutation.webhook.admission.k8s.io",
  validating: "validating.webhook.admission.k8s.io",
};

/** Whether a mutating webhook that was asked changed the object. */
export function noteMutation({ annotate }: Caller, hook: Hook, round: number, mutated: boolean): void {
  const { configuration, name: webhook, index } = hook;
  const note = goJson({ configuration, webhook, mutated });
  annotate?.(`${PREFIXES.mutating}/round_${round}_index_${index}`, note);
}

/** A webhook that could not be asked, and may be passed over. `index` is its place among those that are asked. */
export function noteFailedOpen(
  { annotate }: Caller,
  type: HookType,
  { name }: Hook,
  round: number,
  index: number,
): void {
  annotate?.(`failed-open.${PREFIXES[type]}/round_${round}_index_${index}`, name);
}
