import type { Container, Probe } from "../../kube/types/index.ts";
import { type Rule, withContainers } from "./rule.ts";

const TIMEOUT_SECONDS = 5;
const START_PERIOD_SECONDS = 2;
/** Five minutes in all: a first start migrates a database and makes certificates. */
const START_FAILURES = 150;

/** Gives a slow start time, and a busy process more than one second to answer. */
export const patience: Rule = {
  id: "patience",
  phase: 1,
  reason: () =>
    `up to ${(START_PERIOD_SECONDS * START_FAILURES) / 60} minutes to start before liveness counts, checked every ${START_PERIOD_SECONDS} s so that a quick start is seen at once, and ${TIMEOUT_SECONDS} s for each answer`,
  edit(workload) {
    return withContainers(workload, (container) => {
      const probed = container.livenessProbe ?? container.readinessProbe;
      return probed === undefined ? container : withPatience(container, probed);
    });
  },
};

/** Lets a container without any probe count as ready only once it listens. */
export const readiness: Rule = {
  id: "readiness",
  phase: 1,
  reason: () => "without any probe it counts as ready before it listens: now its port is asked first",
  edit(workload) {
    return withContainers(workload, (container) => {
      const probed = container.livenessProbe ?? container.readinessProbe ?? container.startupProbe;
      return probed === undefined ? withPortProbe(container) : container;
    });
  },
};

function withPatience(container: Container, probed: Probe): Container {
  if (container.startupProbe !== undefined) return container;
  const startupProbe: Probe = {
    ...actionOf(probed),
    timeoutSeconds: TIMEOUT_SECONDS,
    periodSeconds: START_PERIOD_SECONDS,
    successThreshold: 1,
    failureThreshold: START_FAILURES,
  };
  return {
    ...container,
    startupProbe,
    ...(container.livenessProbe ? { livenessProbe: patient(container.livenessProbe) } : {}),
    ...(container.readinessProbe ? { readinessProbe: patient(container.readinessProbe) } : {}),
  };
}

/** The startup probe takes over what the initial delay was for. */
function patient({ initialDelaySeconds: _, ...probe }: Probe): Probe {
  return { ...probe, timeoutSeconds: Math.max(probe.timeoutSeconds, TIMEOUT_SECONDS) };
}

/** What a probe asks, without how often and how patiently. */
export function actionOf({ httpGet, tcpSocket, exec, grpc }: Probe): Partial<Probe> {
  if (httpGet !== undefined) return { httpGet };
  if (tcpSocket !== undefined) return { tcpSocket };
  if (exec !== undefined) return { exec };
  return grpc === undefined ? {} : { grpc };
}

function withPortProbe(container: Container): Container {
  const port = container.ports?.[0]?.containerPort;
  if (port === undefined) return container;
  const tcpSocket = { port };
  const readinessProbe: Probe = {
    tcpSocket,
    timeoutSeconds: TIMEOUT_SECONDS,
    periodSeconds: START_PERIOD_SECONDS,
    successThreshold: 1,
    failureThreshold: 3,
  };
  return { ...container, readinessProbe };
}
