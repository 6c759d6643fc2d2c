import type { Container, ContainerPort } from "../../kube/types/index.ts";
import type { Subject } from "./subject.ts";

/** The ports of a container that Services send requests to, by number or by name. */
export function servedPorts({ services }: Subject, { ports = [] }: Container): ContainerPort[] {
  const targets = services.flatMap(({ spec }) =>
    (spec.ports ?? []).map(({ targetPort, port }) => targetPort ?? port),
  );
  return ports.filter(({ name, containerPort }) =>
    targets.some((target) => (typeof target === "number" ? target === containerPort : target === name)),
  );
}
