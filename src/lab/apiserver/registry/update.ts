import { deepEqual } from "../../../base/deep.ts";
import { apiVersionOf, type Kind, resourceName } from "../../../kube/kind.ts";
import { findKind } from "../../../kube/kinds.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { KubeObject, ManagedFieldsEntry, ObjectMeta } from "../../../kube/types/index.ts";
import { validatePodPart } from "../../../kube/validation/pods/pod-parts.ts";
import { conflict, invalid, notFound, OBJECT_MODIFIED } from "../errors.ts";
import { numberFault } from "../list-query.ts";
import { type Fields, type LooseObject, loose, type MetaDraft, setMeta, withMeta } from "../loose.ts";
import type { WriteAnswer } from "../server.ts";
import { tellWarnings } from "../tell-warnings.ts";
import type { WriteRequest } from "../write-request.ts";
import { occasionOf, type RegistryContext } from "./context.ts";
import { createObject } from "./create.ts";
import { isFirstWrite } from "./first-write.ts";
import { checkSize } from "./object-size.ts";
import { withSingleOwners } from "./single-owners.ts";
import { storedForm } from "./stored-form.ts";

/** What an object is to become. */
export interface Next {
  readonly object: LooseObject;
  /** Only an object with this uid may become it: PUT names it, a patch would be changing it. */
  readonly uid?: string;
}

/** Works out what an object is to become; `old` is absent when there is none to change. */
export type NextState = (old: LooseObject | undefined) => Next;

/** An update's request: the object is named. */
export type NamedRequest = WriteRequest & { readonly name: string };

/** Changes a stored object: checks the version, keeps what may not change, has it admitted, commits it if it differs. */
export function updateObject(
  context: RegistryContext,
  request: NamedRequest,
  next: NextState,
  createMissing = false,
): WriteAnswer {
  const stored = request.collection.get(request.namespace, request.name);
  if (stored === undefined) {
    const isWhole = request.subresource === undefined || request.subresource === "status";
    if (!createMissing && !(request.strategy.createOnUpdate && isWhole))
      throw notFound(request.kind, request.name);
    const { object, uid } = next(undefined);
    if (uid) throw wrongUid(request, uid, "");
    if (object.metadata.uid) {
      const why = `uid mismatch: the provided object specified uid ${object.metadata.uid}, and no existing object was found`;
      throw conflict(request.kind, request.name, why);
    }
    const { resourceVersion } = object.metadata;
    const wrong = resourceVersion ? numberFault(resourceVersion) : undefined;
    if (wrong !== undefined) throw new StatusError("Unknown", wrong);
    // It may name a version that it does not find.
    const fresh = withMeta(object, { resourceVersion: undefined });
    return { object: createObject(context, request, fresh), created: true };
  }
  const old = loose(stored);
  const { object: given, uid } = next(old);
  const wanted = withSingleOwners(request, given);
  if (uid && uid !== old.metadata.uid) throw wrongUid(request, uid, old.metadata.uid);
  context.checkPrivileges(request, wanted, old);
  const admitted = context.admission.mutate(request, { operation: "UPDATE", object: wanted, old });
  checkVersion(request, wanted, old);
  const prepared = prepare(context, request, admitted, old);
  if (prepared !== old) check(context, request, prepared, old);
  tellWarnings(request, prepared, old);
  context.admission.validate(request, { operation: "UPDATE", object: prepared, old });
  return { object: commitChanged(context, request, prepared, old), created: false };
}

function check(context: RegistryContext, request: NamedRequest, object: LooseObject, old: LooseObject): void {
  const { collection, name, subresource } = request;
  // Ephemeral containers and resources are what no other update may change: an update's rules would refuse them.
  const causes =
    subresource === "ephemeralcontainers" || subresource === "resize"
      ? validatePodPart(subresource, object, old)
      : context.judge(request, object, old);
  if (causes.length > 0) throw invalid(collection.kind, name, causes);
}

/** Stores what an update has come to; also the way for writes that are nobody's request, such as a binding. */
export function commitChanged(
  context: RegistryContext,
  request: NamedRequest,
  object: LooseObject,
  old: LooseObject,
): KubeObject {
  if (endsDeletion(request, object, old)) {
    if (!request.dryRun) context.store.remove(request.collection, old.metadata.namespace, old.metadata.name);
    return object;
  }
  const stored = storedForm(request.collection.kind, object);
  if (saysTheSame(stored, old) && (request.dryRun || !isFirstWrite(old))) return old;
  if (request.dryRun) return stored;
  checkSize(request, stored);
  return context.store.put(request.collection, stored);
}

