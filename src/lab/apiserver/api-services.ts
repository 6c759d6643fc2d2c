import { apiVersionOf, type Kind } from "../../kube/kind.ts";
import { findKind } from "../../kube/kinds.ts";
import { formatTime } from "../../kube/time.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { Engine } from "../../time/engine.ts";
import type { KindRegistry } from "./kind-registry.ts";
import { newUid } from "./registry/uid.ts";
import type { Store } from "./store.ts";

/** What an aggregator writes on the services that it keeps by itself; those of built-in groups say "onstart". */
const AUTOMANAGED = "kube-aggregator.kubernetes.io/automanaged";

/**
 * Keeps an APIService for every version in which custom kinds are served, as a real server's crdregistration controller does.
 * Nothing in a lab acts on them: they are there for those who list them.
 */
export function keepApiServices(engine: Engine, store: Store, kinds: KindRegistry): void {
  const apiServices = findKind("apiregistration.k8s.io/v1", "APIService");
  if (apiServices === undefined || kinds.served(apiServices) === undefined) return;
  const collection = store.collection(apiServices);
  kinds.onChange(() => {
    const served = new Map(
      kinds
        .all()
        .filter(isCustom)
        .map((kind) => [nameFor(kind), kind]),
    );
    for (const { metadata } of collection.list()) {
      const isOurs = metadata.labels?.[AUTOMANAGED] === "true";
      if (isOurs && !served.has(metadata.name)) store.remove(collection, undefined, metadata.name);
    }
    for (const [name, kind] of served) {
      if (collection.get(undefined, name) === undefined)
        store.put(collection, apiService(engine, name, kind));
    }
  });
}

function isCustom(kind: Kind): boolean {
  return findKind(apiVersionOf(kind), kind.kind) === undefined;
}

function nameFor({ group, version }: Kind): string {
  return `${version}.${group}`;
}

const MANAGER = {
  manager: "kube-apiserver",
  operation: "Update",
  apiVersion: "apiregistration.k8s.io/v1",
  fieldsType: "FieldsV1",
  fieldsV1: {
    "f:metadata": { "f:labels": { ".": {}, [`f:${AUTOMANAGED}`]: {} } },
    "f:spec": { "f:group": {}, "f:groupPriorityMinimum": {}, "f:version": {}, "f:versionPriority": {} },
  },
};

function apiService(engine: Engine, name: string, { group, version }: Kind): KubeObject {
  const time = formatTime(engine.now());
  const available = {
    type: "Available",
    status: "True",
    lastTransitionTime: time,
    reason: "Local",
    message: "Local APIServices are always available",
  };
  return {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: {
      name,
      uid: newUid(engine, "apiserver/api-services"),
      creationTimestamp: time,
      resourceVersion: "",
      labels: { [AUTOMANAGED]: "true" },
      managedFields: [{ ...MANAGER, time }],
    },
    spec: { group, version, groupPriorityMinimum: 1_000, versionPriority: 100 },
    status: { conditions: [available] },
  } as unknown as KubeObject;
}
