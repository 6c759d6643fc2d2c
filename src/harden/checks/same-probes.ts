import { type Check, nameOf } from "./check.ts";
import { asksTheSame, patienceOf } from "./probes.ts";

/** One question for two decisions: to send no more requests, and to kill. */
export const sameProbes: Check = {
  id: "same-probes",
  severity: "warning",
  title: "A container that is too busy to answer is left out before it is restarted",
  *find({ podSources }) {
    for (const { object, spec, path } of podSources) {
      for (const [at, { name, livenessProbe, readinessProbe }] of spec.containers.entries()) {
        if (livenessProbe === undefined || readinessProbe === undefined) continue;
        if (!asksTheSame(livenessProbe, readinessProbe)) continue;
        // Twice as patient is the usual way to tell the two apart with one question.
        if (patienceOf(livenessProbe) >= 2 * patienceOf(readinessProbe)) continue;
        yield {
          object: nameOf(object),
          field: `${path}.containers[${at}].livenessProbe`,
          message: `container ${name} is restarted for the same answer, and as soon, as it is left out for`,
          consequence:
            "under load all replicas answer late at the same time and are all restarted, where leaving some out for a moment would do",
        };
      }
    }
  },
};
