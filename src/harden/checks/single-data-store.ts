import { type Check, nameOf } from "./check.ts";
import { consequenceOf } from "./consequence.ts";

const NEXT = {
  database: "an operator that keeps standbys and fails over (CloudNativePG for PostgreSQL, for instance)",
  queue: "a cluster of three with replicated queues (for RabbitMQ its operator and quorum queues)",
  cache: "a replica with automatic failover (for Redis three Sentinels)",
} as const;

/** A database, queue or cache of one: a second replica of the same kind would only be another one, with data of its own. */
export const singleDataStore: Check = {
  id: "single-data-store",
  severity: "critical",
  title: "What keeps data for others runs as a cluster that fails over",
  *find(cluster) {
    for (const { workload, replicas, traits } of cluster.subjects) {
      const { role } = traits;
      if (role === undefined || role === "web" || replicas !== 1) continue;
      yield {
        object: nameOf(workload),
        field: "spec.replicas",
        message: `it is the only ${role}, and more replicas would not make it two of one`,
        consequence: `${consequenceOf(
          cluster,
          workload,
          ["node", "rollout", "drain"],
          "whatever needs it stops when its node is lost, drained or it is updated",
        )}; what helps is ${NEXT[role]}`,
      };
    }
  },
};
