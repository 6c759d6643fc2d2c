import { nameOf } from "../../checks/check.ts";
import { inNamespace } from "../commands.ts";
import { concernsOf, failingContainers, waitingFor } from "../containers.ts";
import type { Remedy, Trouble } from "../trouble.ts";

const WAITS =
  /^(CreateContainerConfigError|CreateContainerError|RunContainerError|PreCreateHookError|PostStartHookError)$/;

/** The kubelet cannot make the container: what it is to be made of is missing or wrong. */
export const containerConfig: Trouble = {
  id: "container-config",
  title: "A container cannot be made",
  *find(examined) {
    for (const container of failingContainers(examined)) {
      const waits = waitingFor(container);
      if (!WAITS.test(waits)) continue;
      const { pod, status } = container;
      const message = status.state.waiting?.message ?? "";
      const missing = /(secret|configmap) "([^"]+)" not found/.exec(message);
      const key = /couldn't find key (\S+) in (Secret|ConfigMap) (?:[^/\s]+\/)?(\S+)/i.exec(message);
      const namespace = inNamespace(pod);
      const remedies: Remedy[] =
        missing !== null
          ? [
              {
                command: `kubectl get ${missing[1]}s${namespace}`,
                says: `shows those that are there; create ${missing[2]}, or mend its name in the template: the pod then starts by itself`,
              },
            ]
          : key !== null
            ? [
                {
                  says: `add key ${key[1]} to ${key[2]} ${key[3]}, or mend the key's name in the template: the pod then starts by itself`,
                },
              ]
            : [
                {
                  command: `kubectl describe pod ${pod.metadata.name}${namespace}`,
                  says: "shows all that is known of it",
                },
              ];
      yield {
        object: nameOf(pod),
        concerns: concernsOf(examined, pod),
        cause:
          missing !== null
            ? `container ${status.name} needs ${missing[1]} ${missing[2]?.split("/").at(-1)}, which is not in its namespace`
            : key !== null
              ? `container ${status.name} needs key ${key[1]}, which ${key[2]} ${key[3]} does not have`
              : `container ${status.name} cannot be made`,
        evidence: [`${waits}: ${message}`],
        remedies,
      };
    }
  },
};
