/**
 * Endpoints objects of Services with a selector: the old form of EndpointSlices, kept for who still reads them. Pods on their
 * way out are not in them, except where a Service publishes everything.
 */
import { deepEqual } from "../../../base/deep.ts";
import { endpoints, pods, services } from "../../../kube/kinds.ts";
import { isStatus, StatusError } from "../../../kube/status-error.ts";
import type { Endpoints, Service, StringMap } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { ControllerFactory, LabContext, Part } from "../../context.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { isNamespaceTerminating } from "../shared/pod-control.ts";
import {
  hasManagedEndpoints,
  isHeadless,
  selectedPods,
  servicesConcerned,
} from "../shared/service-membership.ts";
import { TriggerTimes, withTriggerTime } from "../shared/trigger-time.ts";
import { watchAll } from "../shared/watch.ts";
import { ADDRESSES_MAX, type Subset, subsetsOf, truncateSubsets } from "./subsets.ts";

const NAME = "endpoint-controller";

const HEADLESS_LABEL = "service.kubernetes.io/headless";
const MANAGED_BY_LABEL = "endpoints.kubernetes.io/managed-by";
const OVER_CAPACITY_ANNOTATION = "endpoints.kubernetes.io/over-capacity";
const LEADER_ANNOTATION = "control-plane.alpha.kubernetes.io/leader";

/** maxRetries. */
const RETRIES_MAX = 15;

/** Keeps the Endpoints of Services. */
export const endpointsOfServices: ControllerFactory = (context) => new EndpointsController(context);

class EndpointsController implements Part {
  readonly name = NAME;
  readonly #context: LabContext;
  readonly #queue: WorkQueue;
  readonly #triggerTimes = new TriggerTimes();

  constructor(context: LabContext) {
    this.#context = context;
    this.#queue = new WorkQueue(context.engine, {
      name: NAME,
      reconcile: (key) => this.#reconcile(key),
      retriesMax: RETRIES_MAX,
    });
  }

  start(): void {
    const { api } = this.#context;
    watchAll(api, services, ({ object }) => this.#queue.add(keyOf(object)));
    api.onChange(pods, (change) => {
      for (const key of servicesConcerned(api, change)) this.#queue.add(key);
    });
    api.onChange(endpoints, ({ type, object }) => {
      if (type === "DELETED") this.#queue.add(keyOf(object));
    });
    // Those of Services that went while nobody looked. Leader election used to live in Endpoints without a Service.
    for (const object of api.list(endpoints)) {
      if (object.metadata.annotations?.[LEADER_ANNOTATION] === undefined) this.#queue.add(keyOf(object));
    }
  }

  #reconcile(key: string): void {
    const { api } = this.#context;
    const { namespace, name } = splitKey(key);
    const service = api.get(services, namespace, name);
    if (service === undefined) {
      this.#triggerTimes.forget(key);
      if (api.get(endpoints, namespace, name) !== undefined) api.delete(endpoints, namespace, name);
    } else if (hasManagedEndpoints(service)) this.#sync(service, namespace);
  }

  #sync(service: Service, namespace: string): void {
    const { api } = this.#context;
    const { name } = service.metadata;
    const behind = selectedPods(api, service);
    const time = this.#triggerTimes.next(service, behind);
    const subsets = subsetsOf(service, behind);
    const current = api.get(endpoints, namespace, name);
    if (current !== undefined && isCurrent(current, service, subsets)) return;
    const shortened = truncateSubsets(subsets);
    const { [OVER_CAPACITY_ANNOTATION]: _before, ...others } = current?.metadata.annotations ?? {};
    const annotations = {
      ...withTriggerTime(others, time),
      ...(shortened !== undefined && { [OVER_CAPACITY_ANNOTATION]: "truncated" }),
    };
    const fields = { labels: labelsOf(service), annotations };
    try {
      if (current === undefined) {
        api.create(endpoints, {
          metadata: { name, namespace, ...fields },
          ...withSubsets(subsets, shortened),
        });
      } else {
        const { subsets: _old, ...rest } = current;
        const metadata = { ...current.metadata, ...fields };
        api.update(endpoints, { ...rest, metadata, ...withSubsets(subsets, shortened) });
      }
    } catch (error) {
      this.#complain(error, service, current);
    }
  }

  #complain(error: unknown, service: Service, current: Endpoints | undefined): void {
    if (!(error instanceof StatusError)) throw error;
    if (isStatus(error, "Forbidden") && isNamespaceTerminating(error)) return;
    const { events } = this.#context;
    const about = { ...service, kind: "Endpoints" };
    if (current === undefined) {
      const message = `Failed to create endpoint for service ${keyOf(service)}: ${error.message}`;
      events.event(about, "Warning", "FailedToCreateEndpoint", message);
    } else {
      const message = `Failed to update endpoint ${keyOf(service)}: ${error.message}`;
      events.event(current, "Warning", "FailedToUpdateEndpoint", message);
    }
    throw error;
  }
}

function withSubsets(subsets: readonly Subset[], shortened: readonly Subset[] | undefined) {
  const kept = shortened ?? subsets;
  return kept.length === 0 ? {} : { subsets: kept };
}

function labelsOf(service: Service): StringMap {
  const { [HEADLESS_LABEL]: _headless, ...labels } = service.metadata.labels ?? {};
  return { ...labels, ...(isHeadless(service) && { [HEADLESS_LABEL]: "" }), [MANAGED_BY_LABEL]: NAME };
}

/** Whether there is nothing to write: the headless label alone is not worth it, a shortened object always is. */
function isCurrent(current: Endpoints, service: Service, subsets: readonly Subset[]): boolean {
  const { labels = {}, annotations = {} } = current.metadata;
  const { [HEADLESS_LABEL]: _headless, [MANAGED_BY_LABEL]: manager, ...others } = labels;
  const { [HEADLESS_LABEL]: _own, ...wanted } = service.metadata.labels ?? {};
  const count = (current.subsets ?? []).reduce(
    (sum, { addresses = [], notReadyAddresses = [] }) => sum + addresses.length + notReadyAddresses.length,
    0,
  );
  return (
    deepEqual(current.subsets ?? [], subsets) &&
    manager === NAME &&
    deepEqual(others, wanted) &&
    count <= ADDRESSES_MAX &&
    annotations[OVER_CAPACITY_ANNOTATION] === undefined
  );
}
