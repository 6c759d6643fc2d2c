import { formatTime } from "../../../kube/time.ts";
import type { KubeObject, ObjectMeta } from "../../../kube/types/index.ts";
import type { Engine } from "../../../time/engine.ts";
import { alreadyExists, badRequest } from "../errors.ts";
import type { LooseObject } from "../loose.ts";
import type { RegistryContext, WriteRequest } from "./context.ts";

/** With 27⁵ suffixes, eight attempts make a clash of generated names a rarity even among a million. */
const NAME_ATTEMPTS = 8;
/** 63 characters less the suffix's five. */
const NAME_PREFIX_LENGTH = 58;

/** Stores a new object: names it, prepares it, has it admitted, commits it. `body` is decoded and defaulted. */
export function createObject(context: RegistryContext, request: WriteRequest, body: LooseObject): KubeObject {
  const prefix = body.metadata.generateName;
  const generated = !body.metadata.name && prefix ? prefix : undefined;
  const admitted = context.admission.mutate({
    ...request,
    operation: "CREATE",
    object: body,
    old: undefined,
  });
  for (let attempt = 1; ; attempt++) {
    const name = generated === undefined ? admitted.metadata.name : generateName(context.engine, generated);
    const taken = request.collection.get(request.namespace, name);
    if (taken === undefined) return commitNew(context, request, newObject(context.engine, admitted, name));
    if (generated !== undefined && attempt < NAME_ATTEMPTS) continue;
    throw alreadyExists(request.kind, name);
  }
}

function commitNew(context: RegistryContext, request: WriteRequest, object: LooseObject): KubeObject {
  const prepared = request.strategy.prepareForCreate(object);
  context.admission.validate({ ...request, operation: "CREATE", object: prepared, old: undefined });
  if (request.dryRun) return prepared;
  return context.store.put(request.collection, prepared);
}

/** The object with what the server gives every new one, its metadata in the order of the API reference. */
function newObject(engine: Engine, object: LooseObject, name: string): LooseObject {
  const given = object.metadata;
  if (given.resourceVersion) throw badRequest("resourceVersion should not be set on objects to be created");
  const {
    name: _name,
    generateName,
    namespace,
    uid: _uid,
    resourceVersion: _resourceVersion,
    creationTimestamp: _created,
    deletionTimestamp: _deletion,
    deletionGracePeriodSeconds: _grace,
    ...rest
  } = given;
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

function generateName(engine: Engine, prefix: string): string {
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
