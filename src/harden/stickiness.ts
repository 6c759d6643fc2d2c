import { services } from "../kube/kinds.ts";
import type { Service } from "../kube/types/index.ts";
import { patchStep, type Step, type StepTarget } from "./step.ts";
import type { Settings } from "./tiers.ts";
import type { Traits } from "./traits.ts";

export interface StickinessWanted {
  readonly component: StepTarget;
  readonly traits: Traits;
  readonly replicas: number;
  readonly affinity: Settings["sessionAffinity"];
}

/**
 * Sends a client's requests to the same pod, where the application's protocol needs that and nothing in front of the Service can do
 * it by cookie, or the policy says so. Left alone where it is not needed: it makes a dead pod hurt its clients longer.
 */
export function stickinessStep(
  service: Service,
  { component, traits, replicas, affinity }: StickinessWanted,
): Step | undefined {
  const { mode, timeoutSeconds } = affinity;
  const sticks = service.spec.sessionAffinity === "ClientIP";
  const draft = { phase: 1, component, gate: "none", kind: services, before: service } as const;
  const reasons = (text: string) => [{ rule: "stickiness", text }];
  if (mode === "None") {
    if (!sticks || whyStick(traits) !== undefined) return undefined;
    const { sessionAffinityConfig: _, ...spec } = service.spec;
    return patchStep({
      ...draft,
      reasons: reasons(
        "as the policy says: each request may go to another pod, so a dead one hurts nobody longer",
      ),
      after: { ...service, spec: { ...spec, sessionAffinity: "None" } },
    });
  }
  const why = mode === "ClientIP" ? "as the policy says" : whyStick(traits);
  if (why === undefined || replicas < 2 || sticks) return undefined;
  const sessionAffinityConfig = { clientIP: { timeoutSeconds } };
  return patchStep({
    ...draft,
    reasons: reasons(`${why}: each client address stays with one pod for ${durationOf(timeoutSeconds)}`),
    after: { ...service, spec: { ...service.spec, sessionAffinity: "ClientIP", sessionAffinityConfig } },
  });
}

/** Why its clients' requests have to reach the same pod; `undefined` where they do not. */
export function whyStick({ sticky, sessions }: Pick<Traits, "sticky" | "sessions">): string | undefined {
  if (sticky) return "its clients begin with polling, and those requests must reach the same pod";
  return sessions === "memory" ? "a login is known to one pod only" : undefined;
}

function durationOf(seconds: number): string {
  if (seconds === 10_800) return "three hours";
  return seconds % 3600 === 0 ? `${seconds / 3600} h` : `${seconds} s`;
}
