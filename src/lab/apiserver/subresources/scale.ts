import type { ScalePaths } from "../../../kube/custom/scale-values.ts";
import { apiVersionOf, type Kind, resourceName } from "../../../kube/kind.ts";
import { managersOfScale, managersOfScaled } from "../../../kube/managed-fields/scale-managers.ts";
import { withEntries } from "../../../kube/managed-fields/track-update.ts";
import { compileLabels, compileSelector } from "../../../kube/selectors.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { KubeObject, LabelSelector, ObjectMeta, StringMap } from "../../../kube/types/index.ts";
import { invalid, invalidValue, notFound } from "../errors.ts";
import { type Fields, type LooseObject, loose } from "../loose.ts";
import { updateObject } from "../registry/update.ts";
import type { Subresource } from "./subresource.ts";

const SCALE: Kind = { group: "autoscaling", version: "v1", kind: "Scale" } as Kind;

const BUILT_IN: ScalePaths = { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" };

/** scale: how many replicas an object wants and has, without the rest of it. */
export function scale(paths: ScalePaths = BUILT_IN): Subresource {
  return {
    get(_context, request) {
      const object = request.collection.get(request.namespace, request.name);
      if (object === undefined) throw notFound(request.kind, request.name);
      return scaleOf(request.kind, loose(object), paths);
    },
    update(context, request, { make }) {
      const face = {
        show: (object: LooseObject) => loose(scaleOf(request.kind, object, paths)),
        changed: (object: LooseObject, wanted: LooseObject) => scaled(object, wanted, paths),
      };
      const answer = updateObject(context, { ...request, face }, (old) => {
        if (old === undefined) {
          throw notFound({ ...request.kind, plural: `${request.kind.plural}/scale` }, request.name);
        }
        const shown = loose(scaleOf(request.kind, old, paths));
        const path = steps(paths.specReplicasPath);
        const managers = old.metadata.managedFields ?? [];
        const wanted = make(withEntries(shown, managersOfScale(managers, path)));
        const { uid, managedFields = [] } = wanted.metadata;
        const next = scaled(old, wanted, paths);
        const version = apiVersionOf(request.kind);
        const object = withEntries(next, managersOfScaled(managers, managedFields, path, version));
        return uid ? { object, uid } : { object };
      });
      return { ...answer, object: scaleOf(request.kind, loose(answer.object), paths) };
    },
  };
}

function scaleOf(kind: Kind, object: LooseObject, paths: ScalePaths): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const wanted = valueAt(object, paths.specReplicasPath);
  const selector = selectorOf(kind, object, paths);
  const status = { replicas: valueAt(object, paths.statusReplicasPath) ?? 0 };
  const whole = {
    kind: SCALE.kind,
    apiVersion: apiVersionOf(SCALE),
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as ObjectMeta,
    spec: wanted === undefined || wanted === 0 ? {} : { replicas: wanted },
    status: selector === "" ? status : { ...status, selector },
  };
  return whole as KubeObject;
}

function selectorOf(kind: Kind, object: LooseObject, { labelSelectorPath }: ScalePaths): string {
  if (labelSelectorPath !== undefined) return String(valueAt(object, labelSelectorPath) ?? "");
  const selector = object.spec?.selector;
  if (selector === undefined) return "";
  return resourceName(kind) === "replicationcontrollers"
    ? compileLabels(selector as StringMap).toString()
    : compileSelector(selector as LabelSelector).toString();
}

/** The object with the replicas of a Scale, and with the version that the Scale was made of. */
function scaled(old: LooseObject, wanted: LooseObject, paths: ScalePaths): LooseObject {
  const replicas = wanted.spec?.replicas ?? 0;
  const { name } = old.metadata;
  // Custom objects are judged whole once the replicas are in.
  if (paths === BUILT_IN && (typeof replicas !== "number" || replicas < 0)) {
    throw invalid(SCALE, name, [
      invalidValue("spec.replicas", replicas, "must be greater than or equal to 0"),
    ]);
  }
  const metadata = { ...old.metadata, resourceVersion: wanted.metadata.resourceVersion ?? "" };
  return { ...withValueAt(old, paths.specReplicasPath, replicas), metadata };
}

function steps(path: string): readonly string[] {
  return path.split(".").filter((step) => step !== "");
}

function valueAt(object: Fields, path: string): unknown {
  let value: unknown = object;
  for (const step of steps(path)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Fields)[step];
  }
  return value;
}

function withValueAt(object: LooseObject, path: string, value: unknown): LooseObject {
  const set = (fields: Fields, [first, ...rest]: readonly string[]): Fields => {
    if (first === undefined) throw new StatusError("InternalError", `the path ${path} names no field`);
    const inner = rest.length === 0 ? value : set((fields[first] ?? {}) as Fields, rest);
    return { ...fields, [first]: inner };
  };
  return set(object, steps(path)) as LooseObject;
}
