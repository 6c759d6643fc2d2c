import type { KubeObject } from "../../../kube/types/index.ts";

/** An object for events that only name it, as those of controllers that keep nothing but names. */
export function namedOnly(kind: string, namespace: string | undefined, name: string): KubeObject {
  const place = namespace === undefined ? {} : { namespace };
  return {
    apiVersion: "v1",
    kind,
    metadata: { ...place, name, uid: "", resourceVersion: "", creationTimestamp: "" },
  };
}

/** The object for events that name it and its uid, but not its version: how the node controllers refer to nodes. */
export function withoutVersion(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, metadata: { ...metadata, resourceVersion: "" } };
}
