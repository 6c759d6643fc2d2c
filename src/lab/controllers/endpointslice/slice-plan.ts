/**
 * How endpoints are packed into slices: existing slices keep what they have, changed ones are filled up first, then the
 * fullest one that takes all the rest, and what still has no place gets new slices. Few slices change at a time, for each
 * changed one goes to every node. Decides; does not write.
 */
import { deepEqual } from "../../../base/deep.ts";
import { controllerReferenceTo } from "../../../kube/owners.ts";
import type { Endpoint, EndpointSlice, Service, StringMap } from "../../../kube/types/index.ts";
import type { Draft } from "../../apiserver/api.ts";
import { portsKey } from "../shared/go-order.ts";
import { groupBy } from "../shared/group-by.ts";
import { isHeadless } from "../shared/service-membership.ts";
import { type AddressType, endpointKey, isSameEndpoint, type SlicePorts } from "./endpoint.ts";

/** --max-endpoints-per-slice. */
export const ENDPOINTS_PER_SLICE_MAX = 100;

export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";
export const MANAGED_BY_LABEL = "endpointslice.kubernetes.io/managed-by";
export const HEADLESS_LABEL = "service.kubernetes.io/headless";
export const MANAGER = "endpointslice-controller.k8s.io";

const RESERVED_LABELS: ReadonlySet<string> = new Set([SERVICE_NAME_LABEL, MANAGED_BY_LABEL, HEADLESS_LABEL]);

/** Endpoints with the same ports, by `endpointKey`. */
export interface PortGroup {
  readonly ports: SlicePorts;
  readonly endpoints: Map<string, Endpoint>;
}

/** A slice that does not exist yet. */
export type SliceDraft = Draft<EndpointSlice> & {
  readonly endpoints: readonly Endpoint[];
  readonly ports: SlicePorts;
};

export interface SlicePlan {
  readonly create: readonly SliceDraft[];
  /** As they are to be. */
  readonly update: readonly EndpointSlice[];
  readonly remove: readonly EndpointSlice[];
  /** Those that stay as they are. */
  readonly keep: readonly EndpointSlice[];
}

/** What to do with a Service's slices of one address type. `groups` is used up. */
export function planSlices(
  service: Service,
  addressType: AddressType,
  existing: readonly EndpointSlice[],
  groups: readonly PortGroup[],
): SlicePlan {
  const own = existing.filter((slice) => isOwnedBy(slice, service));
  const plan = new PlanBuilder(service, addressType);
  for (const slice of existing) if (!own.includes(slice)) plan.remove.push(slice);
  const byPorts = groupBy(own, ({ ports = [] }) => portsKey(ports));
  for (const group of groups) {
    const key = portsKey(group.ports);
    plan.fill(group, byPorts.get(key) ?? []);
    byPorts.delete(key);
  }
  for (const obsolete of byPorts.values()) plan.remove.push(...obsolete);
  plan.ensurePlaceholder(existing.length);
  return plan.recycled();
}

/** The labels of the Service's slices. */
export function sliceLabels(service: Service): StringMap {
  return {
    ...ownLabels(service.metadata.labels),
    ...(isHeadless(service) && { [HEADLESS_LABEL]: "" }),
    [SERVICE_NAME_LABEL]: service.metadata.name,
    [MANAGED_BY_LABEL]: MANAGER,
  };
}

/** Whether the Service is among the slice's owners, and not an earlier one of its name. */
export function isOwnedBy(slice: EndpointSlice, service: Service): boolean {
  return (slice.metadata.ownerReferences ?? []).some(
    ({ uid, kind, apiVersion }) => uid === service.metadata.uid && kind === "Service" && apiVersion === "v1",
  );
}

class PlanBuilder {
  readonly remove: EndpointSlice[] = [];
  readonly #service: Service;
  readonly #addressType: AddressType;
  readonly #labels: StringMap;
  readonly #create: SliceDraft[] = [];
  readonly #update: EndpointSlice[] = [];
  readonly #keep: EndpointSlice[] = [];

  constructor(service: Service, addressType: AddressType) {
    this.#service = service;
    this.#addressType = addressType;
    this.#labels = sliceLabels(service);
  }

