import type { Service } from "../types/index.ts";
import type { QuotaEvaluator } from "./evaluation.ts";

const NAMES = ["count/services", "services", "services.loadbalancers", "services.nodeports"];

/** Services count, and so do the node ports and load balancers that they take. */
export const serviceEvaluator: QuotaEvaluator = {
  usage(object) {
    const { spec } = object as Service;
    return {
      "count/services": "1",
      services: "1",
      "services.loadbalancers": spec.type === "LoadBalancer" ? "1" : "0",
      "services.nodeports": String(nodePortsOf(spec)),
    };
  },
  limits: (name) => NAMES.includes(name),
  inScope: () => false,
  handles: ({ operation, subresource }) => subresource === undefined && operation !== "DELETE",
};

function nodePortsOf({ type, ports = [], allocateLoadBalancerNodePorts }: Service["spec"]): number {
  if (type === "NodePort") return ports.length;
  if (type !== "LoadBalancer") return 0;
  return allocateLoadBalancerNodePorts === false
    ? ports.filter((port) => port.nodePort).length
    : ports.length;
}
