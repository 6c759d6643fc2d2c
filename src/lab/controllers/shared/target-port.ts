import type { Container, Pod, ServicePort } from "../../../kube/types/index.ts";

/** The number of the pod's port that a Service port leads to; `undefined` when no container has a port of that name. */
export function targetPortOf({ spec }: Pod, { targetPort, protocol }: ServicePort): number | undefined {
  if (typeof targetPort === "number") return targetPort;
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  return portNamed(spec.containers, targetPort, protocol) ?? portNamed(sidecars, targetPort, protocol);
}

function portNamed(containers: readonly Container[], name: string, protocol: string): number | undefined {
  for (const { ports = [] } of containers) {
    for (const port of ports) if (port.name === name && port.protocol === protocol) return port.containerPort;
  }
  return undefined;
}
