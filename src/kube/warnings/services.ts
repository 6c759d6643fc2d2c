import type { Service } from "../types/index.ts";

const TOPOLOGY_HINTS = "service.kubernetes.io/topology-aware-hints";

/** What of a Service has no effect. */
export function serviceWarnings({ metadata, spec }: Service): readonly string[] {
  const warnings: string[] = [];
  if (metadata.annotations?.[TOPOLOGY_HINTS] !== undefined) {
    const instead = "please use service.kubernetes.io/topology-mode instead";
    warnings.push(`annotation ${TOPOLOGY_HINTS} is deprecated, ${instead}`);
  }
  const { type, externalName, loadBalancerIP, sessionAffinity, externalIPs = [] } = spec;
  if (type === "ClusterIP" && spec.clusterIP === "None") {
    if (loadBalancerIP) warnings.push("spec.loadBalancerIP is ignored for headless services");
    if (externalIPs.length > 0) warnings.push("spec.externalIPs is ignored for headless services");
    if (sessionAffinity !== "None") warnings.push("spec.SessionAffinity is ignored for headless services");
  }
  if (type === "ExternalName" && externalIPs.length > 0) {
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  }
  if (type !== "ExternalName" && externalName) {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  }
  return warnings;
}
