import type { Kind } from "../../kube/kind.ts";
import { customResourceDefinitions, events, KINDS, services } from "../../kube/kinds.ts";
import { formatTime } from "../../kube/time.ts";
import type { Timing } from "../../kube/timing.ts";
import type { Engine } from "../../time/engine.ts";
import { keepApiServices } from "./api-services.ts";
import { bootstrapObjects } from "./bootstrap.ts";
import { storeRecorded } from "./bootstrap-recorded.ts";
import { CustomKinds } from "./custom-kinds.ts";
import { expireEvents } from "./event-expiry.ts";
import { KindRegistry } from "./kind-registry.ts";
import { madeFor } from "./request-memo.ts";
import { RunningServer } from "./running-server.ts";
import type { ApiServer } from "./server.ts";
import { publishIpAddresses, publishServiceCidr } from "./services/ip-addresses.ts";
import { ServiceAllocator } from "./services/service-allocator.ts";
import { Store } from "./store.ts";

export interface ApiServerOptions {
  readonly engine: Engine;
  readonly timing: Timing;
  /** What is served from the start; the built-in table unless told otherwise. */
  readonly kinds?: readonly Kind[];
  /** Whether mutating admission policies are acted upon, where they are served: no unless told otherwise. */
  readonly mutatingPolicies?: boolean;
}

/** Starts an API server on an empty store, with the objects that a stock cluster has. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { engine, timing, kinds: rows = KINDS, mutatingPolicies = false } = options;
  const store = new Store();
  const kinds = new KindRegistry(rows);
  const serviceObjects = store.collection(services);
  const allocator = new ServiceAllocator(engine, store, serviceObjects);
  let custom: CustomKinds | undefined;

  const server = new RunningServer({
    engine,
    store,
    kinds,
    allocate: ({ collection, caller, dryRun }, object, old) => {
      if (collection !== serviceObjects) return object;
      if (caller.memo === undefined || dryRun) return allocator.allocate(object, old, dryRun);
      // What was picked in an earlier attempt is asked for by name in the next: somebody may have taken it meanwhile.
      const label = `allocated for ${JSON.stringify(object.spec)}`;
      return allocator.allocate(
        madeFor(caller, label, () => allocator.allocate(object, old, dryRun)),
        old,
        dryRun,
      );
    },
    customVersionOf: (kind) => custom?.versionOf(kind),
    mutatingPolicies,
  });
  const api = server.api("kube-apiserver");
  const serves = (apiVersion: string, kind: string) => kinds.find(apiVersion, kind) !== undefined;

  expireEvents(engine, store, store.collection(events), timing.eventTtlMs);
  if (serves("networking.k8s.io/v1", "ServiceCIDR")) {
    publishServiceCidr(api, formatTime(engine.now()));
    publishIpAddresses(api, store, serviceObjects);
  }
  if (kinds.served(customResourceDefinitions) !== undefined) custom = new CustomKinds(engine, api, kinds);
  const today = formatTime(engine.now()).slice(0, "2026-01-31".length);
  for (const { kind, draft } of bootstrapObjects(today)) if (kinds.served(kind)) api.create(kind, draft);
  storeRecorded(engine, store, kinds);
  keepApiServices(engine, store, kinds);
  return server;
}
