import type { Pod } from "../../kube/types/index.ts";
import type { PluginName } from "../plugin.ts";

/** A pod that waits for a node, with what its attempts so far have left behind. */
export interface QueuedPod {
  /** As it was last seen. */
  pod: Pod;
  readonly uid: string;
  readonly priority: number;
  /** When it came into the queue, or back after an attempt. */
  timestampMs: number;
  attempts: number;
  /** Attempts that ended because no node would do. */
  unschedulableCount: number;
  /** Attempts in a row that ended because something failed. */
  errorCount: number;
  /** Who rejected it in its last attempt. Empty after an error. */
  rejectors: ReadonlySet<PluginName>;
  /** Who does not even let it try. */
  gate?: PluginName | undefined;
}

/** The order of the active queue: by priority, then by who has waited longer. */
export function comparePrioritySort(a: QueuedPod, b: QueuedPod): number {
  return b.priority - a.priority || a.timestampMs - b.timestampMs;
}
