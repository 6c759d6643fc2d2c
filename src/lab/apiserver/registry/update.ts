import { deepEqual } from "../../../base/deep.ts";
import type { KubeObject, ObjectMeta } from "../../../kube/types/index.ts";
import { conflict, invalid, invalidValue, notFound, OBJECT_MODIFIED } from "../errors.ts";
import { type LooseObject, loose } from "../loose.ts";
import type { WriteAnswer } from "../server.ts";
import type { RegistryContext, WriteRequest } from "./context.ts";
import { createObject } from "./create.ts";

/** Works out what an object is to become; `old` is absent when there is none to change. */
export type NextState = (old: LooseObject | undefined) => LooseObject;

/** Changes a stored object: checks the version, keeps what may not change, has it admitted, commits it if it differs. */
export function updateObject(
  context: RegistryContext,
  request: WriteRequest & { readonly name: string },
  next: NextState,
  createMissing = false,
): WriteAnswer {
  const stored = request.collection.get(request.namespace, request.name);
  if (stored === undefined) {
    if (!createMissing && !request.strategy.createOnUpdate) throw notFound(request.kind, request.name);
    return { object: createObject(context, request, next(undefined)), created: true };
  }
  const old = loose(stored);
  const wanted = next(old);
  checkVersion(request, wanted, old);
  const admitted = context.admission.mutate({ ...request, operation: "UPDATE", object: wanted, old });
  const prepared = prepare(request, admitted, old);
  context.admission.validate({ ...request, operation: "UPDATE", object: prepared, old });
  return { object: commitChanged(context, request, prepared, old), created: false };
}

function commitChanged(
  context: RegistryContext,
  request: WriteRequest,
  object: LooseObject,
  old: LooseObject,
): KubeObject {
  if (endsDeletion(object, old)) {
    if (!request.dryRun) context.store.remove(request.collection, old.metadata.namespace, old.metadata.name);
    return object;
  }
  if (deepEqual(object, old)) return old;
  return request.dryRun ? object : context.store.put(request.collection, object);
}

/** An object that is being deleted goes when its last finalizer does, unless its grace period still runs. */
function endsDeletion(object: LooseObject, old: LooseObject): boolean {
  return (
    old.metadata.deletionTimestamp !== undefined &&
    (object.metadata.finalizers?.length ?? 0) === 0 &&
    (old.metadata.deletionGracePeriodSeconds ?? 0) === 0
  );
}

function checkVersion(request: WriteRequest, wanted: LooseObject, old: LooseObject): void {
  const { uid, resourceVersion } = wanted.metadata;
  const name = old.metadata.name;
  if (uid && uid !== old.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
    throw conflict(request.kind, name, why);
  }
  if (!resourceVersion) {
    if (request.strategy.unconditionalUpdate) return;
    const kind = { ...request.kind, kind: request.kind.plural };
    throw invalid(kind, name, [
      invalidValue("metadata.resourceVersion", 0, "must be specified for an update"),
    ]);
  }
  if (resourceVersion !== old.metadata.resourceVersion) throw conflict(request.kind, name, OBJECT_MODIFIED);
}

/** What no update may change stays as it is stored; then the kind's own rules. */
function prepare(request: WriteRequest, wanted: LooseObject, old: LooseObject): LooseObject {
  const withGeneration = { ...wanted, metadata: keptMeta(wanted.metadata, old.metadata) };
  return request.subresource === "status"
    ? request.strategy.prepareForStatusUpdate(withGeneration, old)
    : request.strategy.prepareForUpdate(withGeneration, old);
}

function keptMeta(wanted: ObjectMeta, old: ObjectMeta): ObjectMeta {
  const {
    generation: _generation,
    deletionTimestamp: _deletion,
    deletionGracePeriodSeconds,
    ...rest
  } = wanted;
  const grace = deletionGracePeriodSeconds ?? old.deletionGracePeriodSeconds;
  return {
    ...rest,
    uid: old.uid,
    resourceVersion: old.resourceVersion,
    creationTimestamp: old.creationTimestamp,
    ...(old.generation === undefined ? {} : { generation: old.generation }),
    ...(old.deletionTimestamp === undefined ? {} : { deletionTimestamp: old.deletionTimestamp }),
    ...(old.deletionTimestamp === undefined || grace === undefined
      ? {}
      : { deletionGracePeriodSeconds: grace }),
  };
}
