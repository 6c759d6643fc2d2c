/** Labels, images and flags as the manifests and charts of each project set them. */
import { describe, expect, test } from "vitest";
import type { PodSpec, StringMap } from "../kube/types/index.ts";
import { componentOf } from "./catalogue.ts";

interface Shipped {
  /** By whom, where several ship it. */
  readonly as?: string;
  readonly labels: StringMap;
  readonly image: string;
  readonly args?: readonly string[];
  readonly is: string;
  readonly capability?: string;
  /** Its image is one of several programs, or its labels say nothing. */
  readonly only?: "labels" | "image";
}

const chart = (name: string, component?: string): StringMap => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/instance": "release-of-somebody",
  ...(component !== undefined && { "app.kubernetes.io/component": component }),
});
const ELECTS = ["--v=2", "--leader-election", "--leader-election-namespace=$(POD_NAMESPACE)"];

const SHIPPED: readonly Shipped[] = [
  ...["csi-provisioner", "csi-attacher", "csi-resizer", "csi-snapshotter"].map((name) => ({
    labels: { app: name },
    image: `longhornio/${name}:v5.3.0`,
    args: ELECTS,
    is: name,
    capability: "leader-elected",
  })),
  {
    labels: { ...chart("longhorn"), app: "longhorn-driver-deployer" },
    image: "longhornio/longhorn-manager:v1.9.0",
    is: "longhorn-driver-deployer",
    capability: "singleton",
    only: "labels",
  },
  { labels: { app: "longhorn-ui" }, image: "longhornio/longhorn-ui:v1.9.0", is: "longhorn-ui" },
  {
    as: "K3s",
    labels: { "k8s-app": "kube-dns" },
    image: "rancher/mirrored-coredns-coredns:1.12.3",
    is: "coredns",
  },
  { as: "its chart", labels: chart("coredns"), image: "coredns/coredns:1.12.3", is: "coredns" },
  { as: "K3s", labels: chart("traefik"), image: "rancher/mirrored-library-traefik:3.3.6", is: "traefik" },
  {
    as: "K3s",
    labels: { "k8s-app": "metrics-server" },
    image: "rancher/mirrored-metrics-server:v0.8.0",
    is: "metrics-server",
  },
  {
    as: "its chart",
    labels: chart("metrics-server"),
    image: "registry.k8s.io/metrics-server/metrics-server:v0.8.0",
    is: "metrics-server",
  },
  {
    labels: { app: "local-path-provisioner" },
    image: "rancher/local-path-provisioner:v0.0.31",
    is: "local-path-provisioner",
    capability: "singleton",
  },
  {
    as: "its manifests",
    labels: { app: "metallb", component: "controller" },
    image: "quay.io/metallb/controller:v0.15.2",
    is: "metallb/controller",
    capability: "singleton",
  },
  {
    as: "its chart",
    labels: chart("metallb", "controller"),
    image: "quay.io/metallb/controller:v0.15.2",
    is: "metallb/controller",
    capability: "singleton",
  },
  {
    labels: { app: "cert-manager", ...chart("cert-manager", "controller") },
    image: "quay.io/jetstack/cert-manager-controller:v1.18.2",
    is: "cert-manager-controller",
    capability: "leader-elected",
  },
  {
    labels: {
      app: "webhook",
      ...chart("webhook", "webhook"),
      "app.kubernetes.io/instance": "cert-manager",
    },
    image: "quay.io/jetstack/cert-manager-webhook:v1.18.2",
    is: "cert-manager-webhook",
  },
  {
    as: "a chart of another name",
    labels: { app: "webhook", ...chart("webhook", "webhook") },
    image: "quay.io/jetstack/cert-manager-webhook:v1.18.2",
    is: "cert-manager-webhook",
    only: "image",
  },
  {
    labels: { app: "cainjector", ...chart("cainjector", "cainjector") },
    image: "quay.io/jetstack/cert-manager-cainjector:v1.18.2",
    is: "cert-manager-cainjector",
    capability: "leader-elected",
  },
  {
    as: "its manifests",
    labels: { name: "sealed-secrets-controller" },
    image: "docker.io/bitnami/sealed-secrets-controller:0.31.0",
    is: "sealed-secrets-controller",
    capability: "singleton",
  },
  {
    as: "its chart",
    labels: chart("sealed-secrets"),
    image: "docker.io/bitnami/sealed-secrets-controller:0.31.0",
    is: "sealed-secrets-controller",
    capability: "singleton",
  },
  {
    as: "kube-prometheus",
    labels: chart("prometheus-operator", "controller"),
    image: "quay.io/prometheus-operator/prometheus-operator:v0.85.0",
    is: "prometheus-operator",
    capability: "singleton",
  },
  {
    as: "kube-prometheus-stack",
    labels: { app: "kube-prometheus-stack-operator", ...chart("kube-prometheus-stack-prometheus-operator") },
    image: "quay.io/prometheus-operator/prometheus-operator:v0.85.0",
    is: "prometheus-operator",
    capability: "singleton",
  },
  {
    as: "kube-prometheus-stack",
    labels: { app: "kube-prometheus-stack-operator-webhook" },
    image: "quay.io/prometheus-operator/admission-webhook:v0.85.0",
    is: "prometheus-operator-webhook",
  },
  {
    labels: chart("prometheus-adapter", "metrics-adapter"),
    image: "registry.k8s.io/prometheus-adapter/prometheus-adapter:v0.12.0",
    is: "prometheus-adapter",
  },
  {
    labels: chart("kube-state-metrics", "exporter"),
    image: "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.16.0",
    is: "kube-state-metrics",
    capability: "singleton",
  },
  {
    labels: chart("grafana", "grafana"),
    image: "grafana/grafana:12.1.0",
    is: "grafana",
    capability: "singleton",
  },
];

