import type { Container } from "../../kube/types/index.ts";
import { withPodSpec } from "../rules/rule.ts";
import { withdrawnFirst } from "../rules/termination.ts";
import { type Check, type Complaint, nameOf } from "./check.ts";
import { patchFix } from "./fixes.ts";
import { servedPorts } from "./served-ports.ts";
import type { Subject } from "./subject.ts";

/** The least that a program needs for what it has begun. */
const FINISH_SECONDS = 5;
const GRACE_SECONDS = 30;

/** A pod is told to stop at the same moment as everybody is told to send it nothing more, and stopping is quicker. */
export const stopsTooSoon: Check = {
  id: "stops-too-soon",
  severity: "warning",
  title: "A pod goes on answering until nobody sends it requests any more",
  *find({ subjects }) {
    for (const subject of subjects) {
      if (subject.services.length === 0 || (subject.traits.role ?? "web") !== "web") continue;
      yield* complaintsAbout(subject);
    }
  },
};

function* complaintsAbout(subject: Subject): Iterable<Complaint> {
  const { workload, spec } = subject;
  const grace = spec.terminationGracePeriodSeconds;
  for (const [at, container] of spec.containers.entries()) {
    if (servedPorts(subject, container).length === 0) continue;
    const waits = waitOf(container);
    if (waits === undefined) {
      const patch = patchFix(workload, withdrawnFirst(workload));
      yield {
        object: nameOf(workload),
        field: `spec.template.spec.containers[${at}].lifecycle.preStop`,
        message: `container ${container.name} is told to stop while requests still come in`,
        consequence:
          "at every update, drain and scale-down requests fail for as long as nodes take to hear of it, up to some seconds",
        ...(patch && { patch }),
      };
    } else if (waits + FINISH_SECONDS > grace) {
      const longer = { terminationGracePeriodSeconds: waits + GRACE_SECONDS };
      const patch = patchFix(
        workload,
        withPodSpec(workload, (one) => ({ ...one, ...longer })),
      );
      yield {
        object: nameOf(workload),
        field: "spec.template.spec.terminationGracePeriodSeconds",
        message: `container ${container.name} waits ${waits} s before it stops, and is killed ${grace} s after it was told`,
        consequence: "requests that it is working on are cut off",
        ...(patch && { patch }),
      };
    }
  }
}

/** Seconds that its hook waits; 0 for a hook that nothing is known about, which may well wait. */
function waitOf({ lifecycle }: Container): number | undefined {
  const hook = lifecycle?.preStop;
  if (hook === undefined) return undefined;
  if (hook.sleep !== undefined) return hook.sleep.seconds;
  const command = (hook.exec?.command ?? []).join(" ");
  return Number(/\bsleep\s+(\d+)/.exec(command)?.[1] ?? 0);
}
