/** Which Services a pod stands behind, and which of them have to look again when the pod changes. */
import { deepEqual } from "../../../base/deep.ts";
import { pods, services } from "../../../kube/kinds.ts";
import { labelsContain } from "../../../kube/selectors.ts";
import type { Pod, Service } from "../../../kube/types/index.ts";
import type { Api, ChangeType } from "../../apiserver/api.ts";
import { keyOf } from "./keys.ts";
import { isPodReady, isPodTerminal } from "./pod-state.ts";

/** Pods that the Service selects, in order of name. */
export function selectedPods(api: Api, { metadata, spec }: Service): readonly Pod[] {
  const labelSelector = { matchLabels: spec.selector ?? {} };
  return api.list(pods, {
    ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
    labelSelector,
  });
}

/** Whether endpoints for the Service are worked out by the control plane; otherwise somebody writes them by hand. */
export function hasManagedEndpoints({ spec }: Service): boolean {
  return spec.type !== "ExternalName" && spec.selector !== undefined;
}

/** Whether the pod has an address that traffic could be sent to. */
export function canBeEndpoint(pod: Pod, includeTerminating: boolean): boolean {
  if (isPodTerminal(pod) || podIps(pod).length === 0) return false;
  return includeTerminating || pod.metadata.deletionTimestamp === undefined;
}

/** The pod's addresses, the first one being its main one. */
export function podIps({ status }: Pod): readonly string[] {
  if (status.podIPs !== undefined) return status.podIPs.map(({ ip }) => ip);
  return status.podIP === undefined ? [] : [status.podIP];
}

/** Whether the address is an IPv6 one. */
export function isIpv6(address: string): boolean {
  return address.includes(":");
}

/** Whether the endpoint carries the pod's host name: its subdomain is the Service. */
export function hasServiceHostname({ spec, metadata }: Pod, service: Service): boolean {
  return (
    (spec.hostname ?? "") !== "" &&
    spec.subdomain === service.metadata.name &&
    metadata.namespace === service.metadata.namespace
  );
}

/** Whether the Service has an address of its own; a headless one only names its pods. */
export function isHeadless({ spec }: Service): boolean {
  return spec.clusterIP === "None" || (spec.clusterIP ?? "") === "";
}

/** Keys of the Services whose endpoints may be others after the change of a pod. */
export function servicesConcerned(
  api: Api,
  change: { readonly type: ChangeType; readonly object: Pod; readonly previous?: Pod },
): readonly string[] {
  const { type, object, previous } = change;
  if (type !== "MODIFIED" || previous === undefined) return membershipsOf(api, object);
  const hasMoved = hasOtherMembership(object, previous);
  if (!hasMoved && !hasOtherEndpoint(object, previous)) return [];
  const now = membershipsOf(api, object);
  return hasMoved ? [...new Set([...now, ...membershipsOf(api, previous)])] : now;
}

function membershipsOf(api: Api, pod: Pod): readonly string[] {
  const { namespace, labels } = pod.metadata;
  if (namespace === undefined) return [];
  return api
    .list(services, { namespace })
    .filter(({ spec }) => spec.selector !== undefined && labelsContain(labels, spec.selector))
    .map(keyOf);
}

function hasOtherMembership(pod: Pod, previous: Pod): boolean {
  return (
    !deepEqual(pod.metadata.labels, previous.metadata.labels) ||
    pod.spec.hostname !== previous.spec.hostname ||
    pod.spec.subdomain !== previous.spec.subdomain
  );
}

/** An end of the pod's phase alone is not looked at, as in the real controllers: readiness goes with it or was never there. */
function hasOtherEndpoint(pod: Pod, previous: Pod): boolean {
  return (
    pod.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp ||
    isPodReady(pod) !== isPodReady(previous) ||
    !deepEqual(podIps(pod), podIps(previous))
  );
}
