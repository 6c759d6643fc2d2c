import { namespaces, serviceAccounts } from "../../../kube/kinds.ts";
import { isStatus } from "../../../kube/status-error.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { ControllerFactory } from "../../context.ts";
import { isNamespaceTerminating } from "../shared/pod-control.ts";
import { watchAll } from "../shared/watch.ts";

const NAME = "service-account-controller";
const DEFAULT = "default";

/** A service account "default" in every namespace, which pods get that name none; one that is deleted comes back. */
export const serviceAccount: ControllerFactory = ({ api, engine }) => {
  const reconcile = (namespace: string): void => {
    if (api.get(namespaces, undefined, namespace)?.status.phase !== "Active") return;
    if (api.get(serviceAccounts, namespace, DEFAULT) !== undefined) return;
    try {
      api.create(serviceAccounts, { metadata: { name: DEFAULT, namespace } });
    } catch (error) {
      if (!isStatus(error, "AlreadyExists") && !isNamespaceTerminating(error)) throw error;
    }
  };
  const queue = new WorkQueue(engine, { name: NAME, reconcile });
  return {
    name: NAME,
    start() {
      watchAll(api, namespaces, ({ type, object }) => {
        if (type !== "DELETED") queue.add(object.metadata.name);
      });
      api.onChange(serviceAccounts, ({ type, object }) => {
        if (type === "DELETED") queue.add(object.metadata.namespace ?? "");
      });
    },
  };
};
