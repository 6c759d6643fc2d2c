import { type Fields, fieldsOf, isFields, listOf, mapShared, setAbsent, setField } from "./absent.ts";
import { absentAre, type DefaultsTable } from "./type-defaults.ts";

/** Ways to reach pods: Services, their endpoints, who may come through (pkg/apis/{core,discovery,networking}/v1/defaults.go). */
export const SERVICE_DEFAULTS: DefaultsTable = {
  "io.k8s.api.core.v1.Service": completeService,
  "io.k8s.api.core.v1.EndpointPort": absentAre({ protocol: "TCP" }),
  "io.k8s.api.discovery.v1.EndpointPort": absentAre({ name: "", protocol: "TCP" }),
  "io.k8s.api.networking.v1.NetworkPolicyPort": absentAre({ protocol: "TCP" }),
  "io.k8s.api.networking.v1.NetworkPolicySpec": (spec) =>
    setAbsent(spec, {
      policyTypes: listOf(spec.egress).length > 0 ? ["Ingress", "Egress"] : ["Ingress"],
    }),
  "io.k8s.api.networking.v1.IngressClassParametersReference": absentAre({ scope: "Cluster" }),
};

const AFFINITY_SECONDS = 10_800;

function completeService(service: Fields): Fields {
  if (!isFields(service.spec)) return service;
  const spec = completeAffinity(setAbsent(service.spec, { sessionAffinity: "None", type: "ClusterIP" }));
  const isBalanced = spec.type === "LoadBalancer";
  const isOpen = isBalanced || spec.type === "NodePort";
  const isOpenByAddress = spec.type === "ClusterIP" && listOf(spec.externalIPs).length > 0;
  let whole = setAbsent(spec, {
    externalTrafficPolicy: isOpen || isOpenByAddress ? "Cluster" : undefined,
    internalTrafficPolicy: isOpen || spec.type === "ClusterIP" ? "Cluster" : undefined,
    allocateLoadBalancerNodePorts: isBalanced ? true : undefined,
  });
  if (spec.ports !== undefined) whole = setField(whole, "ports", mapShared(listOf(spec.ports), completePort));
  const result = setField(service, "spec", whole);
  return isBalanced ? completeIngressPoints(result) : result;
}

function completeAffinity(spec: Fields): Fields {
  if (spec.sessionAffinity === "None" && spec.sessionAffinityConfig !== undefined) {
    const { sessionAffinityConfig: _, ...rest } = spec;
    return rest;
  }
  if (spec.sessionAffinity !== "ClientIP") return spec;
  const seconds = fieldsOf(fieldsOf(spec.sessionAffinityConfig).clientIP).timeoutSeconds;
  if (seconds !== undefined) return spec;
  return { ...spec, sessionAffinityConfig: { clientIP: { timeoutSeconds: AFFINITY_SECONDS } } };
}

function completePort(port: unknown): unknown {
  if (!isFields(port)) return port;
  const isOpen = port.targetPort === undefined || port.targetPort === 0 || port.targetPort === "";
  return isOpen ? setField(port, "targetPort", port.port ?? 0) : port;
}

/** An address of a load balancer is a virtual one unless it says otherwise. */
function completeIngressPoints(service: Fields): Fields {
  const status = fieldsOf(service.status);
  const balancer = fieldsOf(status.loadBalancer);
  const points = mapShared(listOf(balancer.ingress), (point) =>
    isFields(point) && point.ip !== undefined ? setAbsent(point, { ipMode: "VIP" }) : point,
  );
  if (points === balancer.ingress || points.length === 0) return service;
  return { ...service, status: { ...status, loadBalancer: { ...balancer, ingress: points } } };
}
