import { withContainers } from "../rules/rule.ts";
import { type Check, nameOf } from "./check.ts";
import { patchFix } from "./fixes.ts";
import { servedPorts } from "./served-ports.ts";

const PROBE = { timeoutSeconds: 5, periodSeconds: 5, successThreshold: 1, failureThreshold: 3 };

/** Without a readiness probe a pod counts as ready from the moment its process starts. */
export const noReadinessProbe: Check = {
  id: "no-readiness-probe",
  severity: "warning",
  title: "What gets requests says when it can answer them",
  *find({ subjects }) {
    for (const subject of subjects) {
      const { workload, spec } = subject;
      for (const [at, container] of spec.containers.entries()) {
        const [port] = servedPorts(subject, container);
        if (container.readinessProbe !== undefined || port === undefined) continue;
        const readinessProbe = { tcpSocket: { port: port.containerPort }, ...PROBE };
        const after = withContainers(workload, (one) =>
          one.name === container.name ? { ...one, readinessProbe } : one,
        );
        const patch = patchFix(workload, after);
        yield {
          object: nameOf(workload),
          field: `spec.template.spec.containers[${at}].readinessProbe`,
          message: `container ${container.name} has no readiness probe`,
          consequence:
            "it counts as ready before it listens: requests fail at every start, so at every update and after every loss",
          ...(patch && { patch }),
        };
      }
    }
  },
};
