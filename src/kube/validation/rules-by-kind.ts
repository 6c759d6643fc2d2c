import { POD_RULES } from "./pods/pod.ts";
import type { KindRules } from "./rules.ts";
import { CLAIM_RULES } from "./storage/claims.ts";
import { CRON_JOB_RULES } from "./workloads/cron-jobs.ts";
import { DAEMON_SET_RULES } from "./workloads/daemon-sets.ts";
import {
  DEPLOYMENT_RULES,
  REPLICA_SET_RULES,
  REPLICATION_CONTROLLER_RULES,
} from "./workloads/deployments.ts";
import { JOB_RULES } from "./workloads/jobs.ts";
import { STATEFUL_SET_RULES } from "./workloads/stateful-sets.ts";

/** The rules of every kind that has some of its own, by "group/Kind". */
export const RULES: Readonly<Record<string, KindRules<object>>> = {
  "/PersistentVolumeClaim": CLAIM_RULES,
  "/Pod": POD_RULES,
  "/ReplicationController": REPLICATION_CONTROLLER_RULES,
  "apps/DaemonSet": DAEMON_SET_RULES,
  "apps/Deployment": DEPLOYMENT_RULES,
  "apps/ReplicaSet": REPLICA_SET_RULES,
  "apps/StatefulSet": STATEFUL_SET_RULES,
  "batch/CronJob": CRON_JOB_RULES,
  "batch/Job": JOB_RULES,
};
