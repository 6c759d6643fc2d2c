import type { Body } from "../../client/client.ts";
import type { Kind } from "../../kube/kind.ts";
import { pods } from "../../kube/kinds.ts";
import type { Collection } from "./collection.ts";
import { tellDeprecation } from "./deprecations.ts";
import type { NamedRequest } from "./registry/update.ts";
import type { Caller, DeleteParameters, PatchParameters, Target } from "./server.ts";
import { strategyOf } from "./strategies/registry.ts";

/** What a body sent to the target has to be: the subresource's own kind where it has one. */
export function bodyKindOf({ kind, subresource }: Target): Kind {
  const row = subresource === undefined ? undefined : kind.subresources[subresource];
  if (row === undefined || row.kind === kind.kind) return kind;
  return { ...kind, group: row.group, version: row.version, kind: row.kind };
}

/** The binding of a pod that was posted to the namespace, as clients once did. */
export function legacyBinding({ namespace }: Target, body: Body): Target {
  const { name = "" } = (body.metadata ?? {}) as { name?: string };
  return { ...placeOf(pods, namespace, name), subresource: "binding" };
}

/** An object by its name. */
export function placeOf(kind: Kind, namespace: string | undefined, name: string): Target {
  return namespace === undefined ? { kind, name } : { kind, namespace, name };
}

/** A write of one object, with all that the registry goes by. */
export function requestFor(
  caller: Caller,
  { kind, namespace, name = "", subresource }: Target,
  parameters: PatchParameters | DeleteParameters,
  collection: Collection,
): NamedRequest {
  tellDeprecation(caller, kind);
  const strategy = strategyOf(collection.kind);
  const { dryRun = false } = parameters;
  return {
    caller,
    kind,
    collection,
    strategy,
    namespace,
    name,
    subresource,
    dryRun,
    parameters,
    ofCollection: false,
  };
}
