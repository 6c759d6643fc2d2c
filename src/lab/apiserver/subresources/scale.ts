import type { ScalePaths } from "../../../kube/custom/scale-values.ts";
import { apiVersionOf, type Kind, resourceName } from "../../../kube/kind.ts";
import { compileLabels, compileSelector } from "../../../kube/selectors.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { KubeObject, LabelSelector, ObjectMeta, StringMap } from "../../../kube/types/index.ts";
import { invalid, invalidValue, notFound } from "../errors.ts";
import { type Fields, type LooseObject, loose, withMeta } from "../loose.ts";
import { updateObject } from "../registry/update.ts";
import type { Subresource, SubresourceChange } from "./subresource.ts";

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
    update(context, request, { make, own }) {
      const face = {
        show: (object: LooseObject) => loose(scaleOf(request.kind, object, paths)),
        changed: (object: LooseObject, wanted: LooseObject) => scaled(object, wanted, paths),
      };
      const answer = updateObject(context, { ...request, face }, (old) => {
        if (old === undefined) {
          throw notFound({ ...request.kind, plural: `${request.kind.plural}/scale` }, request.name);
        }
        const shown = loose(scaleOf(request.kind, old, paths));
        const wanted = make(withMeta(shown, { managedFields: scaleOwners(old, paths) }));
        const { uid } = wanted.metadata;
        const next = scaled(old, wanted, paths);
        const object = withMeta(next, { managedFields: ownersOf(own, old, next, paths) });
        return uid ? { object, uid } : { object };
      });
      return { ...answer, object: scaleOf(request.kind, loose(answer.object), paths) };
    },
  };
}

/** Who of an object's managers owns the replicas, as managers of the Scale: refusals of patches quote it with them. */
function scaleOwners(
  { metadata }: LooseObject,
  { specReplicasPath }: ScalePaths,
): LooseObject["metadata"]["managedFields"] {
  const path = `.${steps(specReplicasPath)
    .map((step) => `f:${step}`)
    .join(".")}`;
  const owners = (metadata.managedFields ?? []).filter(({ fieldsV1 }) =>
    valueAt((fieldsV1 ?? {}) as Fields, path),
  );
  const fieldsV1 = { "f:spec": { "f:replicas": {} } };
  return owners.length === 0
    ? undefined
    : owners.map((owner) => ({ ...owner, apiVersion: apiVersionOf(SCALE), fieldsV1 }));
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

/**
 * The managers of an object whose replicas were written through its Scale. It leaves "no replicas" out, and so nobody owns them; and
 * replicas that nobody owned go on without an owner: as the Scale has no managers, none are kept for it.
 */
function ownersOf(
  own: SubresourceChange["own"],
  old: LooseObject,
  next: LooseObject,
  paths: ScalePaths,
): LooseObject["metadata"]["managedFields"] {
  if (scaleOwners(old, paths) === undefined) return old.metadata.managedFields;
  const { specReplicasPath } = paths;
  const none = valueAt(next, specReplicasPath) === 0;
  const said = none ? withValueAt(next, specReplicasPath, undefined) : next;
  return own(old, said).metadata.managedFields;
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
    if (rest.length === 0 && value === undefined) {
      const { [first]: _, ...others } = fields;
      return others;
    }
    const inner = rest.length === 0 ? value : set((fields[first] ?? {}) as Fields, rest);
    return { ...fields, [first]: inner };
  };
  return set(object, steps(path)) as LooseObject;
}
