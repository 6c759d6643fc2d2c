/** The components of K3s, Longhorn, MetalLB, cert-manager, kube-prometheus-stack, sealed-secrets and metrics-server, as they are shipped. */
import type { ShippedComponent } from "./component.ts";

const NAME = "app.kubernetes.io/name";
const PART = "app.kubernetes.io/component";
const INSTANCE = "app.kubernetes.io/instance";

/** A sidecar of a CSI driver, which elects a leader only where it is told to. */
const csi = (name: string, down: string): ShippedComponent => ({
  name,
  capability: "leader-elected",
  down,
  labels: [{ app: name }],
  images: [name],
  unless: [
    {
      withoutFlags: ["--leader-election", "--enable-leader-election"],
      instead: {
        capability: "singleton",
        twice: "both work on the same volumes, as it is not told to elect a leader (--leader-election)",
      },
    },
  ],
});

const NO_LEADER: ShippedComponent["unless"] = [
  {
    flags: ["--leader-elect=false"],
    instead: {
      capability: "singleton",
      twice: "both write the same objects, as it is told to elect no leader (--leader-elect=false)",
    },
  },
];

export const COMPONENTS: readonly ShippedComponent[] = [
  csi("csi-provisioner", "no new volumes are made"),
  csi("csi-attacher", "no volume is attached or moved"),
  csi("csi-resizer", "no volume grows"),
  csi("csi-snapshotter", "no snapshots are taken"),
  {
    name: "longhorn-driver-deployer",
    capability: "singleton",
    down: "Longhorn's CSI parts are not made anew after an update",
    twice: "both delete and make Longhorn's CSI parts at the same time, as it elects no leader",
    labels: [{ app: "longhorn-driver-deployer" }],
    // Its image is the one of longhorn-manager, which runs on every node.
    images: [],
  },
  {
    name: "longhorn-ui",
    capability: "active-active",
    down: "Longhorn has no user interface; volumes work on",
    labels: [{ app: "longhorn-ui" }],
    images: ["longhorn-ui"],
  },
  {
    name: "local-path-provisioner",
    capability: "singleton",
    down: "no new volumes of class local-path are made",
    twice: "both make and delete the same folders on nodes, as it elects no leader",
    labels: [{ app: "local-path-provisioner" }, { [NAME]: "local-path-provisioner" }],
    images: ["local-path-provisioner"],
  },
  {
    name: "coredns",
    capability: "active-active",
    down: "names of Services are not resolved",
    labels: [{ "k8s-app": "kube-dns" }, { [NAME]: "coredns" }],
    images: ["coredns", "coredns-coredns"],
  },
  {
    name: "traefik",
    capability: "active-active",
    down: "nothing from outside reaches web services",
    labels: [{ [NAME]: "traefik" }],
    images: ["traefik"],
  },
  {
    name: "metallb/controller",
    capability: "singleton",
    down: "new LoadBalancer Services get no address",
    twice: "both hand out addresses, as it elects no leader: two Services may get the same one",
    labels: [
      { app: "metallb", component: "controller" },
      { [NAME]: "metallb", [PART]: "controller" },
    ],
    images: ["metallb/controller"],
  },
  {
    name: "cert-manager-controller",
    capability: "leader-elected",
    down: "no certificate is issued or renewed",
    labels: [{ [NAME]: "cert-manager", [PART]: "controller" }],
    images: ["cert-manager-controller"],
    unless: NO_LEADER,
  },
  {
    name: "cert-manager-webhook",
    capability: "active-active",
    down: "no certificate resource can be written, which blocks Helm and GitOps too",
    // "webhook" is what many call theirs.
    labels: [{ [NAME]: "webhook", [INSTANCE]: "cert-manager" }],
    images: ["cert-manager-webhook"],
  },
  {
    name: "cert-manager-cainjector",
    capability: "leader-elected",
    down: "CA bundles of webhooks grow stale",
    labels: [{ [NAME]: "cainjector", [PART]: "cainjector" }],
    images: ["cert-manager-cainjector"],
    unless: NO_LEADER,
  },
  {
    name: "sealed-secrets-controller",
    capability: "singleton",
    down: "no new sealed secret is opened",
    twice: "both may make a sealing key at the same time, and each seals with its own",
    labels: [{ name: "sealed-secrets-controller" }, { [NAME]: "sealed-secrets" }],
    images: ["sealed-secrets-controller"],
  },
  {
    name: "prometheus-operator",
    capability: "singleton",
    down: "changes of rules and targets do not reach Prometheus",
    twice: "both write the same objects, as it elects no leader",
    labels: [
      { [NAME]: "prometheus-operator", [PART]: "controller" },
      { app: "kube-prometheus-stack-operator" },
    ],
    images: ["prometheus-operator"],
  },
  {
    name: "prometheus-operator-webhook",
    capability: "active-active",
    down: "no rule or alert configuration of Prometheus can be written",
    labels: [{ app: "kube-prometheus-stack-operator-webhook" }],
    images: ["prometheus-operator/admission-webhook"],
  },
  {
    name: "prometheus-adapter",
    capability: "active-active",
    down: "autoscalers have no figures of Prometheus",
    labels: [{ [NAME]: "prometheus-adapter" }],
    images: ["prometheus-adapter"],
  },
  {
    name: "kube-state-metrics",
    capability: "singleton",
    down: "metrics about objects are missing",
    twice: "every series is there twice: sums and counts double",
    labels: [{ [NAME]: "kube-state-metrics" }],
    images: ["kube-state-metrics"],
    unless: [{ flags: ["--pod", "--total-shards"], instead: { capability: "sharded" } }],
  },
  {
    name: "grafana",
    capability: "singleton",
    down: "no dashboards are shown",
    twice:
      "each keeps users, sessions and dashboards in a database of its own unless one outside is set up (GF_DATABASE_HOST)",
    labels: [{ [NAME]: "grafana" }],
    images: ["grafana"],
    unless: [
      { variables: ["GF_DATABASE_HOST", "GF_DATABASE_URL"], instead: { capability: "active-active" } },
    ],
  },
  {
    name: "metrics-server",
    capability: "active-active",
    down: "kubectl top and autoscalers have no figures",
    labels: [{ "k8s-app": "metrics-server" }, { [NAME]: "metrics-server" }],
    images: ["metrics-server"],
  },
];
