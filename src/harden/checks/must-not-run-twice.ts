import { componentOf } from "../catalogue.ts";
import { type Check, nameOf } from "./check.ts";
import { patchFix } from "./fixes.ts";

/** More replicas are not more availability for what was made to run alone. */
export const mustNotRunTwice: Check = {
  id: "must-not-run-twice",
  severity: "critical",
  title: "What was made to run alone runs alone",
  *find({ subjects }) {
    for (const { workload, spec, labels, replicas } of subjects) {
      const component = componentOf({ spec, labels });
      if (component?.capability !== "singleton" || replicas < 2) continue;
      const patch = patchFix(workload, { ...workload, spec: { ...workload.spec, replicas: 1 } });
      yield {
        object: nameOf(workload),
        field: "spec.replicas",
        message: `${component.name} is made to run once and runs ${replicas} times`,
        consequence: `${component.twice}; one, with tolerations that end soon, is back half a minute after its node is given up`,
        ...(patch && { patch }),
      };
    }
  },
};
