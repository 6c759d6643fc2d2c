import type { Body } from "../../client/client.ts";
import { apiVersionOf } from "../../kube/kind.ts";
import type { ObjectMeta } from "../../kube/types/index.ts";
import { badRequest, gvkText } from "./errors.ts";
import type { LooseObject } from "./loose.ts";
import type { Target } from "./server.ts";

/** Turns a body into an object of the target's kind: names that the path tells are filled in, others must agree with it. */
export function decodeBody(target: Target, body: Body): LooseObject {
  const { kind } = target;
  const apiVersion = body.apiVersion ?? apiVersionOf(kind);
  const name = body.kind ?? kind.kind;
  if (apiVersion !== apiVersionOf(kind) || name !== kind.kind) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind.kind}): got ${String(apiVersion)}, Kind=${String(name)}, expected ${gvkText(kind)}`,
    );
  }
  const metadata = (body.metadata ?? {}) as ObjectMeta;
  return { ...body, apiVersion, kind: name, metadata: placedMeta(target, metadata) } as LooseObject;
}

function placedMeta(target: Target, metadata: ObjectMeta): ObjectMeta {
  const { namespace, name } = target;
  if (target.kind.namespaced) {
    if (metadata.namespace && metadata.namespace !== namespace) {
      throw badRequest(
        "the namespace of the provided object does not match the namespace sent on the request",
      );
    }
  } else if (metadata.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (name !== undefined && metadata.name && metadata.name !== name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
  }
  const placed = target.kind.namespaced ? { ...metadata, namespace } : metadata;
  return (name === undefined ? placed : { ...placed, name }) as ObjectMeta;
}
