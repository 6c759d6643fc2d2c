import type { Container, Probe } from "../../kube/types/index.ts";
import { actionOf } from "../rules/probes.ts";
import { withContainers } from "../rules/rule.ts";
import type { Hardenable } from "../traits.ts";
import { type Check, type Fix, nameOf } from "./check.ts";
import type { PodSource } from "./checked-cluster.ts";
import { patchFix } from "./fixes.ts";
import { patienceOf } from "./probes.ts";

/** A pause of this long is ordinary on a busy or small machine. */
const PAUSE_SECONDS = 10;
/** A first start makes certificates, migrates a database, fills caches. */
const START_SECONDS = 60;
const TIMEOUT_SECONDS = 5;
const START = {
  periodSeconds: 2,
  failureThreshold: 150,
  timeoutSeconds: TIMEOUT_SECONDS,
  successThreshold: 1,
};

/** A liveness probe that kills what was only slow makes an outage of a pause. */
export const tightProbes: Check = {
  id: "tight-probes",
  severity: "warning",
  title: "A liveness probe bears a slow start and a pause",
  *find({ podSources }) {
    for (const source of podSources) {
      for (const [at, container] of source.spec.containers.entries()) {
        const { name, livenessProbe: probe, startupProbe } = container;
        if (probe === undefined) continue;
        const patience = patienceOf(probe);
        const start =
          startupProbe === undefined
            ? (probe.initialDelaySeconds ?? 0) + patience
            : (startupProbe.initialDelaySeconds ?? 0) + patienceOf(startupProbe);
        const isTight = patience < PAUSE_SECONDS || probe.timeoutSeconds < 2;
        if (!isTight && start >= START_SECONDS) continue;
        const patch = patientFix(source, container, isTight);
        yield {
          object: nameOf(source.object),
          field: `${source.path}.containers[${at}].${isTight ? "livenessProbe" : "startupProbe"}`,
          message: isTight
            ? `container ${name} is killed after ${patience} s without an answer, each of which may take ${probe.timeoutSeconds} s`
            : `container ${name} is killed when its start takes longer than ${start} s`,
          consequence: isTight
            ? "a slow disk or a busy processor restarts it, on all nodes at once where they share the cause"
            : "a first start that takes longer (migrations, certificates, a cold disk) is killed again and again, and never ends",
          ...(patch && { patch }),
        };
      }
    }
  },
};

function patientFix({ object }: PodSource, container: Container, isTight: boolean): Fix | undefined {
  if (object.kind !== "Deployment" && object.kind !== "StatefulSet") return undefined;
  const workload = object as Hardenable;
  const after = withContainers(workload, (one) =>
    one.name === container.name ? patient(one, isTight) : one,
  );
  return patchFix(workload, after);
}

function patient(container: Container, isTight: boolean): Container {
  const probe = container.livenessProbe as Probe;
  const { initialDelaySeconds: _, ...rest } = probe;
  const timeoutSeconds = Math.max(probe.timeoutSeconds, TIMEOUT_SECONDS);
  const failureThreshold = Math.max(
    probe.failureThreshold,
    Math.ceil((PAUSE_SECONDS - timeoutSeconds) / probe.periodSeconds) + 1,
  );
  return {
    ...container,
    // The startup probe takes over what the initial delay was for.
    startupProbe: { ...actionOf(probe), ...START },
    livenessProbe: isTight ? { ...rest, timeoutSeconds, failureThreshold } : rest,
  };
}
