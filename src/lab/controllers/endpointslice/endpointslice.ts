/**
 * EndpointSlices of Services with a selector: the pods behind them, with what is known of each (ready, serving, terminating,
 * node, zone, hints). What a pod gives is worked out in `endpoint.ts`, where it is put in `slice-plan.ts`.
 *
 * Of two endpoints that come at the same time the one whose pod's name sorts first is placed first; in the real controller
 * that is left to chance. Hints by the topology-mode annotation are not given: such Services have none.
 */
import { withEndpoints } from "../../../kube/endpoint-slices.ts";
import { endpointSlices, nodes, pods, services } from "../../../kube/kinds.ts";
import { isStatus, StatusError } from "../../../kube/status-error.ts";
import type { EndpointSlice, Service, Time } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { Api } from "../../apiserver/api.ts";
import type { ControllerFactory, LabContext, Part } from "../../context.ts";
import { portsKey } from "../shared/go-order.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { isNamespaceTerminating } from "../shared/pod-control.ts";
import {
  canBeEndpoint,
  hasManagedEndpoints,
  selectedPods,
  servicesConcerned,
} from "../shared/service-membership.ts";
import { TriggerTimes, withTriggerTime } from "../shared/trigger-time.ts";
import { watchAll } from "../shared/watch.ts";
import { type AddressType, addressTypesOf, endpointKey, endpointOf, slicePortsOf } from "./endpoint.ts";
import { type Closeness, closenessOf, withSliceHints } from "./hints.ts";
import { MANAGED_BY_LABEL, MANAGER, type PortGroup, planSlices, SERVICE_NAME_LABEL } from "./slice-plan.ts";

const NAME = "endpointslice-controller";

/** endpointSliceChangeMinSyncDelay: a slice that somebody else has changed is looked at after that. */
const FOREIGN_CHANGE_DELAY_MS = 1_000;

/** defaultSyncBackOff, maxSyncBackOff and maxRetries. */
const BACKOFF_MS = [1_000, 1_000_000] as const;
const RETRIES_MAX = 15;

/** Keeps the EndpointSlices of Services. */
export const endpointSlice: ControllerFactory = (context) => new EndpointSliceController(context);

/** Pods were left out because the nodes that they name do not exist. */
class MissingNodes extends Error {
  override readonly name = "MissingNodes";
}

class EndpointSliceController implements Part {
  readonly name = NAME;
  readonly #context: LabContext;
  readonly #queue: WorkQueue;
  readonly #triggerTimes = new TriggerTimes();
  #isWriting = false;

