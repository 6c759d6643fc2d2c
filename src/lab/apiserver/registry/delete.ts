import { formatTime, parseTime } from "../../../kube/time.ts";
import type { KubeObject } from "../../../kube/types/index.ts";
import { conflict, notFound } from "../errors.ts";
import { type LooseObject, loose, withMeta } from "../loose.ts";
import type { DeleteParameters } from "../server.ts";
import type { WriteRequest } from "../write-request.ts";
import { occasionOf, type RegistryContext } from "./context.ts";

/** Set while dependents are to go first; the garbage collector takes it off. */
export const FOREGROUND_DELETION = "foregroundDeletion";
/** Set while dependents are to be cut loose first; the garbage collector takes it off. */
export const ORPHAN_DEPENDENTS = "orphan";

/** What became of the object: gone, or stored with a deletionTimestamp. */
export interface Deletion {
  readonly object: KubeObject;
  readonly gone: boolean;
}

/** Deletes an object at once, or marks it: a grace period or finalizers put the end off. `isAdmitted` asks nobody any more. */
export function deleteObject(
  context: RegistryContext,
  request: WriteRequest & { readonly name: string },
  parameters: DeleteParameters,
  isAdmitted = false,
): Deletion {
  const stored = request.collection.get(request.namespace, request.name);
  if (stored === undefined) throw notFound(request.kind, request.name);
  const old = loose(stored);
  checkPreconditions(request, old, parameters);
  if (!isAdmitted) context.admission.validate(request, { operation: "DELETE", object: undefined, old });

  const { contents } = request.strategy;
  const isFirst = contents?.marksFirst === true && old.metadata.deletionTimestamp === undefined;
  if (isFirst || contents?.remain(old) === true) {
    return { object: markTerminating(context, request, old, parameters), gone: false };
  }
  const grace = graceOf(context, request, old, parameters);
  if (grace.kind === "pending") return { object: old, gone: false };
  const marked = grace.kind === "graceful" ? grace.object : old;
  const finalizers = finalizersFor(request, marked, parameters);
  const kept = finalizers === marked.metadata.finalizers ? marked : withMeta(marked, { finalizers });
  const pendingFinalizers = (finalizers?.length ?? 0) > 0;

  if (grace.kind === "graceful" && (grace.seconds > 0 || pendingFinalizers)) {
    return { object: commit(context, request, kept), gone: false };
  }
  // It is on its way already, and nothing about that changes.
  if (pendingFinalizers && kept === old && old.metadata.deletionGracePeriodSeconds === 0) {
    return { object: old, gone: false };
  }
  if (pendingFinalizers) {
    return { object: commit(context, request, markDeleting(context, kept)), gone: false };
  }
  if (request.dryRun) return { object: kept, gone: true };
  // Real servers write the end of the grace period down before they remove the object: watchers see both.
  if (grace.kind === "graceful") commit(context, request, kept);
  const removed = context.store.remove(request.collection, old.metadata.namespace, old.metadata.name);
  return { object: removed, gone: true };
}

type Grace =
  | { readonly kind: "none" }
  /** Under way already, and not to be shortened. */
  | { readonly kind: "pending" }
  | { readonly kind: "graceful"; readonly object: LooseObject; readonly seconds: number };

function graceOf(
  context: RegistryContext,
  request: WriteRequest,
  old: LooseObject,
  parameters: DeleteParameters,
): Grace {
  if (request.strategy.gracePeriodSeconds === undefined) return { kind: "none" };
  const { deletionTimestamp, deletionGracePeriodSeconds, generation } = old.metadata;
  const now = context.engine.now();
  if (deletionTimestamp === undefined) {
    const seconds = request.strategy.gracePeriodSeconds(old, parameters);
    if (seconds === undefined) return { kind: "none" };
    const object = withMeta(old, {
      deletionTimestamp: formatTime(now + seconds * 1000),
      deletionGracePeriodSeconds: seconds,
      ...(generation === undefined ? {} : { generation: generation + 1 }),
    });
    return { kind: "graceful", object, seconds };
  }
  if (!deletionGracePeriodSeconds) return { kind: "none" };
  const asked = parameters.gracePeriodSeconds;
  const wanted = asked !== undefined && asked < 0 ? 1 : asked;
  if (wanted === undefined || wanted >= deletionGracePeriodSeconds) return { kind: "pending" };
  const begun = (parseTime(deletionTimestamp) ?? 0) - deletionGracePeriodSeconds * 1000;
  const passed = begun + wanted * 1000 < now;
  const seconds = passed && wanted !== 0 ? 1 : wanted;
  const object = withMeta(old, {
    deletionTimestamp: formatTime(passed ? now : begun + wanted * 1000),
    deletionGracePeriodSeconds: seconds,
  });
  return { kind: "graceful", object, seconds };
}

