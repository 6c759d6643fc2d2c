import { apiVersionOf, type Kind, resourceName } from "../../kube/kind.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { eventFromCore, eventToCore } from "./conversions/events.ts";
import { autoscalerFromV2, autoscalerToV2 } from "./conversions/horizontal-pod-autoscalers.ts";
import { type LooseObject, loose } from "./loose.ts";

/** How objects of one served version become the stored one, and come back. */
export interface Conversion {
  toStorage(object: LooseObject): LooseObject;
  fromStorage(object: LooseObject): LooseObject;
}

const BUILT_IN: Readonly<Record<string, Conversion>> = {
  "events.events.k8s.io": { toStorage: eventToCore, fromStorage: eventFromCore },
  "horizontalpodautoscalers.autoscaling": { toStorage: autoscalerToV2, fromStorage: autoscalerFromV2 },
};

/** The object in the version that the store keeps. */
export function toStorage(kind: Kind, storage: Kind, object: LooseObject): LooseObject {
  if (kind === storage) return object;
  const content = BUILT_IN[resourceName(kind)]?.toStorage(object) ?? object;
  return { ...content, apiVersion: apiVersionOf(storage) };
}

/** A stored object in the version that was asked for. The same object gives the same answer, so that it can be shared. */
export function fromStorage(kind: Kind, storage: Kind, object: KubeObject): KubeObject {
  if (kind === storage) return object;
  let versions = converted.get(object);
  if (versions === undefined) {
    versions = new Map();
    converted.set(object, versions);
  }
  let answer = versions.get(kind);
  if (answer === undefined) {
    // Custom kinds say the same in all versions: their conversion strategy is "None".
    const content = BUILT_IN[resourceName(kind)]?.fromStorage(loose(object)) ?? loose(object);
    answer = { ...content, apiVersion: apiVersionOf(kind) };
    versions.set(kind, answer);
  }
  return answer;
}

const converted = new WeakMap<KubeObject, Map<Kind, KubeObject>>();