  constructor(context: LabContext) {
    this.#context = context;
    this.#queue = new WorkQueue(context.engine, {
      name: NAME,
      reconcile: (key) => this.#reconcile(key),
      backoffMs: BACKOFF_MS,
      retriesMax: RETRIES_MAX,
      isRetryable: (error) => error instanceof StatusError || error instanceof MissingNodes,
    });
  }

  start(): void {
    const { api } = this.#context;
    watchAll(api, services, ({ object }) => this.#queue.add(keyOf(object)));
    api.onChange(pods, (change) => {
      for (const key of servicesConcerned(api, change)) this.#queue.add(key);
    });
    api.onChange(endpointSlices, ({ object, previous }) => {
      if (this.#isWriting) return;
      for (const slice of previous === undefined ? [object] : [object, previous]) this.#lookAgain(slice);
    });
  }

  /** For a slice of ours that somebody else has touched. The garbage collector's work comes to nothing here. */
  #lookAgain({ metadata }: EndpointSlice): void {
    const service = metadata.labels?.[SERVICE_NAME_LABEL];
    if (service === undefined || metadata.labels?.[MANAGED_BY_LABEL] !== MANAGER) return;
    this.#queue.addAfter(`${metadata.namespace}/${service}`, FOREIGN_CHANGE_DELAY_MS);
  }

  #reconcile(key: string): void {
    const { api, events } = this.#context;
    const { namespace, name } = splitKey(key);
    const service = api.get(services, namespace, name);
    if (service === undefined) {
      this.#triggerTimes.forget(key);
      return;
    }
    if (!hasManagedEndpoints(service)) return;
    try {
      this.#sync(service);
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof MissingNodes)) throw error;
      const message = `Error updating Endpoint Slices for Service ${key}: ${error.message}`;
      events.event(service, "Warning", "FailedToUpdateEndpointSlices", message);
      throw error;
    }
  }

  #sync(service: Service): void {
    const { api } = this.#context;
    const behind = selectedPods(api, service);
    const existing = ownSlices(api, service);
    const time = this.#triggerTimes.next(service, behind);
    const types = addressTypesOf(service);
    const missing: string[] = [];
    for (const type of types) {
      const { groups, skipped } = groupByPorts(api, service, behind, type);
      missing.push(...skipped);
      const slices = existing.filter(({ addressType }) => addressType === type);
      this.#write(() => this.#apply(service, planSlices(service, type, slices, groups), time));
    }
    const unsupported = existing.filter(({ addressType }) => !types.includes(addressType as AddressType));
    this.#write(() => this.#removeAll(unsupported));
    if (missing.length === 0) return;
    throw new MissingNodes(missing.length === 1 ? missing[0] : `[${missing.join(", ")}]`);
  }

  #write(act: () => void): void {
    this.#isWriting = true;
    try {
      act();
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error;
    } finally {
      this.#isWriting = false;
    }
  }

  #apply(service: Service, plan: ReturnType<typeof planSlices>, time: Time | undefined): void {
    const { api } = this.#context;
    const closeness: Closeness | undefined = closenessOf(service);
    if (service.metadata.deletionTimestamp === undefined) {
      for (const draft of plan.create) {
        const { endpoints } = withSliceHints(draft, closeness);
        const annotations = withTriggerTime(undefined, time);
        api.create(endpointSlices, { ...draft, endpoints, metadata: { ...draft.metadata, annotations } });
      }
    }
    const rehinted = plan.keep.filter((slice) => withSliceHints(slice, closeness) !== slice);
    for (const slice of [...plan.update, ...rehinted]) {
      const annotations = withTriggerTime(slice.metadata.annotations, time);
      const hinted = withSliceHints(slice, closeness);
      api.update(endpointSlices, { ...hinted, metadata: { ...slice.metadata, annotations } });
    }
    this.#removeAll(plan.remove);
  }

  #removeAll(slices: readonly EndpointSlice[]): void {
    for (const { metadata } of slices) {
      try {
        this.#context.api.delete(endpointSlices, metadata.namespace, metadata.name);
      } catch (error) {
        if (!isStatus(error, "NotFound")) throw error;
      }
    }
  }
}

function ownSlices(api: Api, { metadata }: Service): readonly EndpointSlice[] {
  const place = metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
  return api
    .list(endpointSlices, place)
    .filter(
      (slice) =>
        slice.metadata.labels?.[SERVICE_NAME_LABEL] === metadata.name &&
        slice.metadata.labels?.[MANAGED_BY_LABEL] === MANAGER &&
        slice.metadata.deletionTimestamp === undefined,
    )
    .map(withEndpoints);
}

/** The endpoints that the Service should have, by ports, and a sentence for each pod that had to be left out. */
function groupByPorts(
  api: Api,
  service: Service,
  behind: ReturnType<typeof selectedPods>,
  addressType: AddressType,
): { readonly groups: readonly PortGroup[]; readonly skipped: readonly string[] } {
  const groups = new Map<string, PortGroup>();
  const skipped: string[] = [];
  for (const pod of behind) {
    if (!canBeEndpoint(pod, true)) continue;
    const ports = slicePortsOf(service, pod);
    const key = portsKey(ports);
    const group = groups.get(key) ?? { ports, endpoints: new Map() };
    groups.set(key, group);
    const { nodeName = "" } = pod.spec;
    const node = api.get(nodes, undefined, nodeName);
    if (node === undefined && service.spec.publishNotReadyAddresses !== true) {
      skipped.push(
        `skipping Pod ${pod.metadata.name} for Service ${keyOf(service)}: Node ${nodeName} Not Found`,
      );
      continue;
    }
    const endpoint = endpointOf(pod, node, service, addressType);
    if (endpoint !== undefined) group.endpoints.set(endpointKey(endpoint), endpoint);
  }
  return { groups: [...groups.values()], skipped };
}
