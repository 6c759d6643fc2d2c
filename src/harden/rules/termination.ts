import { SURVIVES_ONE_LOSS } from "../tiers.ts";
import type { Hardenable } from "../traits.ts";
import { type Rule, withContainers, withPodSpec } from "./rule.ts";

/** Waits before it stops, so that nobody is sent to a pod that has stopped answering. */
export const termination: Rule = {
  id: "termination",
  phase: 1,
  reason: (_, { settings: { termination } }) =>
    `each container waits ${termination.withdrawSeconds} s before it is told to stop: by then no node sends new requests to the pod`,
  edit: (workload, { services, traits, settings }) =>
    services.length === 0 || traits.role !== "web" || settings.termination.withdrawSeconds === 0
      ? workload
      : withdrawnFirst(workload, settings.termination),
};

/** The workload with containers that wait before they stop, and with time for that; the very same where all do. */
export function withdrawnFirst<T extends Hardenable>(
  workload: T,
  { withdrawSeconds, graceSeconds } = SURVIVES_ONE_LOSS.termination,
): T {
  const waiting = withContainers(workload, (container) => {
    if (container.lifecycle?.preStop !== undefined) return container;
    return {
      ...container,
      lifecycle: { ...container.lifecycle, preStop: { sleep: { seconds: withdrawSeconds } } },
    };
  });
  if (waiting === workload) return workload;
  return withPodSpec(waiting, (spec) =>
    spec.terminationGracePeriodSeconds >= graceSeconds
      ? spec
      : { ...spec, terminationGracePeriodSeconds: graceSeconds },
  );
}
