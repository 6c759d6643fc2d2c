import { pods } from "../../../kube/kinds.ts";
import type { Container, KubeObject } from "../../../kube/types/index.ts";
import { nameOf } from "../../checks/check.ts";
import { counted, patchRemedy } from "../commands.ts";
import { concernsOf, endText, type FailingContainer, failingContainers, hasCrashed } from "../containers.ts";
import type { Examined } from "../examined.ts";
import type { Remedy, Trouble } from "../trouble.ts";
import { isKilledForMemory } from "./crash-loop.ts";

/** Killed by the kernel at its limit, or because the node had no memory left. */
export const outOfMemory: Trouble = {
  id: "out-of-memory",
  title: "A container is killed for the memory that it takes",
  *find(examined) {
    for (const container of killed(examined)) {
      const { pod, status } = container;
      const spec = specOf(container);
      const limit = spec?.resources.limits?.memory;
      const owner = examined.ownerOf(pod);
      yield {
        object: nameOf(pod),
        concerns: concernsOf(examined, pod),
        cause:
          limit === undefined
            ? `container ${status.name} has no memory limit, and node ${pod.spec.nodeName} ran out of memory: the kernel chose it`
            : `container ${status.name} took more memory than its limit of ${limit}, and the kernel killed it`,
        evidence: [`ended with ${endText(container)}, started ${counted(status.restartCount + 1, "time")}`],
        remedies: remediesOf(owner, status.name, limit),
      };
    }
  },
};

/** Those that run again since are told as well: the next time comes. */
function killed(examined: Examined): FailingContainer[] {
  const failing = failingContainers(examined).filter((one) => hasCrashed(one) && isKilledForMemory(one));
  const again = examined.view
    .list(pods)
    .flatMap((pod) =>
      (pod.status.containerStatuses ?? [])
        .filter(({ ready, lastState }) => ready && lastState.terminated?.reason === "OOMKilled")
        .map((status) => ({ pod, status, isInit: false, ended: status.lastState.terminated })),
    );
  return [...failing, ...again];
}

function specOf({ pod, status, isInit }: FailingContainer): Container | undefined {
  const all = isInit ? pod.spec.initContainers : pod.spec.containers;
  return all?.find(({ name }) => name === status.name);
}

function remediesOf(owner: KubeObject, name: string, limit: string | undefined): Remedy[] {
  const patchable = owner.kind === "Deployment" || owner.kind === "StatefulSet" || owner.kind === "DaemonSet";
  if (limit === undefined)
    return [
      {
        says: "ask for the memory that it needs (resources.requests.memory), so that it stands where there is enough, and give it a limit above that",
      },
    ];
  const double = doubled(limit);
  const text =
    "twice the limit; less will do where the program can be told to keep to one (heap size, shared_buffers, maxmemory)";
  if (!patchable || double === undefined) return [{ says: `raise resources.limits.memory above ${limit}` }];
  const resources = { limits: { memory: double }, requests: { memory: double } };
  return [patchRemedy(owner, { spec: { template: { spec: { containers: [{ name, resources }] } } } }, text)];
}

/** "512Mi" → "1024Mi" */
function doubled(text: string): string | undefined {
  const read = /^(\d+)([A-Za-z]*)$/.exec(text);
  return read === null ? undefined : `${Number(read[1]) * 2}${read[2]}`;
}
