import { pods } from "../../kube/kinds.ts";
import { isStatus } from "../../kube/status-error.ts";
import type { Pod, PodStatus } from "../../kube/types/index.ts";
import type { LabContext } from "../context.ts";

/** client-go's retry.DefaultBackoff: four tries, 10 ms apart at first and five times longer each time. */
const RETRY_DELAYS_MS = [10, 50, 250];

export interface StatusWrite {
  readonly pod: Pod;
  /** The new status; the same object when nothing has to be written. */
  readonly change: (status: PodStatus) => PodStatus;
  /** Told when it is written, or when there is nothing to write. */
  readonly onWritten?: () => void;
  /** Told when it could not be written, for good. */
  readonly onFailed?: (error: unknown) => void;
}

/** Changes a pod's status as it stands now. While the API server does not answer it is tried a few times. */
export function writePodStatus({ api, engine }: LabContext, write: StatusWrite): void {
  const { metadata } = write.pod;
  const attempt = (retries: number) => {
    try {
      const now = api.get(pods, metadata.namespace, metadata.name);
      if (now?.metadata.uid === metadata.uid) {
        const status = write.change(now.status);
        if (status !== now.status) api.updateStatus(pods, { ...now, status });
      }
    } catch (error) {
      const delayMs = RETRY_DELAYS_MS[retries];
      const isPassing = isStatus(error, "ServiceUnavailable") || isStatus(error, "InternalError");
      if (isPassing && delayMs !== undefined) engine.after(delayMs, () => attempt(retries + 1));
      else write.onFailed?.(error);
      return;
    }
    write.onWritten?.();
  };
  attempt(0);
}

/** The status with another promised node, or with none. */
export function withNominatedNode(status: PodStatus, nodeName: string): PodStatus {
  const { nominatedNodeName = "", ...rest } = status;
  if (nominatedNodeName === nodeName) return status;
  return nodeName === "" ? rest : { ...rest, nominatedNodeName: nodeName };
}