/** An object that holds others is marked once, and then waits until it is empty. */
function markTerminating(
  context: RegistryContext,
  request: WriteRequest,
  old: LooseObject,
  parameters: DeleteParameters,
): KubeObject {
  if (old.metadata.deletionTimestamp !== undefined) return old;
  const marked = withMeta(old, {
    deletionTimestamp: formatTime(context.engine.now()),
    finalizers: finalizersFor(request, old, parameters),
  });
  return commit(
    context,
    request,
    request.strategy.contents?.terminating(marked, occasionOf(context, request)) ?? marked,
  );
}

/** How a kind without graceful deletion is marked while finalizers hold it. */
function markDeleting(context: RegistryContext, object: LooseObject): LooseObject {
  const { deletionTimestamp, generation } = object.metadata;
  const now = context.engine.now();
  const later = deletionTimestamp === undefined || (parseTime(deletionTimestamp) ?? 0) > now;
  return withMeta(object, {
    ...(later ? { deletionTimestamp: formatTime(now) } : {}),
    deletionGracePeriodSeconds: 0,
    ...(deletionTimestamp === undefined && generation !== undefined ? { generation: generation + 1 } : {}),
  });
}

function finalizersFor(
  request: WriteRequest,
  object: LooseObject,
  parameters: DeleteParameters,
): readonly string[] | undefined {
  const finalizers = object.metadata.finalizers;
  if (request.strategy.dependents === "unsupported") return finalizers;
  const wanted = dependentsFinalizer(request, object, parameters);
  const present = finalizers ?? [];
  const others = present.filter((name) => name !== FOREGROUND_DELETION && name !== ORPHAN_DEPENDENTS);
  const result = wanted === undefined ? others : [...others, wanted];
  const same = result.length === present.length && result.every((name) => present.includes(name));
  return same ? finalizers : result.length === 0 ? undefined : result;
}

/** Options first, then what stands on the object already, then the kind's own way. */
function dependentsFinalizer(
  request: WriteRequest,
  object: LooseObject,
  parameters: DeleteParameters,
): string | undefined {
  const { propagationPolicy, orphanDependents } = parameters;
  if (orphanDependents !== undefined) return orphanDependents ? ORPHAN_DEPENDENTS : undefined;
  if (propagationPolicy !== undefined) {
    if (propagationPolicy === "Background") return undefined;
    return propagationPolicy === "Orphan" ? ORPHAN_DEPENDENTS : FOREGROUND_DELETION;
  }
  for (const name of object.metadata.finalizers ?? []) {
    if (name === ORPHAN_DEPENDENTS || name === FOREGROUND_DELETION) return name;
  }
  return request.strategy.dependents === "orphan" ? ORPHAN_DEPENDENTS : undefined;
}

function checkPreconditions(request: WriteRequest, old: LooseObject, parameters: DeleteParameters): void {
  const { uid, resourceVersion } = parameters.preconditions ?? {};
  const { name } = old.metadata;
  // Here, and only here, real servers name the kind where the resource belongs.
  const kind = { ...request.kind, plural: request.kind.kind };
  if (uid !== undefined && uid !== old.metadata.uid) {
    throw conflict(
      kind,
      name,
      `the UID in the precondition (${uid}) does not match the UID in record (${old.metadata.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== old.metadata.resourceVersion) {
    throw conflict(
      kind,
      name,
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${old.metadata.resourceVersion}). The object might have been modified`,
    );
  }
}

function commit(context: RegistryContext, request: WriteRequest, object: LooseObject): KubeObject {
  return request.dryRun ? object : context.store.put(request.collection, object);
}
