/**
 * Gives Services of type LoadBalancer an address out of a pool, as MetalLB's controller does: the lowest that is free, or the
 * one that is asked for. How traffic gets from the address to the nodes is the nodes' part.
 */
import { services } from "../../../kube/kinds.ts";
import type { Service } from "../../../kube/types/index.ts";
import { WorkQueue } from "../../../runtime/work-queue.ts";
import type { ControllerFactory } from "../../context.ts";
import { keyOf, splitKey } from "../shared/keys.ts";
import { watchAll } from "../shared/watch.ts";
import { type AddressPool, addressOf, planAddress, wantsAddress } from "./address-plan.ts";

const NAME = "metallb-controller";

/** Addresses of the machines' own network that no machine has. */
export const LOAD_BALANCER_POOL: AddressPool = { first: "10.77.255.200", last: "10.77.255.250" };

/** Assigns addresses out of a pool. */
export function serviceLb(pool: AddressPool = LOAD_BALANCER_POOL): ControllerFactory {
  return ({ api, engine, events }) => {
    const holders = new Map<string, string>();
    const waiting = new Set<string>();

    const release = (key: string) => {
      for (const [address, holder] of holders) {
        if (holder !== key) continue;
        holders.delete(address);
        // Whoever found nothing free may find something now.
        for (const other of waiting) queue.add(other);
      }
    };
    const reconcile = (key: string): void => {
      const { namespace, name } = splitKey(key);
      const service = api.get(services, namespace, name);
      waiting.delete(key);
      if (service === undefined) {
        release(key);
        return;
      }
      const plan = planAddress(service, pool, holders, key);
      switch (plan.kind) {
        case "keep":
          // The API server itself takes the address off a Service that has become something else.
          if (addressOf(service) === undefined) release(key);
          return;
        case "clear":
          release(key);
          api.updateStatus(services, withAddress(service, undefined));
          return;
        case "fail": {
          waiting.add(key);
          const message = `Failed to allocate IP for ${JSON.stringify(key)}: ${plan.why}`;
          events.event(service, "Warning", "AllocationFailed", message);
          if (addressOf(service) === undefined) return;
          release(key);
          api.updateStatus(services, withAddress(service, undefined));
          return;
        }
        case "assign":
          release(key);
          holders.set(plan.address, key);
          api.updateStatus(services, withAddress(service, plan.address));
          events.event(service, "Normal", "IPAllocated", `Assigned IP [${JSON.stringify(plan.address)}]`);
      }
    };
    const queue = new WorkQueue(engine, { name: NAME, reconcile });
    return {
      name: NAME,
      start() {
        for (const service of api.list(services)) {
          const address = addressOf(service);
          if (address !== undefined && wantsAddress(service)) holders.set(address, keyOf(service));
        }
        watchAll(api, services, ({ type, object, previous }) => {
          const isOurs = wantsAddress(object) || (previous !== undefined && wantsAddress(previous));
          if (
            isOurs &&
            (type !== "MODIFIED" || object.spec !== previous?.spec || hasOtherWish(object, previous))
          ) {
            queue.add(keyOf(object));
          }
        });
      },
    };
  };
}

function hasOtherWish(service: Service, previous: Service): boolean {
  return service.metadata.annotations !== previous.metadata.annotations || service.status !== previous.status;
}

function withAddress(service: Service, ip: string | undefined): Service {
  const loadBalancer = ip === undefined ? {} : { ingress: [{ ip, ipMode: "VIP" as const }] };
  return { ...service, status: { ...service.status, loadBalancer } };
}
