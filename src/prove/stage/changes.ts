/** A cluster's objects with changes applied, before anybody has acted on them: what `kubectl apply` would store. */
import { deepEqual } from "../../base/deep.ts";
import { findKind } from "../../kube/kinds.ts";
import { controllerOf } from "../../kube/owners.ts";
import { strategicMergePatch } from "../../kube/patch/strategic-merge-patch.ts";
import { schemaOf } from "../../kube/schema/schema.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { Manifest, ManifestObject } from "../../view/manifests.ts";

/** What a cluster holds, in the form of manifests: nobody knows the line of anything. */
export function asManifests(objects: readonly KubeObject[], file: string): Manifest[] {
  return objects.map((object) => ({
    object: object as unknown as ManifestObject,
    place: { file },
    lineOf: () => undefined,
  }));
}

/**
 * Applies changes: an object that is there is merged with what the change says of it, lists by their keys; others are added. A
 * workload whose pods would be others loses those it has, so that they are made anew.
 */
export function withChanges(base: readonly Manifest[], changes: readonly Manifest[]): Manifest[] {
  const byKey = new Map(base.map((manifest) => [keyOf(manifest.object), manifest]));
  const renewed = new Set<string>();
  for (const change of changes) {
    const key = keyOf(change.object);
    const known = byKey.get(key);
    const object = known === undefined ? change.object : merged(known.object, change.object);
    byKey.set(key, { ...change, object });
    if (known !== undefined && !deepEqual(known.object.spec, object.spec)) renewed.add(key);
  }
  return withoutOwned([...byKey.values()], renewed);
}

function merged(old: ManifestObject, change: ManifestObject): ManifestObject {
  const kind = findKind(old.apiVersion, old.kind);
  const schema = kind && schemaOf(kind);
  const whole = schema === undefined ? { ...old, ...change } : strategicMergePatch(old, change, schema);
  // Without its version it is judged as what is new is.
  const { resourceVersion: _version, ...metadata } = whole.metadata as Record<string, unknown>;
  return { ...whole, metadata } as ManifestObject;
}

/** Without what the renewed objects own, and what that owns. */
function withoutOwned(manifests: readonly Manifest[], renewed: ReadonlySet<string>): Manifest[] {
  const gone = new Set(renewed);
  let left = [...manifests];
  for (;;) {
    const kept = left.filter(({ object }) => {
      const owner = controllerOf(object as unknown as KubeObject);
      const isOwned =
        owner !== undefined &&
        gone.has(keyOf({ ...owner, metadata: { name: owner.name, ...namespaceOf(object) } }));
      if (isOwned) gone.add(keyOf(object));
      return !isOwned;
    });
    if (kept.length === left.length) return kept;
    left = kept;
  }
}

function namespaceOf({ metadata: { namespace } }: ManifestObject) {
  return namespace === undefined ? {} : { namespace };
}

function keyOf({
  apiVersion,
  kind,
  metadata,
}: Pick<ManifestObject, "apiVersion" | "kind" | "metadata">): string {
  const isNamespaced = findKind(apiVersion, kind)?.namespaced ?? metadata.namespace !== undefined;
  return `${apiVersion} ${kind} ${isNamespaced ? (metadata.namespace ?? "default") : ""}/${metadata.name}`;
}
