import type { Container, Pod } from "../../../kube/types/index.ts";

/** An init container that keeps running beside the others. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === "Always";
}

/** Whether a container of the pod that ended with `exitCode` is to be started again. */
export function shouldRestartAfter(pod: Pod, container: Container, exitCode: number): boolean {
  if (isSidecar(container)) return true;
  if (pod.spec.restartPolicy === "Always") return true;
  return pod.spec.restartPolicy === "OnFailure" && exitCode !== 0;
}

/** "web_default(uid)": how kubelet names a pod in its messages (pkg/kubelet/util/format). */
export function podTitle(pod: Pod): string {
  return `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
}
