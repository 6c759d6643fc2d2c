/** The EndpointSlices that say what an Endpoints object says: one for each subset and address family. Decides; does not write. */
import { isIP } from "node:net";
import { deepEqual } from "../../../base/deep.ts";
import { controllerReferenceTo } from "../../../kube/owners.ts";
import type {
  Endpoint,
  EndpointAddress,
  EndpointSlice,
  Endpoints,
  StringMap,
} from "../../../kube/types/index.ts";
import type { Draft } from "../../apiserver/api.ts";
import { repackSubsets } from "../endpoints/subsets.ts";
import { endpointKey, isSameEndpoint, type SlicePorts } from "../endpointslice/endpoint.ts";
import { MANAGED_BY_LABEL, SERVICE_NAME_LABEL } from "../endpointslice/slice-plan.ts";
import { portsKey, sortSlicePorts } from "../shared/go-order.ts";
import { groupBy } from "../shared/group-by.ts";
import { TRIGGER_TIME_ANNOTATION } from "../shared/trigger-time.ts";

export const MIRROR = "endpointslicemirroring-controller.k8s.io";

/** --mirroring-max-endpoints-per-subset. */
export const ADDRESSES_PER_SUBSET_MAX = 1_000;

const LAST_APPLIED_ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";

type AddressType = "IPv4" | "IPv6";

export interface MirrorPlan {
  readonly create: readonly Draft<EndpointSlice>[];
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly EndpointSlice[];
  /** Addresses left out because they are none. */
  readonly invalid: number;
  /** Addresses left out for whatever reason. */
  readonly skipped: number;
}

interface Group {
  readonly addressType: AddressType;
  readonly ports: SlicePorts;
  readonly endpoints: Map<string, Endpoint>;
}

/** What to do with the slices that mirror an Endpoints object. */
export function planMirror(object: Endpoints, existing: readonly EndpointSlice[]): MirrorPlan {
  const { groups, invalid, skipped } = groupsOf(object);
  const byKey = groupBy(existing, ({ addressType, ports = [] }) => `${addressType} ${portsKey(ports)}`);
  const create: Draft<EndpointSlice>[] = [];
  const update: EndpointSlice[] = [];
  const remove: EndpointSlice[] = [];
  for (const [key, group] of groups) {
    const [first, ...others] = byKey.get(key) ?? [];
    byKey.delete(key);
    if (group.endpoints.size === 0) {
      if (first !== undefined) remove.push(first, ...others);
      continue;
    }
    remove.push(...others);
    if (first === undefined) create.push(draftOf(object, group));
    else if (!mirrors(first, object, group)) update.push(rewritten(first, object, group));
  }
  for (const obsolete of byKey.values()) remove.push(...obsolete);
  return { ...recycle(object, create, update, remove), invalid, skipped };
}

function groupsOf({ subsets = [] }: Endpoints) {
  const groups = new Map<string, Group>();
  let invalid = 0;
  let skipped = 0;
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of repackSubsets(subsets)) {
    const sorted = sortSlicePorts(ports.map(({ name = "", ...port }) => ({ name, ...port })));
    const own = { IPv4: groupFor(groups, "IPv4", sorted), IPv6: groupFor(groups, "IPv6", sorted) };
    let added = 0;
    for (const [list, ready] of [
      [addresses, true],
      [notReadyAddresses, false],
    ] as const) {
      for (const address of list) {
        if (added >= ADDRESSES_PER_SUBSET_MAX) break;
        const family = isIP(address.ip);
        if (family === 0) {
          invalid++;
          continue;
        }
        const endpoint = endpointOf(address, ready);
        own[family === 6 ? "IPv6" : "IPv4"].endpoints.set(endpointKey(endpoint), endpoint);
        added++;
      }
    }
    skipped += addresses.length + notReadyAddresses.length - added;
  }
  return { groups, invalid, skipped };
}