  /** Finds a place for every endpoint of a group. */
  fill({ ports, endpoints }: PortGroup, slices: readonly EndpointSlice[]): void {
    const changed: EndpointSlice[] = [];
    let unchanged: EndpointSlice[] = [];
    for (const slice of slices) {
      const kept = takeKept(slice, endpoints);
      if (kept.endpoints.length === 0 && slice.endpoints.length > 0) this.remove.push(slice);
      else if (kept === slice && this.#hasRightLabels(slice)) unchanged.push(slice);
      else changed.push({ ...kept, metadata: { ...kept.metadata, labels: this.#labels } });
    }
    // The fullest first, so that the others may empty.
    changed.sort((a, b) => b.endpoints.length - a.endpoints.length);
    for (const slice of changed) this.#update.push(withMore(slice, endpoints));
    while (endpoints.size > 0) {
      const target = roomiest(unchanged, endpoints.size);
      if (target === undefined) this.#create.push(this.#draft(ports, takeSome(endpoints, 0)));
      else this.#update.push(withMore(target, endpoints));
      unchanged = unchanged.filter((slice) => slice !== target);
    }
    this.#keep.push(...unchanged);
  }

  /** A Service without any endpoint still has a slice, empty, which says that somebody looks after it. */
  ensurePlaceholder(existingCount: number): void {
    if (existingCount !== this.remove.length || this.#create.length > 0) return;
    const placeholder = this.#draft([], []);
    const [only] = this.remove;
    if (this.remove.length === 1 && only !== undefined && isPlaceholder(only, placeholder)) {
      this.remove.pop();
      this.#keep.push(only);
    } else this.#create.push(placeholder);
  }

  /** Instead of deleting one slice and creating another, the first is made into the second. */
  recycled(): SlicePlan {
    const remove: EndpointSlice[] = [];
    for (const slice of this.remove) {
      const draft = isOwnedBy(slice, this.#service) ? this.#create.pop() : undefined;
      if (draft === undefined) remove.push(slice);
      else {
        const { annotations: _annotations, ...metadata } = slice.metadata;
        const { endpoints, ports } = draft;
        this.#update.push({ ...slice, metadata: { ...metadata, labels: this.#labels }, endpoints, ports });
      }
    }
    return { create: this.#create, update: this.#update, remove, keep: this.#keep };
  }

  #hasRightLabels({ metadata }: EndpointSlice): boolean {
    return deepEqual(ownLabels(metadata.labels), ownLabels(this.#service.metadata.labels));
  }

  #draft(ports: SlicePorts, endpoints: readonly Endpoint[]): SliceDraft {
    const { namespace, name } = this.#service.metadata;
    return {
      metadata: {
        generateName: `${name}-`,
        ...(namespace !== undefined && { namespace }),
        labels: this.#labels,
        ownerReferences: [controllerReferenceTo(this.#service)],
      },
      addressType: this.#addressType,
      endpoints,
      ports,
    };
  }
}

/** The slice with those of its endpoints that are still wanted, as they are wanted; itself when nothing differs. */
function takeKept(slice: EndpointSlice, wanted: Map<string, Endpoint>): EndpointSlice {
  const kept: Endpoint[] = [];
  let isSame = true;
  for (const endpoint of slice.endpoints) {
    const key = endpointKey(endpoint);
    const found = wanted.get(key);
    if (found === undefined) {
      isSame = false;
      continue;
    }
    isSame &&= isSameEndpoint(found, endpoint);
    kept.push(found);
    wanted.delete(key);
  }
  return isSame ? slice : { ...slice, endpoints: kept };
}

function withMore(slice: EndpointSlice, rest: Map<string, Endpoint>): EndpointSlice {
  const more = takeSome(rest, slice.endpoints.length);
  return more.length === 0 ? slice : { ...slice, endpoints: [...slice.endpoints, ...more] };
}

/** As many of the endpoints as fit beside those that are there, first come first served. */
function takeSome(rest: Map<string, Endpoint>, presentCount: number): Endpoint[] {
  const taken: Endpoint[] = [];
  for (const [key, endpoint] of rest) {
    if (presentCount + taken.length >= ENDPOINTS_PER_SLICE_MAX) break;
    taken.push(endpoint);
    rest.delete(key);
  }
  return taken;
}

/** The slice that will be the fullest once it has taken so many; `undefined` when none takes them all. */
function roomiest(slices: readonly EndpointSlice[], count: number): EndpointSlice | undefined {
  if (count >= ENDPOINTS_PER_SLICE_MAX) return undefined;
  let best: EndpointSlice | undefined;
  for (const slice of slices) {
    const size = slice.endpoints.length;
    if (size + count <= ENDPOINTS_PER_SLICE_MAX && size > (best?.endpoints.length ?? -1)) best = slice;
  }
  return best;
}

function isPlaceholder(slice: EndpointSlice, placeholder: SliceDraft): boolean {
  return (
    slice.endpoints.length === 0 &&
    (slice.ports ?? []).length === 0 &&
    deepEqual(slice.metadata.labels, placeholder.metadata.labels)
  );
}

function ownLabels(labels: StringMap | undefined): StringMap {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([key]) => !RESERVED_LABELS.has(key)));
}
