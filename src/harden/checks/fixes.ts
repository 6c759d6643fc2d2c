/** What mends a finding, as an object to create or a patch in the form of a manifest. */
import { invariant } from "../../base/invariant.ts";
import { findKind } from "../../kube/kinds.ts";
import { createStrategicPatch } from "../../kube/patch/create-strategic-patch.ts";
import { schemaOf } from "../../kube/schema/schema.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { Fix } from "./check.ts";

/** The patch that makes `after` of `before`; `undefined` where they are the same. */
export function patchFix<T extends KubeObject>(before: T, after: T): Fix | undefined {
  const { apiVersion, kind, metadata } = before;
  const found = findKind(apiVersion, kind);
  const schema = found && schemaOf(found);
  invariant(schema, `No schema of ${apiVersion} ${kind}`);
  const changes = createStrategicPatch(before, after, schema);
  if (Object.keys(changes).length === 0) return undefined;
  const { name, namespace } = metadata;
  return {
    action: "patch",
    object: {
      apiVersion,
      kind,
      ...changes,
      metadata: {
        ...(changes.metadata as object | undefined),
        name,
        ...(namespace !== undefined && { namespace }),
      },
    },
  };
}
