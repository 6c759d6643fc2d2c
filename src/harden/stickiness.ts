import { services } from "../kube/kinds.ts";
import type { Service } from "../kube/types/index.ts";
import { type Step, targetOf } from "./step.ts";
import type { Traits } from "./traits.ts";

const TIMEOUT_SECONDS = 10_800;

/**
 * Sends a client's requests to the same pod for three hours, where the application's protocol needs that and nothing in
 * front of the Service can do it by cookie. Left alone where it is not needed: it makes a dead pod hurt its clients longer.
 */
export function stickinessStep(service: Service, traits: Traits, replicas: number): Step | undefined {
  const why = whyStick(traits);
  if (why === undefined || replicas < 2 || service.spec.sessionAffinity === "ClientIP") return undefined;
  return {
    phase: 1,
    action: "patch",
    target: targetOf(services, service),
    reasons: [{ rule: "stickiness", text: `${why}: each client address stays with one pod for three hours` }],
    gate: "none",
    patch: {
      spec: {
        sessionAffinity: "ClientIP",
        sessionAffinityConfig: { clientIP: { timeoutSeconds: TIMEOUT_SECONDS } },
      },
    },
    revert: {
      spec: { sessionAffinity: service.spec.sessionAffinity ?? "None", sessionAffinityConfig: null },
    },
  };
}

function whyStick({ sticky, sessions }: Traits): string | undefined {
  if (sticky) return "its clients begin with polling, and those requests must reach the same pod";
  return sessions === "memory" ? "a login is known to one pod only" : undefined;
}
