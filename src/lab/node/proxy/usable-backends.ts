import type { Backend, ServicePortTable, ServiceTable } from "./service-table.ts";

/** Where a node's proxy stands. */
export interface ProxyPlace {
  readonly nodeName: string;
  readonly zone: string;
}

/** Traffic from inside the cluster, or from outside through a node's port or a load balancer. */
export type Side = "internal" | "external";

/** The backends that a connection may go to, or why there is none. */
export type Usable =
  | { readonly kind: "backends"; readonly backends: readonly Backend[] }
  /** Nothing serves it anywhere: answered with a reset. */
  | { readonly kind: "none" }
  /** Something serves it elsewhere, but the policy keeps the traffic here: nothing is answered. */
  | { readonly kind: "not-here" };

/** Which backends a node's rules hold for one port of a Service, as kube-proxy's CategorizeEndpoints works it out. */
export function usableBackends(
  table: ServiceTable,
  { backends }: ServicePortTable,
  side: Side,
  place: ProxyPlace,
): Usable {
  const { internalTrafficPolicy, externalTrafficPolicy } = table.service.spec;
  const policy = side === "internal" ? internalTrafficPolicy : externalTrafficPolicy;
  const usable = policy === "Local" ? localBackends(backends, place) : clusterBackends(backends, place);
  if (usable.length > 0) return { kind: "backends", backends: usable };
  const isServed = backends.some((each) => each.ready || (each.serving && each.terminating));
  return { kind: isServed ? "not-here" : "none" };
}

function clusterBackends(backends: readonly Backend[], place: ProxyPlace): readonly Backend[] {
  const ready = backends.filter((each) => each.ready);
  if (ready.length > 0) return preferNear(ready, place);
  // Rather one that is on its way out than none at all.
  return backends.filter((each) => each.serving && each.terminating);
}

function localBackends(backends: readonly Backend[], { nodeName }: ProxyPlace): readonly Backend[] {
  const local = backends.filter((each) => each.nodeName === nodeName);
  const ready = local.filter((each) => each.ready);
  return ready.length > 0 ? ready : local.filter((each) => each.serving && each.terminating);
}

/** Hints count only when every ready backend has them and one of them is near. */
function preferNear(ready: readonly Backend[], { nodeName, zone }: ProxyPlace): readonly Backend[] {
  if (ready.every((each) => each.nodeHints.length > 0)) {
    const here = ready.filter((each) => each.nodeHints.includes(nodeName));
    if (here.length > 0) return here;
  }
  if (ready.every((each) => each.zoneHints.length > 0)) {
    const near = ready.filter((each) => each.zoneHints.includes(zone));
    if (near.length > 0) return near;
  }
  return ready;
}