const pods = ({ labels, image, args = [] }: Pick<Shipped, "labels" | "image" | "args">) => ({
  labels,
  spec: { containers: [{ name: "main", image, args }] } as unknown as PodSpec,
});

const found = (shipped: Pick<Shipped, "labels" | "image" | "args">) => {
  const component = componentOf(pods(shipped));
  return component && [component.name, component.capability];
};

const NAMED = SHIPPED.map((each) => ({
  capability: "active-active",
  ...each,
  name: `${each.is}${each.as ? ` as ${each.as} ships it` : ""}`,
}));

test.each(NAMED.filter(({ only }) => only !== "image"))(
  "$name is known by its labels, whoever keeps its image",
  ({ labels, args, is, capability }) => {
    const image = "registry.example.org/mirror/a1b2:7";
    expect(found({ labels, image, ...(args && { args }) })).toEqual([is, capability]);
  },
);

test.each(NAMED.filter(({ only }) => only !== "labels"))(
  "$name is known by its image, whoever labels it",
  ({ image, args, is, capability }) => {
    expect(found({ labels: { app: "mine" }, image, ...(args && { args }) })).toEqual([is, capability]);
  },
);

test.each([
  { name: "a webhook of somebody else", labels: chart("webhook", "webhook"), image: "example.org/webhook:1" },
  {
    name: "MetalLB's speaker",
    labels: { app: "metallb", component: "speaker" },
    image: "metallb/speaker:v0.15",
  },
  {
    name: "longhorn-manager",
    labels: { app: "longhorn-manager" },
    image: "longhornio/longhorn-manager:v1.9",
  },
  { name: "a Grafana plugin", labels: { app: "mine" }, image: "grafana/grafana-image-renderer:3" },
])("$name is none of them", (given) => {
  expect(found(given)).toBeUndefined();
});

describe("what a program is told makes another thing of it", () => {
  const grafana = (name: string, value: string) =>
    componentOf({
      labels: chart("grafana"),
      spec: {
        containers: [{ name: "grafana", image: "grafana/grafana:12", env: [{ name, value }] }],
      } as unknown as PodSpec,
    })?.capability;

  test.each([
    {
      name: "a sidecar that elects no leader",
      labels: { app: "csi-attacher" },
      args: ["--v=2"],
      is: "singleton",
    },
    {
      name: "a sidecar that is told not to",
      labels: { app: "csi-attacher" },
      args: ["--leader-election=false"],
      is: "singleton",
    },
    {
      name: "cert-manager that elects no leader",
      labels: chart("cert-manager", "controller"),
      args: ["--leader-elect=false"],
      is: "singleton",
    },
    {
      name: "kube-state-metrics in shards",
      labels: chart("kube-state-metrics"),
      args: ["--pod=$(POD_NAME)", "--pod-namespace=$(POD_NAMESPACE)"],
      is: "sharded",
    },
  ])("$name is $is", ({ labels, args, is }) => {
    expect(componentOf(pods({ labels, args, image: "example.org/x:1" }))?.capability).toBe(is);
  });

  test("Grafana with a database outside may run twice", () => {
    expect(grafana("GF_DATABASE_HOST", "postgres:5432")).toBe("active-active");
    expect(grafana("GF_DATABASE_HOST", "")).toBe("singleton");
    expect(grafana("GF_SERVER_ROOT_URL", "https://example.org")).toBe("singleton");
  });
});