function groupFor(groups: Map<string, Group>, addressType: AddressType, ports: SlicePorts): Group {
  const key = `${addressType} ${portsKey(ports)}`;
  const group = groups.get(key) ?? { addressType, ports, endpoints: new Map() };
  groups.set(key, group);
  return group;
}

function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname !== undefined && { hostname }),
    ...(targetRef !== undefined && { targetRef }),
    ...(nodeName !== undefined && { nodeName }),
  };
}

/** Whether the slice says all that it should, in labels and annotations too. */
function mirrors(slice: EndpointSlice, object: Endpoints, { endpoints }: Group): boolean {
  const {
    [MANAGED_BY_LABEL]: _manager,
    [SERVICE_NAME_LABEL]: _service,
    ...labels
  } = slice.metadata.labels ?? {};
  const isSame =
    slice.endpoints.length === endpoints.size &&
    slice.endpoints.every((endpoint) => {
      const wanted = endpoints.get(endpointKey(endpoint));
      return wanted !== undefined && isSameEndpoint(wanted, endpoint);
    });
  return (
    isSame &&
    deepEqual(object.metadata.labels ?? {}, labels) &&
    deepEqual(annotationsOf(object), slice.metadata.annotations ?? {}) &&
    !belongsToPredecessor(slice, object)
  );
}

function belongsToPredecessor(slice: EndpointSlice, { metadata }: Endpoints): boolean {
  return (slice.metadata.ownerReferences ?? []).some(
    ({ kind, name, uid }) => kind === "Endpoints" && name === metadata.name && uid !== metadata.uid,
  );
}

function annotationsOf({ metadata }: Endpoints): StringMap {
  const {
    [TRIGGER_TIME_ANNOTATION]: _time,
    [LAST_APPLIED_ANNOTATION]: _applied,
    ...annotations
  } = metadata.annotations ?? {};
  return annotations;
}

function fieldsOf(object: Endpoints) {
  const { name, labels } = object.metadata;
  return {
    labels: { ...labels, [SERVICE_NAME_LABEL]: name, [MANAGED_BY_LABEL]: MIRROR },
    annotations: annotationsOf(object),
    ownerReferences: [controllerReferenceTo(object)],
  };
}

function draftOf(object: Endpoints, { addressType, ports, endpoints }: Group): Draft<EndpointSlice> {
  const { namespace, name } = object.metadata;
  return {
    metadata: {
      generateName: `${name}-`,
      ...(namespace !== undefined && { namespace }),
      ...fieldsOf(object),
    },
    addressType,
    endpoints: [...endpoints.values()],
    ports,
  };
}

function rewritten(slice: EndpointSlice, object: Endpoints, { ports, endpoints }: Group): EndpointSlice {
  const metadata = { ...slice.metadata, ...fieldsOf(object) };
  return { ...slice, metadata, endpoints: [...endpoints.values()], ports };
}

/** Instead of deleting one slice and creating another of the same family, the first is made into the second. */
function recycle(
  object: Endpoints,
  create: readonly Draft<EndpointSlice>[],
  update: readonly EndpointSlice[],
  remove: readonly EndpointSlice[],
): Pick<MirrorPlan, "create" | "update" | "remove"> {
  const spare = [...remove];
  const created: Draft<EndpointSlice>[] = [];
  const recycled: EndpointSlice[] = [];
  for (const draft of create) {
    const at = spare.findIndex(({ addressType }) => addressType === draft.addressType);
    const [slice] = at < 0 ? [] : spare.splice(at, 1);
    if (slice === undefined) created.push(draft);
    else {
      const metadata = { ...slice.metadata, ...fieldsOf(object) };
      const { endpoints = [], ports = [] } = draft as Pick<EndpointSlice, "endpoints" | "ports">;
      recycled.push({ ...slice, metadata, endpoints, ports });
    }
  }
  return { create: created, update: [...update, ...recycled], remove: spare };
}
