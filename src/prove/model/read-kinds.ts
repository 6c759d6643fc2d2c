import { WATCHED_KINDS } from "../../scheduler/feed.ts";

/** Kinds of workloads. Pods are followed up to one of these, or to whatever else is at the top. */
export const WORKLOAD_KINDS = new Set([
  "apps/Deployment",
  "apps/ReplicaSet",
  "apps/StatefulSet",
  "apps/DaemonSet",
  "/ReplicationController",
  "batch/Job",
  "batch/CronJob",
]);

/** Kinds that some answer reads, by "group/Kind". */
export const READ_KINDS = new Set([
  "/Pod",
  "/Node",
  "/ResourceQuota",
  ...WORKLOAD_KINDS,
  ...WATCHED_KINDS.map(({ kind }) => `${kind.group}/${kind.kind}`),
]);
