import { deepEqual } from "../../../base/deep.ts";
import { configMaps, namespaces } from "../../../kube/kinds.ts";
import { isStatus } from "../../../kube/status-error.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { ControllerFactory } from "../../context.ts";
import { isNamespaceTerminating } from "../shared/pod-control.ts";
import { watchAll } from "../shared/watch.ts";

const NAME = "root-ca-cert-publisher";

/** The ConfigMap that pods find the API server's certificate authority in. */
export const ROOT_CA_CONFIG_MAP = "kube-root-ca.crt";

const DESCRIPTION =
  "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

/** The ConfigMap kube-root-ca.crt in every namespace, with the given certificates as PEM; changes to it are undone. */
export function rootCa(certificates: string): ControllerFactory {
  return ({ api, engine }) => {
    const annotations = { "kubernetes.io/description": DESCRIPTION };
    const data = { "ca.crt": certificates };

    const reconcile = (namespace: string): void => {
      const current = api.get(configMaps, namespace, ROOT_CA_CONFIG_MAP);
      if (current === undefined) {
        create(namespace);
        return;
      }
      const { metadata } = current;
      if (deepEqual(current.data, data) && metadata.annotations?.["kubernetes.io/description"]) return;
      const described = { ...metadata, annotations: { ...metadata.annotations, ...annotations } };
      api.update(configMaps, { ...current, metadata: described, data });
    };
    const create = (namespace: string): void => {
      try {
        api.create(configMaps, { metadata: { name: ROOT_CA_CONFIG_MAP, namespace, annotations }, data });
      } catch (error) {
        // The namespace is gone, or takes nothing new in any more.
        if (!isStatus(error, "NotFound") && !isNamespaceTerminating(error)) throw error;
      }
    };

    const queue = new WorkQueue(engine, { name: NAME, reconcile });
    return {
      name: NAME,
      start() {
        watchAll(api, namespaces, ({ type, object }) => {
          const isNew = type === "ADDED";
          if (isNew || (type === "MODIFIED" && object.status.phase === "Active"))
            queue.add(object.metadata.name);
        });
        api.onChange(configMaps, ({ type, object }) => {
          const { name, namespace = "" } = object.metadata;
          if (name === ROOT_CA_CONFIG_MAP && type !== "ADDED") queue.add(namespace);
        });
      },
    };
  };
}
