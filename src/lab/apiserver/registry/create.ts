import { StatusError } from "../../../kube/status-error.ts";
import { formatTime } from "../../../kube/time.ts";
import type { KubeObject, ObjectMeta } from "../../../kube/types/index.ts";
import { alreadyExists, badRequest, invalid } from "../errors.ts";
import type { Fields, LooseObject } from "../loose.ts";
import { madeFor, momentOf } from "../request-memo.ts";
import { tellWarnings } from "../tell-warnings.ts";
import type { WriteRequest } from "../write-request.ts";
import { occasionOf, type RegistryContext } from "./context.ts";
import { rememberMade } from "./first-write.ts";
import { checkSize } from "./object-size.ts";
import { withSingleOwners } from "./single-owners.ts";
import { storedForm } from "./stored-form.ts";
import { newUid } from "./uid.ts";

/** With 27⁵ suffixes, eight attempts make a clash of generated names a rarity even among a million. */
const NAME_ATTEMPTS = 8;
/** 63 characters less the suffix's five. */
const NAME_PREFIX_LENGTH = 58;

/** Stores a new object: has it admitted, names it, prepares it, judges it, commits it. `body` is decoded and defaulted. */
export function createObject(context: RegistryContext, request: WriteRequest, body: LooseObject): KubeObject {
  if (body.metadata.resourceVersion)
    throw new StatusError("Unknown", "resourceVersion should not be set on objects to be created");
  context.checkPrivileges(request, body, undefined);
  const single = withSingleOwners(request, body);
  const admitted = inNamespace(
    request,
    context.admission.mutate(request, { operation: "CREATE", object: single, old: undefined }),
  );
  const { name, generateName } = admitted.metadata;
  if (name || !generateName) return commitNew(context, request, admitted, name);
  for (let attempt = 1; ; attempt++) {
    const generated = madeFor(request.caller, `name ${attempt} from ${generateName}`, () =>
      generateNameFrom(context, generateName),
    );
    const isFree = request.collection.get(request.namespace, generated) === undefined;
    if (isFree || attempt === NAME_ATTEMPTS) return commitNew(context, request, admitted, generated);
  }
}

/** The object in the request's namespace: webhooks and policies have no say in where it goes. */
function inNamespace({ namespace = "" }: WriteRequest, object: LooseObject): LooseObject {
  const { metadata } = object;
  const given = metadata.namespace || namespace;
  if (given === namespace) return metadata.namespace ? object : withNamespace(object, namespace);
  throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
}

function withNamespace(object: LooseObject, namespace: string): LooseObject {
  if (namespace === "") return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}

function commitNew(
  context: RegistryContext,
  request: WriteRequest,
  admitted: LooseObject,
  name: string,
): KubeObject {
  const allocated = context.allocate(request, newObject(context, request, admitted, name), undefined);
  const prepared = request.strategy.prepareForCreate(allocated, occasionOf(context, request));
  const causes = context.judge(request, prepared, undefined);
  if (causes.length > 0) throw invalid(request.collection.kind, name ?? "", causes);
  tellWarnings(request, prepared, undefined);
  context.admission.validate(request, { operation: "CREATE", object: prepared, old: undefined });
  const taken = request.collection.get(request.namespace, name);
  if (taken !== undefined) throw alreadyExists(request.kind, taken);
  const stored = storedForm(request.collection.kind, prepared);
  if (request.dryRun) return withoutVersion(stored);
  checkSize(request, stored);
  const made = context.store.put(request.collection, stored);
  rememberMade(request, made);
  return made;
}

/** What was never stored has no resourceVersion. */
function withoutVersion({ metadata, ...object }: LooseObject): KubeObject {
  const { resourceVersion: _, ...rest } = metadata;
  return { ...object, metadata: rest as ObjectMeta };
}

/** Fields of metadata that a client cannot bring along. */
const SERVER_FIELDS = new Set([
  "name",
  "generateName",
  "namespace",
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "selfLink",
]);

/** The object with what the server gives every new one, its metadata in the order of the API reference. */
function newObject(
  { engine }: RegistryContext,
  { caller }: WriteRequest,
  object: LooseObject,
  name: string,
): LooseObject {
  const given = object.metadata as unknown as Fields;
  const metadata: Record<string, unknown> = { name };
  if (given.generateName) metadata.generateName = given.generateName;
  if (given.namespace !== undefined) metadata.namespace = given.namespace;
  metadata.uid = madeFor(caller, "uid", () => newUid(engine));
  metadata.resourceVersion = "";
  metadata.creationTimestamp = formatTime(momentOf(caller, engine));
  for (const field in given) if (!SERVER_FIELDS.has(field)) metadata[field] = given[field];
  return { ...object, metadata: metadata as unknown as ObjectMeta };
}

function generateNameFrom({ engine }: RegistryContext, prefix: string): string {
  return prefix.slice(0, NAME_PREFIX_LENGTH) + engine.random("apiserver/names").suffix(5);
}
