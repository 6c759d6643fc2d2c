import { StatusError } from "../../../kube/status-error.ts";
import { formatTime } from "../../../kube/time.ts";
import type { KubeObject, ObjectMeta } from "../../../kube/types/index.ts";
import { validateCreate } from "../../../kube/validation/validate.ts";
import type { Engine } from "../../../time/engine.ts";
import { alreadyExists, invalid } from "../errors.ts";
import type { LooseObject } from "../loose.ts";
import { occasionOf, type RegistryContext, type WriteRequest } from "./context.ts";

/** With 27⁵ suffixes, eight attempts make a clash of generated names a rarity even among a million. */
const NAME_ATTEMPTS = 8;
/** 63 characters less the suffix's five. */
const NAME_PREFIX_LENGTH = 58;

/** Stores a new object: has it admitted, names it, prepares it, judges it, commits it. `body` is decoded and defaulted. */
export function createObject(context: RegistryContext, request: WriteRequest, body: LooseObject): KubeObject {
  const { name, generateName, resourceVersion } = body.metadata;
  if (resourceVersion)
    throw new StatusError("InternalError", "resourceVersion should not be set on objects to be created");
  const admitted = context.admission.mutate({
    ...request,
    operation: "CREATE",
    object: body,
    old: undefined,
  });
  if (name || !generateName) return commitNew(context, request, admitted, name);
  for (let attempt = 1; ; attempt++) {
    const generated = generateNameFrom(context.engine, generateName);
    const isFree = request.collection.get(request.namespace, generated) === undefined;
    if (isFree || attempt === NAME_ATTEMPTS) return commitNew(context, request, admitted, generated);
  }
}

function commitNew(
  context: RegistryContext,
  request: WriteRequest,
  admitted: LooseObject,
  name: string,
): KubeObject {
  const allocated = context.allocate(request, newObject(context.engine, admitted, name), undefined);
  const prepared = request.strategy.prepareForCreate(allocated, occasionOf(context, request));
  const causes = validateCreate(request.collection.kind, prepared);
  if (causes.length > 0) throw invalid(request.collection.kind, name ?? "", causes);
  const taken = request.collection.get(request.namespace, name);
  if (taken !== undefined) throw alreadyExists(request.kind, taken);
  context.admission.validate({ ...request, operation: "CREATE", object: prepared, old: undefined });
  return request.dryRun ? withoutVersion(prepared) : context.store.put(request.collection, prepared);
}

/** What was never stored has no resourceVersion. */
function withoutVersion({ metadata, ...object }: LooseObject): KubeObject {
  const { resourceVersion: _, ...rest } = metadata;
  return { ...object, metadata: rest as ObjectMeta };
}

/** The object with what the server gives every new one, its metadata in the order of the API reference. */
function newObject(engine: Engine, object: LooseObject, name: string): LooseObject {
  const {
    name: _name,
    generateName,
    namespace,
    uid: _uid,
    resourceVersion: _resourceVersion,
    creationTimestamp: _creationTimestamp,
    deletionTimestamp: _deletionTimestamp,
    deletionGracePeriodSeconds: _deletionGracePeriodSeconds,
    ...rest
  } = object.metadata;
  const metadata: ObjectMeta = {
    name,
    ...(generateName ? { generateName } : {}),
    ...(namespace === undefined ? {} : { namespace }),
    uid: newUid(engine),
    resourceVersion: "",
    creationTimestamp: formatTime(engine.now()),
    ...rest,
  };
  return { ...object, metadata };
}

function generateNameFrom(engine: Engine, prefix: string): string {
  return prefix.slice(0, NAME_PREFIX_LENGTH) + engine.random("apiserver/names").suffix(5);
}

/** A version 4 UUID from the engine's chance, so that a seed gives the same ones. */
function newUid(engine: Engine): string {
  const random = engine.random("apiserver/uids");
  const hex = (digits: number) =>
    random
      .below(16 ** digits)
      .toString(16)
      .padStart(digits, "0");
  const variant = "89ab"[random.below(4)];
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(6)}${hex(6)}`;
}
