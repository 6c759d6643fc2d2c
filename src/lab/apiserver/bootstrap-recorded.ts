/**
 * What a cluster has from the start beside what its API server works out anew (bootstrap.ts), recorded from a real one
 * (scripts/generate-bootstrap.mjs): roles and bindings, API services, priority levels and flow schemas. They are whole objects,
 * and are stored without passing the registry: a hundred and more requests would make a lab start late.
 */
import { readFileSync } from "node:fs";
import { apiVersionOf, type Kind } from "../../kube/kind.ts";
import { clusterRoleBindings, clusterRoles, findKind, roleBindings, roles } from "../../kube/kinds.ts";
import { formatTime } from "../../kube/time.ts";
import type { Condition, KubeObject, ManagedFieldsEntry } from "../../kube/types/index.ts";
import type { Engine } from "../../time/engine.ts";
import { frozenTree } from "./frozen-tree.ts";
import type { KindRegistry } from "./kind-registry.ts";
import { newUid } from "./registry/uid.ts";
import type { Store } from "./store.ts";

const RECORDED_KINDS: readonly Kind[] = [
  clusterRoles,
  clusterRoleBindings,
  roles,
  roleBindings,
  ...[
    findKind("apiregistration.k8s.io/v1", "APIService"),
    findKind("flowcontrol.apiserver.k8s.io/v1", "PriorityLevelConfiguration"),
    findKind("flowcontrol.apiserver.k8s.io/v1", "FlowSchema"),
  ].flatMap((kind) => kind ?? []),
];

interface RecordedObject extends KubeObject {
  /** The place of its managers in the list of them. */
  readonly managers: number;
  /** Conditions without their times. */
  readonly status?: { readonly conditions?: readonly Omit<Condition, "lastTransitionTime">[] };
}

/** The file. */
interface Recorded {
  /** Lists of managers without their times. */
  readonly managers: readonly (readonly ManagedFieldsEntry[])[];
  readonly objects: readonly RecordedObject[];
}

/** Stores the recorded objects, those of kinds that are served. */
export function storeRecorded(engine: Engine, store: Store, kinds: KindRegistry): void {
  const served = RECORDED_KINDS.filter((kind) => kinds.served(kind) !== undefined);
  if (served.length === 0) return;
  const time = formatTime(engine.now());
  const { managers, objects } = readRecorded();
  const owners = managers.map((list) => frozenTree(list.map((entry) => ({ ...entry, time }))));
  for (const { managers: place, metadata, status, ...rest } of objects) {
    const kind = served.find((each) => each.kind === rest.kind);
    if (kind === undefined || !isServed(kinds, rest)) continue;
    const managedFields = owners[place] ?? [];
    store.put(store.collection(kind), {
      ...rest,
      apiVersion: apiVersionOf(kind),
      metadata: {
        ...metadata,
        uid: newUid(engine, "apiserver/bootstrap-roles"),
        creationTimestamp: time,
        ...(managedFields.length === 0 ? {} : { managedFields }),
      },
      ...(status === undefined ? {} : { status: timed(status, time) }),
    } as KubeObject);
  }
}

/** API services are of versions, which a server may leave out. */
function isServed(kinds: KindRegistry, object: Pick<KubeObject, "kind">): boolean {
  if (object.kind !== "APIService") return true;
  const { group = "", version } = (object as unknown as ApiService).spec;
  return kinds.all().some((each) => each.group === group && each.version === version);
}

interface ApiService {
  readonly spec: { readonly group?: string; readonly version: string };
}

function timed(status: NonNullable<RecordedObject["status"]>, time: string): object {
  const { conditions } = status;
  if (conditions === undefined) return status;
  return { ...status, conditions: conditions.map((each) => ({ ...each, lastTransitionTime: time })) };
}

let recorded: Recorded | undefined;

/** Read once for all the labs of a process. */
function readRecorded(): Recorded {
  recorded ??= JSON.parse(readFileSync(new URL("./bootstrap.data.json", import.meta.url), "utf8"));
  return recorded as Recorded;
}
