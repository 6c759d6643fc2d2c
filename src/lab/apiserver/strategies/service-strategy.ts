import { deepEqual } from "../../../base/deep.ts";
import type { Kind } from "../../../kube/kind.ts";
import type { Service } from "../../../kube/types/index.ts";
import { type LooseObject, withField } from "../loose.ts";
import { type Strategy, strategy } from "./strategy.ts";

/** Services: what the server once filled in goes again when a change of type makes it meaningless. */
export function serviceStrategy(kind: Kind): Strategy {
  const base = strategy(kind, {
    status: {},
    createOnUpdate: true,
    returnsDeleted: true,
  });
  return {
    ...base,
    prepareForUpdate(next, old, occasion) {
      const prepared = base.prepareForUpdate(next, old, occasion);
      const spec = withoutTypeFields(serviceOf(prepared), serviceOf(old));
      const whole = spec === prepared.spec ? prepared : withField(prepared, "spec", spec);
      if (serviceOf(whole).spec.type === "LoadBalancer") return whole;
      // Tearing down a balancer takes time, but users need not see that.
      return whole.status?.loadBalancer === undefined || deepEqual(whole.status.loadBalancer, {})
        ? whole
        : withField(whole, "status", { ...whole.status, loadBalancer: {} });
    },
  };
}

function serviceOf(object: LooseObject): Service {
  return object as unknown as Service;
}

type Spec = Service["spec"];

/** Whether clients outside the cluster can reach it. */
function isExternal({ type, externalIPs }: Spec): boolean {
  return (
    type === "LoadBalancer" || type === "NodePort" || (type === "ClusterIP" && (externalIPs?.length ?? 0) > 0)
  );
}

/** Whether it takes a port on every node. */
export function needsNodePorts({ type }: Spec): boolean {
  return type === "NodePort" || type === "LoadBalancer";
}

/** Whether a balancer asks nodes which of them have its pods. */
export function needsHealthCheckNodePort({ type, externalTrafficPolicy }: Spec): boolean {
  return type === "LoadBalancer" && externalTrafficPolicy === "Local";
}

/** A field goes when it no longer applies and the request did not change it; a changed one is for validation to refuse. */
function withoutTypeFields({ spec: next }: Service, { spec: old }: Service): Spec {
  const gone: (keyof Spec)[] = [];
  const same = (field: keyof Spec) => deepEqual(next[field], old[field]);
  if (old.type !== "ExternalName" && next.type === "ExternalName") {
    if (same("clusterIP") && same("clusterIPs")) gone.push("clusterIP", "clusterIPs");
    if (same("ipFamilies")) gone.push("ipFamilies");
    if (same("ipFamilyPolicy")) gone.push("ipFamilyPolicy");
    if (same("internalTrafficPolicy")) gone.push("internalTrafficPolicy");
  }
  if (needsHealthCheckNodePort(old) && !needsHealthCheckNodePort(next) && same("healthCheckNodePort")) {
    gone.push("healthCheckNodePort");
  }
  if (old.type === "LoadBalancer" && next.type !== "LoadBalancer") {
    if (same("allocateLoadBalancerNodePorts")) gone.push("allocateLoadBalancerNodePorts");
    if (same("loadBalancerClass")) gone.push("loadBalancerClass");
  }
  if (isExternal(old) && !isExternal(next) && same("externalTrafficPolicy"))
    gone.push("externalTrafficPolicy");

  const keepsPorts = !needsNodePorts(old) || needsNodePorts(next) || hasNewNodePorts(next, old);
  if (gone.length === 0 && keepsPorts) return next;
  const kept = Object.fromEntries(
    Object.entries(next).filter(([field]) => !gone.includes(field as keyof Spec)),
  );
  const ports = keepsPorts ? {} : { ports: next.ports?.map(withoutNodePort) };
  return { ...kept, ...ports } as unknown as Spec;
}

function hasNewNodePorts(next: Spec, old: Spec): boolean {
  const had = new Set(old.ports?.map((port) => port.nodePort));
  return next.ports?.some(({ nodePort }) => nodePort && !had.has(nodePort)) ?? false;
}

function withoutNodePort<T extends { readonly nodePort?: number }>({
  nodePort: _,
  ...rest
}: T): Omit<T, "nodePort"> {
  return rest;
}
