import { apiVersionOf, type Kind, resourceName } from "../../kube/kind.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { eventFromCore, eventToCore } from "./conversions/events.ts";
import { autoscalerFromV2, autoscalerToV2 } from "./conversions/horizontal-pod-autoscalers.ts";
import { convertCustom, storedCustom } from "./custom/convert.ts";
import type { CustomVersion } from "./custom/custom-version.ts";
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

/** What is known of a version of a custom kind; nothing of built-in ones. */
export type CustomVersions = (kind: Kind) => CustomVersion | undefined;

/** The object in the version that the store keeps. */
export function toStorage(
  kind: Kind,
  storage: Kind,
  object: LooseObject,
  versions: CustomVersions,
): LooseObject {
  if (kind === storage) return object;
  const custom = versions(storage);
  if (custom !== undefined) return convertCustom(object, storage, custom);
  const content = BUILT_IN[resourceName(kind)]?.toStorage(object) ?? object;
  return { ...content, apiVersion: apiVersionOf(storage) };
}

/** A stored object in the version that was asked for. The same object gives the same answer, so that it can be shared. */
export function fromStorage(
  kind: Kind,
  storage: Kind,
  object: KubeObject,
  versions: CustomVersions,
): KubeObject {
  const custom = versions(storage);
  if (kind === storage && custom === undefined) return object;
  let known = converted.get(object);
  if (known === undefined) {
    known = new Map();
    converted.set(object, known);
  }
  let answer = known.get(kind);
  if (answer === undefined) {
    answer =
      custom === undefined
        ? fromBuiltIn(kind, loose(object))
        : fromCustom(kind, storage, loose(object), versions);
    known.set(kind, answer);
  }
  return answer;
}

function fromBuiltIn(kind: Kind, object: LooseObject): KubeObject {
  const content = BUILT_IN[resourceName(kind)]?.fromStorage(object) ?? object;
  return { ...content, apiVersion: apiVersionOf(kind) };
}

/** What was stored in another version before stays so until it is written again. */
function fromCustom(kind: Kind, storage: Kind, object: LooseObject, versions: CustomVersions): KubeObject {
  const version = String(object.apiVersion).replace(/^.*\//, "");
  const stored = storedCustom(object, versions({ ...storage, version }));
  return version === kind.version ? stored : convertCustom(stored, kind, versions(kind));
}

const converted = new WeakMap<KubeObject, Map<Kind, KubeObject>>();
