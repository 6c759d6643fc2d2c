/**
 * Mirrors Endpoints that people write by hand, for Services without a selector, into EndpointSlices: nothing else reads
 * Endpoints any more. Endpoints that the endpoint controller writes are not mirrored: their Services have a selector.
 */
import { withEndpoints } from "../../../kube/endpoint-slices.ts";
import { endpointSlices, endpoints, services } from "../../../kube/kinds.ts";
import type { EndpointSlice, Endpoints } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { ControllerFactory, LabContext, Part } from "../../context.ts";
import { MANAGED_BY_LABEL, SERVICE_NAME_LABEL } from "../endpointslice/slice-plan.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { isNamespaceTerminating } from "../shared/pod-control.ts";
import { watchAll } from "../shared/watch.ts";
import { ADDRESSES_PER_SUBSET_MAX, MIRROR, type MirrorPlan, planMirror } from "./mirror-plan.ts";

const NAME = "endpointslice-mirroring-controller";

const SKIP_LABEL = "endpointslice.kubernetes.io/skip-mirror";
const LEADER_ANNOTATION = "control-plane.alpha.kubernetes.io/leader";

/** defaultSyncBackOff, maxSyncBackOff and maxRetries. */
const BACKOFF_MS = [1_000, 100_000] as const;
const RETRIES_MAX = 15;

/** Keeps slices for Endpoints that were written by hand. */
export const endpointSliceMirroring: ControllerFactory = (context) => new MirroringController(context);

class MirroringController implements Part {
  readonly name = NAME;
  readonly #context: LabContext;
  readonly #queue: WorkQueue;
  #isWriting = false;

  constructor(context: LabContext) {
    this.#context = context;
    this.#queue = new WorkQueue(context.engine, {
      name: NAME,
      reconcile: (key) => this.#reconcile(key),
      backoffMs: BACKOFF_MS,
      retriesMax: RETRIES_MAX,
    });
  }

  start(): void {
    const { api } = this.#context;
    watchAll(api, endpoints, ({ object, previous }) => {
      if (shouldMirror(object) || (previous !== undefined && shouldMirror(previous)))
        this.#queue.add(keyOf(object));
    });
    watchAll(api, services, ({ type, object, previous }) => {
      const isManual = object.spec.selector === undefined;
      const isNews = type !== "MODIFIED" ? isManual : isManual !== (previous?.spec.selector === undefined);
      if (isNews) this.#queue.add(keyOf(object));
    });
    api.onChange(endpointSlices, ({ object, previous }) => {
      if (this.#isWriting) return;
      for (const { metadata } of previous === undefined ? [object] : [object, previous]) {
        const service = metadata.labels?.[SERVICE_NAME_LABEL];
        if (service === undefined || metadata.labels?.[MANAGED_BY_LABEL] !== MIRROR) continue;
        this.#queue.add(`${metadata.namespace}/${service}`);
      }
    });
  }

  #reconcile(key: string): void {
    const { api } = this.#context;
    const { namespace, name } = splitKey(key);
    const object = api.get(endpoints, namespace, name);
    const service = api.get(services, namespace, name);
    const existing = this.#mirrorsOf(namespace, name);
    const isWanted = object !== undefined && shouldMirror(object) && service !== undefined;
    this.#isWriting = true;
    try {
      if (isWanted && service.spec.selector === undefined) this.#apply(object, planMirror(object, existing));
      else for (const { metadata } of existing) api.delete(endpointSlices, namespace, metadata.name);
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error;
    } finally {
      this.#isWriting = false;
    }
  }

  #mirrorsOf(namespace: string, name: string): readonly EndpointSlice[] {
    const all = this.#context.api.list(endpointSlices, { namespace });
    const own = all.filter(
      ({ metadata }) =>
        metadata.labels?.[SERVICE_NAME_LABEL] === name && metadata.labels?.[MANAGED_BY_LABEL] === MIRROR,
    );
    return own.map(withEndpoints);
  }

  #apply(object: Endpoints, plan: MirrorPlan): void {
    const { api, events } = this.#context;
    if (plan.invalid > 0) {
      const message = `Skipped ${plan.invalid} invalid IP addresses when mirroring to EndpointSlices`;
      events.event(object, "Warning", "InvalidIPAddress", message);
    }
    if (plan.skipped > plan.invalid) {
      const message =
        `A max of ${ADDRESSES_PER_SUBSET_MAX} addresses can be mirrored to EndpointSlices per Endpoints subset. ` +
        `${plan.skipped} addresses were skipped`;
      events.event(object, "Warning", "TooManyAddressesToMirror", message);
    }
    if (object.metadata.deletionTimestamp === undefined) {
      for (const draft of plan.create) api.create(endpointSlices, draft);
    }
    for (const slice of plan.update) api.update(endpointSlices, slice);
    for (const { metadata } of plan.remove) api.delete(endpointSlices, metadata.namespace, metadata.name);
  }
}

function shouldMirror({ metadata }: Endpoints): boolean {
  return metadata.labels?.[SKIP_LABEL] !== "true" && metadata.annotations?.[LEADER_ANNOTATION] === undefined;
}