/** What changes nothing is not written: nobody hears of it, and the resourceVersion stays. Times of managers are nothing. */
function saysTheSame(object: LooseObject, old: LooseObject): boolean {
  if (!sameBesides("metadata", object, old)) return false;
  if (!sameBesides("managedFields", object.metadata, old.metadata)) return false;
  const { managedFields } = object.metadata;
  const before = old.metadata.managedFields;
  return managedFields === before || deepEqual(managedFields?.map(timeless), before?.map(timeless));
}

function sameBesides(skipped: string, a: object, b: object): boolean {
  const left = a as Fields;
  const right = b as Fields;
  for (const key in left) if (key !== skipped && !deepEqual(left[key], right[key])) return false;
  for (const key in right) if (key !== skipped && !(key in left) && right[key] !== undefined) return false;
  return true;
}

function timeless({ time: _, ...entry }: ManagedFieldsEntry): Omit<ManagedFieldsEntry, "time"> {
  return entry;
}

/** An object that is being deleted goes when its last finalizer does, unless its grace period still runs. */
function endsDeletion({ strategy }: WriteRequest, object: LooseObject, old: LooseObject): boolean {
  return (
    old.metadata.deletionTimestamp !== undefined &&
    (object.metadata.finalizers?.length ?? 0) === 0 &&
    (old.metadata.deletionGracePeriodSeconds ?? 0) === 0 &&
    strategy.contents?.remain(object) !== true
  );
}

function checkVersion(request: NamedRequest, wanted: LooseObject, old: LooseObject): void {
  const { resourceVersion } = wanted.metadata;
  if (resourceVersion) {
    if (resourceVersion === old.metadata.resourceVersion) return;
    const wrong = numberFault(resourceVersion);
    if (wrong !== undefined) throw new StatusError("Unknown", wrong);
    throw conflict(request.kind, request.name, OBJECT_MODIFIED);
  }
  if (request.strategy.unconditionalUpdate) return;
  const cause = {
    reason: "FieldValueInvalid",
    message: "Invalid value: 0: must be specified for an update",
    field: "metadata.resourceVersion",
  };
  // Here real servers name the resource where the kind belongs.
  throw invalid({ ...request.kind, kind: request.kind.plural }, request.name, [cause]);
}

/** The store's own words, which real servers pass on. */
function wrongUid(request: NamedRequest, wanted: string, stored: string): StatusError {
  const { kind, namespace, name, dryRun } = request;
  // A dry run never comes as far as etcd.
  const key = [dryRun ? "" : "/registry", storagePrefix(kind), namespace, name]
    .filter((part) => part !== undefined)
    .join("/");
  const why = `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${stored}`;
  return conflict(
    kind,
    name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
  );
}

/** Where etcd has objects that were not always called what they are called now. */
const OLD_PREFIXES: Readonly<Record<string, string>> = {
  nodes: "minions",
  replicationcontrollers: "controllers",
  services: "services/specs",
  endpoints: "services/endpoints",
  "ingresses.networking.k8s.io": "ingress",
};

function storagePrefix(kind: Kind): string {
  const resource = resourceName(kind);
  const isBuiltIn = findKind(apiVersionOf(kind), kind.kind) !== undefined;
  return OLD_PREFIXES[resource] ?? (isBuiltIn ? kind.plural : `${kind.group}/${kind.plural}`);
}

/** What no update may change stays as it is stored; then the kind's own rules. */
function prepare(
  context: RegistryContext,
  request: NamedRequest,
  wanted: LooseObject,
  old: LooseObject,
): LooseObject {
  const { strategy, subresource } = request;
  const next = { ...wanted, metadata: keptMeta(wanted.metadata, old.metadata) };
  const occasion = occasionOf(context, request);
  const part = subresource === undefined ? undefined : strategy.parts[subresource];
  if (part !== undefined) return part(next, old, occasion);
  return strategy.prepareForUpdate(context.allocate(request, next, old), old, occasion);
}

function keptMeta(wanted: ObjectMeta, old: ObjectMeta): ObjectMeta {
  const kept: MetaDraft = { ...wanted };
  kept.uid ||= old.uid;
  kept.resourceVersion = old.resourceVersion;
  kept.creationTimestamp = old.creationTimestamp;
  const { deletionTimestamp, generation } = old;
  if (kept.generation !== generation) setMeta(kept, { generation });
  if (kept.deletionTimestamp !== deletionTimestamp) setMeta(kept, { deletionTimestamp });
  const grace = deletionTimestamp === undefined ? undefined : old.deletionGracePeriodSeconds;
  if (kept.deletionGracePeriodSeconds !== grace) setMeta(kept, { deletionGracePeriodSeconds: grace });
  return kept;
}
