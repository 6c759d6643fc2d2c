/** Whether NetworkPolicies let one pod reach another's port (networking.k8s.io/v1): what no policy selects is open. */
import { namespaces, networkPolicies } from "../../kube/kinds.ts";
import { compileSelector, selectorMatches } from "../../kube/selectors.ts";
import type {
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  Pod,
  StringMap,
} from "../../kube/types/index.ts";
import type { ClusterView } from "../../view/cluster-view.ts";

export interface Barrier {
  readonly policy: NetworkPolicy;
  readonly direction: "Ingress" | "Egress";
}

/** The policy that is in the way, where one is. Peers given as addresses are taken to let through: nobody here knows the pods' nets. */
export function barrierBetween(from: Pod, to: Pod, port: number, view: ClusterView): Barrier | undefined {
  const ends = [
    { direction: "Ingress", of: to, other: from },
    { direction: "Egress", of: from, other: to },
  ] as const;
  for (const { direction, of, other } of ends) {
    const policies = view
      .list(networkPolicies, of.metadata.namespace)
      .filter((policy) => isAbout(policy, direction, of));
    const [first] = policies;
    if (first === undefined) continue;
    const isOpen = policies.some((policy) =>
      rulesOf(policy, direction).some(
        ({ peers, ports }) => lets(peers, policy, other, view) && opens(ports, port, to),
      ),
    );
    if (!isOpen) return { policy: first, direction };
  }
  return undefined;
}

function isAbout({ spec }: NetworkPolicy, direction: Barrier["direction"], pod: Pod): boolean {
  const types = spec.policyTypes ?? (spec.egress === undefined ? ["Ingress"] : ["Ingress", "Egress"]);
  return types.includes(direction) && selectsOrAll(spec.podSelector, pod.metadata.labels);
}

function rulesOf({ spec }: NetworkPolicy, direction: Barrier["direction"]) {
  return direction === "Ingress"
    ? (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
    : (spec.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }));
}

function lets(
  peers: readonly NetworkPolicyPeer[] | undefined,
  policy: NetworkPolicy,
  pod: Pod,
  view: ClusterView,
): boolean {
  if (peers === undefined || peers.length === 0) return true;
  return peers.some(({ ipBlock, namespaceSelector, podSelector }) => {
    if (ipBlock !== undefined) return true;
    const { namespace = "", labels } = pod.metadata;
    const isThere =
      namespaceSelector === undefined
        ? namespace === policy.metadata.namespace
        : selectsOrAll(namespaceSelector, labelsOfNamespace(namespace, view));
    return isThere && selectsOrAll(podSelector, labels);
  });
}

function opens(ports: readonly NetworkPolicyPort[] | undefined, port: number, to: Pod): boolean {
  if (ports === undefined || ports.length === 0) return true;
  const named = (name: string) =>
    to.spec.containers.some((container) =>
      container.ports?.some((one) => one.name === name && one.containerPort === port),
    );
  return ports.some(({ port: from, endPort, protocol = "TCP" }) => {
    if (protocol !== "TCP") return false;
    if (from === undefined) return true;
    if (typeof from === "string") return named(from);
    return from <= port && port <= (endPort ?? from);
  });
}

function labelsOfNamespace(name: string, view: ClusterView): StringMap {
  const known = view.get(namespaces, undefined, name)?.metadata.labels;
  return { "kubernetes.io/metadata.name": name, ...known };
}

/** An empty selector selects all; an absent one is no restriction either. */
function selectsOrAll(
  selector: Parameters<typeof selectorMatches>[0],
  labels: StringMap | undefined,
): boolean {
  return (
    selector === undefined ||
    selector === null ||
    compileSelector(selector).selectsEverything ||
    selectorMatches(selector, labels)
  );
}
