/** What checks look at: a cluster as it is, its workloads each with what concerns it, and what losses do to them. */
import { cronJobs, daemonSets, deployments, jobs, pods, statefulSets } from "../../kube/kinds.ts";
import { controllerOf } from "../../kube/owners.ts";
import type { CronJob, DaemonSet, Job, KubeObject, Pod, PodSpec, StringMap } from "../../kube/types/index.ts";
import type { LossKind, ProveResult } from "../../prove/result.ts";
import { type WorstLoss, worstByKind } from "../../prove/worst-by-kind.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import type { Hardenable, Traits } from "../traits.ts";
import { type Subject, SubjectFinder } from "./subject.ts";

/** Anything that says what pods are to be like, a bare pod included. */
export interface PodSource {
  readonly object: Hardenable | DaemonSet | Job | CronJob | Pod;
  readonly labels: StringMap;
  readonly spec: PodSpec;
  /** Path of the pod spec in the object. */
  readonly path: string;
}

export interface CheckedCluster {
  readonly view: ClusterView;
  /** Deployments and StatefulSets. */
  readonly subjects: readonly Subject[];
  readonly podSources: readonly PodSource[];
  readonly proof: ProveResult;
  /** The worst loss of this kind for a workload; `undefined` where each is safe or none was looked at. */
  worst(workload: KubeObject, kind: LossKind): WorstLoss | undefined;
}

/** @param traitsOf what is known of a workload beyond its manifest; fields that nobody knows are absent */
export function checkedCluster(
  view: ClusterView,
  proof: ProveResult,
  traitsOf: (workload: Hardenable) => Partial<Traits>,
): CheckedCluster {
  const finder = new SubjectFinder(view, traitsOf);
  const worst = worstByKind(proof);
  return {
    view,
    proof,
    subjects: [...view.list(deployments), ...view.list(statefulSets)].map((workload) =>
      finder.subjectOf(workload),
    ),
    podSources: podSourcesOf(view),
    worst: ({ kind, metadata }, loss) =>
      worst.get(`${kind} ${metadata.namespace ?? ""}/${metadata.name}`)?.get(loss),
  };
}

function podSourcesOf(view: ClusterView): PodSource[] {
  const templated = [
    ...view.list(deployments),
    ...view.list(statefulSets),
    ...view.list(daemonSets),
    ...view.list(jobs).filter((job) => controllerOf(job) === undefined),
  ].map((object) => ({
    object,
    labels: object.spec.template.metadata?.labels ?? {},
    spec: object.spec.template.spec,
    path: "spec.template.spec",
  }));
  const scheduled = view.list(cronJobs).map((object) => ({
    object,
    labels: object.spec.jobTemplate.spec.template.metadata?.labels ?? {},
    spec: object.spec.jobTemplate.spec.template.spec,
    path: "spec.jobTemplate.spec.template.spec",
  }));
  const bare = view
    .list(pods)
    .filter((pod) => controllerOf(pod) === undefined)
    .map((object) => ({ object, labels: object.metadata.labels ?? {}, spec: object.spec, path: "spec" }));
  return [...templated, ...scheduled, ...bare];
}
