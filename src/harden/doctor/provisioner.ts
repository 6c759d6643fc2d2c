/** Whether whoever makes a class's volumes runs in the cluster. */
import { isConditionTrue } from "../../kube/conditions.ts";
import { csiDrivers, csiNodes, pods } from "../../kube/kinds.ts";
import type { Pod } from "../../kube/types/index.ts";
import type { ClusterView } from "../../view/cluster-view.ts";

export interface ProvisionerState {
  readonly kind: "runs" | "not-ready" | "absent";
  /** Those that look like it, by their names and images; a managed cloud shows none. */
  readonly pods: readonly Pod[];
}

const COMMON =
  /^(csi|driver|io|com|org|net|k8s|kubernetes|x-k8s|sigs|storage|provisioner|dev|cloud|rancher|docker)$/;

export function provisionerState(provisioner: string, view: ClusterView): ProvisionerState {
  const words = provisioner
    .toLowerCase()
    .split(/[./]/)
    .filter((word) => word.length > 2 && !COMMON.test(word));
  const theirs = view
    .list(pods)
    .filter(
      ({ metadata, spec }) =>
        [metadata.name, ...spec.containers.map(({ image }) => image)].some((text) =>
          words.some((word) => text.toLowerCase().includes(word)),
        ) && !spec.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined),
    );
  const ready = theirs.filter(({ status }) => isConditionTrue(status.conditions, "Ready"));
  if (ready.length > 0) return { kind: "runs", pods: ready };
  if (theirs.length > 0) return { kind: "not-ready", pods: theirs };
  const isRegistered =
    view.list(csiDrivers).some(({ metadata }) => metadata.name === provisioner) ||
    view.list(csiNodes).some(({ spec }) => (spec.drivers ?? []).some(({ name }) => name === provisioner));
  return { kind: isRegistered ? "runs" : "absent", pods: [] };
}
