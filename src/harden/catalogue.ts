/**
 * Components that most clusters run, by what may run twice of each: as shipped by K3s, Longhorn, MetalLB, cert-manager,
 * kube-prometheus-stack, sealed-secrets and metrics-server. Known by the last part of an image's name, whichever registry it is from.
 */

import type { PodSpec } from "../kube/types/index.ts";
import { parseImage } from "../lab/node/host/image-names.ts";

/**
 * - `active-active`: all of them answer.
 * - `leader-elected`: one works, the others wait for its lease.
 * - `singleton`: two of them get into each other's way; what helps is a fast restart elsewhere.
 */
export type Capability = "active-active" | "leader-elected" | "singleton";

export interface Component {
  readonly name: string;
  readonly capability: Capability;
  /** What is missing while it is down. */
  readonly down: string;
  /** Of a singleton: what two of them do. */
  readonly twice?: string;
}

const CSI_SIDECARS: readonly Component[] = [
  { name: "csi-provisioner", capability: "leader-elected", down: "no new volumes are made" },
  { name: "csi-attacher", capability: "leader-elected", down: "no volume is attached or moved" },
  { name: "csi-resizer", capability: "leader-elected", down: "no volume grows" },
  { name: "csi-snapshotter", capability: "leader-elected", down: "no snapshots are taken" },
];

const COMPONENTS: readonly Component[] = [
  ...CSI_SIDECARS,
  { name: "coredns", capability: "active-active", down: "names of Services are not resolved" },
  { name: "traefik", capability: "active-active", down: "nothing from outside reaches web services" },
  {
    name: "metallb/controller",
    capability: "singleton",
    down: "new LoadBalancer Services get no address",
    twice: "both hand out addresses, as it elects no leader: two Services may get the same one",
  },
  {
    name: "cert-manager-controller",
    capability: "leader-elected",
    down: "no certificate is issued or renewed",
  },
  {
    name: "cert-manager-webhook",
    capability: "active-active",
    down: "no certificate resource can be written, which blocks Helm and GitOps too",
  },
  {
    name: "cert-manager-cainjector",
    capability: "leader-elected",
    down: "CA bundles of webhooks grow stale",
  },
  {
    name: "sealed-secrets-controller",
    capability: "singleton",
    down: "no new sealed secret is opened",
    twice: "both may make a sealing key at the same time, and each seals with its own",
  },
  {
    name: "prometheus-operator",
    capability: "singleton",
    down: "changes of rules and targets do not reach Prometheus",
    twice: "both write the same objects, as it elects no leader",
  },
  {
    name: "kube-state-metrics",
    capability: "singleton",
    down: "metrics about objects are missing",
    twice: "every series is there twice: sums and counts double",
  },
  {
    name: "grafana",
    capability: "singleton",
    down: "no dashboards are shown",
    twice: "each keeps users, sessions and dashboards in a database of its own unless one outside is set up",
  },
  {
    name: "metrics-server",
    capability: "active-active",
    down: "kubectl top and autoscalers have no figures",
  },
];

/** The component that these pods are; `undefined` for what the catalogue does not know. */
export function componentOf({ containers }: PodSpec): Component | undefined {
  for (const { image } of containers) {
    const { repository } = parseImage(image);
    const found = COMPONENTS.find(({ name }) => isNamed(repository, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** "coredns/coredns" and K3s's "rancher/mirrored-coredns-coredns" are both coredns. */
function isNamed(repository: string, name: string): boolean {
  if (repository === name || repository.endsWith(`/${name}`)) return true;
  const last = repository.slice(repository.lastIndexOf("/") + 1);
  return last.startsWith("mirrored-") && last.endsWith(`-${name}`);
}
