import type { Hardenable } from "../traits.ts";
import { type Rule, withContainers, withPodSpec } from "./rule.ts";

/** Longer than it takes until every node has taken the pod out of its tables. */
const WITHDRAW_SECONDS = 10;
const GRACE_SECONDS = 60;

/** Waits before it stops, so that nobody is sent to a pod that has stopped answering. */
export const termination: Rule = {
  id: "termination",
  phase: 1,
  reason: () =>
    `each container waits ${WITHDRAW_SECONDS} s before it is told to stop: by then no node sends new requests to the pod`,
  edit: (workload, { services, traits }) =>
    services.length === 0 || traits.role !== "web" ? workload : withdrawnFirst(workload),
};

/** The workload with containers that wait before they stop, and with time for that; the very same where all do. */
export function withdrawnFirst<T extends Hardenable>(workload: T): T {
  const waiting = withContainers(workload, (container) => {
    if (container.lifecycle?.preStop !== undefined) return container;
    return {
      ...container,
      lifecycle: { ...container.lifecycle, preStop: { sleep: { seconds: WITHDRAW_SECONDS } } },
    };
  });
  if (waiting === workload) return workload;
  return withPodSpec(waiting, (spec) =>
    spec.terminationGracePeriodSeconds >= GRACE_SECONDS
      ? spec
      : { ...spec, terminationGracePeriodSeconds: GRACE_SECONDS },
  );
}
