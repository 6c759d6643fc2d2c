/** What loses its pods on real nodes: a workload for each verdict, all made of the drills' small server. */
import type { ProfileFile } from "../../src/lab/node/profile.ts";
import { WEB_IMAGE, WEB_PROFILE } from "../drills/application.ts";
import { type Manifest, NAMESPACE, soonGone } from "./workloads.ts";

const HOST = "kubernetes.io/hostname";

/** Six of them, each behind a Service of its name and probed every second, so that ready means serving. */
export function bedWorkloads(): readonly Manifest[] {
  return [
    ...served("single", "Deployment", { replicas: 1 }),
    ...served("pair", "Deployment", {
      replicas: 2,
      ...template("pair", { topologySpreadConstraints: [spread("pair")] }),
    }),
    ...served("guarded", "Deployment", {
      replicas: 2,
      ...template("guarded", { affinity: apart("guarded", false) }),
    }),
    budget("guarded", 2),
    ...served("apart", "Deployment", {
      replicas: 3,
      ...template("apart", { affinity: apart("apart", true) }),
    }),
    ...served("ordered", "StatefulSet", { replicas: 2, serviceName: "ordered" }),
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...about("lone"), labels: { app: "lone" } },
      spec: podSpec({}),
    },
    service("lone"),
  ];
}

/** How long the server takes to start on nodes that have its image. */
export const BED_PROFILE: ProfileFile = {
  workloads: Object.fromEntries(
    ["single", "pair", "guarded", "apart", "ordered", "lone"].map((name) => [
      name,
      { ...WEB_PROFILE.workloads?.web },
    ]),
  ),
};

function served(name: string, kind: "Deployment" | "StatefulSet", own: object): readonly Manifest[] {
  const selector = { matchLabels: { app: name } };
  const spec = { selector, ...template(name, {}), ...own };
  return [{ apiVersion: "apps/v1", kind, metadata: about(name), spec }, service(name)];
}

function template(name: string, more: object) {
  return { template: { metadata: { labels: { app: name } }, spec: podSpec(more) } };
}

function podSpec(more: object) {
  return {
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    tolerations: soonGone(),
    containers: [
      {
        name: "main",
        image: WEB_IMAGE,
        imagePullPolicy: "IfNotPresent",
        ports: [{ containerPort: 8080 }],
        readinessProbe: { httpGet: { path: "/", port: 8080 }, periodSeconds: 1 },
      },
    ],
    ...more,
  };
}

function service(name: string): Manifest {
  const spec = { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] };
  return { apiVersion: "v1", kind: "Service", metadata: about(name), spec };
}

function budget(name: string, minAvailable: number): Manifest {
  const spec = { minAvailable, selector: { matchLabels: { app: name } } };
  return { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: about(name), spec };
}

function spread(app: string) {
  const labelSelector = { matchLabels: { app } };
  return { maxSkew: 1, topologyKey: HOST, whenUnsatisfiable: "DoNotSchedule", labelSelector };
}

function apart(app: string, isRequired: boolean) {
  const term = { topologyKey: HOST, labelSelector: { matchLabels: { app } } };
  const podAntiAffinity = isRequired
    ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
    : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] };
  return { podAntiAffinity };
}

function about(name: string) {
  return { name, namespace: NAMESPACE };
}
