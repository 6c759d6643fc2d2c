import type { Reader } from "../../client/client.ts";
import { pods } from "../../kube/kinds.ts";
import { selectorMatches } from "../../kube/selectors.ts";
import type { Pod } from "../../kube/types/index.ts";
import { listWorkloads, refOf, type WorkloadRef } from "../subject.ts";
import type { Fault } from "./fault.ts";

/** Deletes one pod of a workload as `kubectl delete pod` does. Its controller is the undo. */
export function deletePod(workload: WorkloadRef): Fault {
  return {
    async inject(target) {
      const pod = await firstPodOf(target.client, workload);
      if (pod !== undefined) await target.client.delete(pods, workload.namespace, pod.metadata.name);
      return {
        what:
          pod === undefined ? `${workload.name} has no pod to delete` : `pod ${pod.metadata.name} is deleted`,
        unreachableNodes: [],
        undo: async () => {},
      };
    },
  };
}

/** The first pod of a workload, in order of name, that is not on its way out; ready ones before others. */
export async function firstPodOf(client: Reader, ref: WorkloadRef): Promise<Pod | undefined> {
  const workload = (await listWorkloads(client)).find(
    (candidate) =>
      candidate.kind === ref.kind &&
      candidate.metadata.namespace === ref.namespace &&
      candidate.metadata.name === ref.name,
  );
  if (workload === undefined) return undefined;
  const list = await client.list(pods, { namespace: refOf(workload).namespace });
  const theirs = list.items.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined &&
      selectorMatches(workload.spec.selector, pod.metadata.labels ?? {}),
  );
  const isReady = (pod: Pod) =>
    pod.status.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True") ??
    false;
  return theirs.find(isReady) ?? theirs[0];
}
