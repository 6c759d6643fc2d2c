import type { Container, Probe } from "../../kube/types/index.ts";
import type { Settings } from "../tiers.ts";
import { type Rule, withContainers } from "./rule.ts";

/** A quick start is seen at once. */
const START_PERIOD_SECONDS = 2;

/** Gives a slow start time, and a busy process more than one second to answer. */
export const patience: Rule = {
  id: "patience",
  phase: 1,
  reason: (_, { settings: { probes } }) =>
    `up to ${startText(probes.startSeconds)} to start before liveness counts, checked every ${START_PERIOD_SECONDS} s so that a quick start is seen at once, and ${probes.timeoutSeconds} s for each answer`,
  edit(workload, { settings }) {
    return withContainers(workload, (container) => {
      const { livenessProbe } = container;
      return livenessProbe === undefined
        ? container
        : withPatience(container, livenessProbe, settings.probes);
    });
  },
};

/** Lets a container without any probe count as ready only once it listens. */
export const readiness: Rule = {
  id: "readiness",
  phase: 1,
  reason: () => "without any probe it counts as ready before it listens: now its port is asked first",
  edit(workload, { settings }) {
    return withContainers(workload, (container) => {
      const probed = container.livenessProbe ?? container.readinessProbe ?? container.startupProbe;
      return probed === undefined ? withPortProbe(container, settings.probes) : container;
    });
  },
};

type Patience = Settings["probes"];

function startText(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} minute${seconds === 60 ? "" : "s"}` : `${seconds} s`;
}

function withPatience(container: Container, probed: Probe, patience: Patience): Container {
  if (container.startupProbe !== undefined) return container;
  const startupProbe: Probe = {
    ...actionOf(probed),
    timeoutSeconds: patience.timeoutSeconds,
    periodSeconds: START_PERIOD_SECONDS,
    successThreshold: 1,
    failureThreshold: Math.ceil(patience.startSeconds / START_PERIOD_SECONDS),
  };
  return {
    ...container,
    startupProbe,
    ...(container.livenessProbe ? { livenessProbe: patient(container.livenessProbe, patience) } : {}),
    ...(container.readinessProbe ? { readinessProbe: patient(container.readinessProbe, patience) } : {}),
  };
}

/** The startup probe takes over what the initial delay was for. */
function patient({ initialDelaySeconds: _, ...probe }: Probe, { timeoutSeconds }: Patience): Probe {
  return { ...probe, timeoutSeconds: Math.max(probe.timeoutSeconds, timeoutSeconds) };
}

/** What a probe asks, without how often and how patiently. */
export function actionOf({ httpGet, tcpSocket, exec, grpc }: Probe): Partial<Probe> {
  if (httpGet !== undefined) return { httpGet };
  if (tcpSocket !== undefined) return { tcpSocket };
  if (exec !== undefined) return { exec };
  return grpc === undefined ? {} : { grpc };
}

function withPortProbe(container: Container, { timeoutSeconds }: Patience): Container {
  const port = container.ports?.[0]?.containerPort;
  if (port === undefined) return container;
  const tcpSocket = { port };
  const readinessProbe: Probe = {
    tcpSocket,
    timeoutSeconds,
    periodSeconds: START_PERIOD_SECONDS,
    successThreshold: 1,
    failureThreshold: 3,
  };
  return { ...container, readinessProbe };
}
