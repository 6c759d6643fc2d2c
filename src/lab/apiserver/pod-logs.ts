import type { Pod } from "../../kube/types/index.ts";

/** One line that a container printed. */
export interface LogLine {
  readonly atMs: number;
  readonly text: string;
}

/** What a kubelet has of a container's output. */
export type ContainerLog =
  | { readonly kind: "log"; readonly lines: readonly LogLine[]; readonly isRunning: boolean }
  /** No such container has been started there, or none before the present one. */
  | { readonly kind: "none" }
  /** Nobody answers at the kubelet's port; `why` as Go's dialler says it. */
  | { readonly kind: "unreachable"; readonly address: string; readonly why: string };

/** Reads containers' output from the machines that they run on. */
export interface PodLogs {
  read(pod: Pod, container: string, previous: boolean): ContainerLog;
}
