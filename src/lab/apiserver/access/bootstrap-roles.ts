/**
 * The roles and bindings that a cluster has from the start, recorded from a real one (scripts/generate-bootstrap-rbac.mjs).
 * They are whole objects, and are stored without passing the registry: a hundred and more requests would make a lab start late.
 */
import { readFileSync } from "node:fs";
import { apiVersionOf } from "../../../kube/kind.ts";
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from "../../../kube/kinds.ts";
import { formatTime } from "../../../kube/time.ts";
import type { KubeObject, ManagedFieldsEntry } from "../../../kube/types/index.ts";
import type { Engine } from "../../../time/engine.ts";
import { frozenTree } from "../frozen-tree.ts";
import type { KindRegistry } from "../kind-registry.ts";
import { newUid } from "../registry/uid.ts";
import type { Store } from "../store.ts";

const RBAC_KINDS = [clusterRoles, clusterRoleBindings, roles, roleBindings];

/** The file. */
interface Recorded {
  /** Lists of managers without their times; objects name theirs by its place. */
  readonly managers: readonly (readonly ManagedFieldsEntry[])[];
  readonly objects: readonly (KubeObject & { readonly managers: number })[];
}

/** Stores the stock roles and bindings, those of kinds that are served. */
export function storeBootstrapRoles(engine: Engine, store: Store, kinds: KindRegistry): void {
  const served = RBAC_KINDS.filter((kind) => kinds.served(kind) !== undefined);
  if (served.length === 0) return;
  const time = formatTime(engine.now());
  const { managers, objects } = readRecorded();
  const managedFields = managers.map((list) => frozenTree(list.map((entry) => ({ ...entry, time }))));
  for (const { managers: place, metadata, ...rest } of objects) {
    const kind = served.find((each) => each.kind === rest.kind);
    if (kind === undefined) continue;
    store.put(store.collection(kind), {
      ...rest,
      apiVersion: apiVersionOf(kind),
      metadata: {
        ...metadata,
        uid: newUid(engine, "apiserver/bootstrap-roles"),
        creationTimestamp: time,
        managedFields: managedFields[place] ?? [],
      },
    });
  }
}

let recorded: Recorded | undefined;

/** Read once for all the labs of a process. */
function readRecorded(): Recorded {
  recorded ??= JSON.parse(readFileSync(new URL("./bootstrap-rbac.data.json", import.meta.url), "utf8"));
  return recorded as Recorded;
}
