/** Workloads for tests, as drafts that the API server takes: every field that it would default is set. */
import type {
  DaemonSet,
  Deployment,
  Job,
  PodTemplateSpec,
  ReplicaSet,
  StatefulSet,
} from "../../src/kube/types/index.ts";
import type { Draft } from "../../src/lab/apiserver/api.ts";
import { container } from "./pods.ts";

/** A template of pods labelled app=`app` that run `image`. */
export function podTemplate(app: string, image = "registry.example/app:1"): PodTemplateSpec {
  return {
    metadata: { labels: { app } },
    spec: {
      containers: [{ ...container("main"), image }],
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      dnsPolicy: "ClusterFirst",
      schedulerName: "default-scheduler",
      securityContext: {},
    },
  };
}

/** A Deployment of three in namespace "default", rolling with a quarter up and a quarter down. */
export function deploymentDraft(name: string, spec: Partial<Deployment["spec"]> = {}): Draft<Deployment> {
  return {
    metadata: { name, namespace: "default" },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: podTemplate(name),
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...spec,
    },
  };
}

/** A ReplicaSet of three in namespace "default". */
export function replicaSetDraft(name: string, spec: Partial<ReplicaSet["spec"]> = {}): Draft<ReplicaSet> {
  return {
    metadata: { name, namespace: "default", labels: { app: name } },
    spec: { replicas: 3, selector: { matchLabels: { app: name } }, template: podTemplate(name), ...spec },
  };
}

/** A StatefulSet of three in namespace "default", one after the other. */
export function statefulSetDraft(name: string, spec: Partial<StatefulSet["spec"]> = {}): Draft<StatefulSet> {
  return {
    metadata: { name, namespace: "default" },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: podTemplate(name),
      serviceName: name,
      podManagementPolicy: "OrderedReady",
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      ...spec,
    },
  };
}

/** A DaemonSet in namespace "default" that updates one node at a time. */
export function daemonSetDraft(name: string, spec: Partial<DaemonSet["spec"]> = {}): Draft<DaemonSet> {
  return {
    metadata: { name, namespace: "default" },
    spec: {
      selector: { matchLabels: { app: name } },
      template: podTemplate(name),
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      revisionHistoryLimit: 10,
      ...spec,
    },
  };
}

/** A Job of one pod in namespace "default". */
export function jobDraft(name: string, spec: Partial<Job["spec"]> = {}): Draft<Job> {
  const template = podTemplate(name);
  return {
    metadata: { name, namespace: "default" },
    spec: {
      parallelism: 1,
      completions: 1,
      completionMode: "NonIndexed",
      backoffLimit: 6,
      selector: { matchLabels: { app: name } },
      manualSelector: true,
      suspend: false,
      podReplacementPolicy: "TerminatingOrFailed",
      template: { ...template, spec: { ...template.spec, restartPolicy: "Never" } },
      ...spec,
    },
  };
}
