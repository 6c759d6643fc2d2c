import { autoscalerOf } from "../autoscaler.ts";
import type { Rule } from "./rule.ts";

/** Runs a second copy, so that one pod or node can go without an outage. An autoscaler sets replicas itself. */
export const replicas: Rule = {
  id: "replicas",
  phase: 1,
  reason: (workload, { replicas: wanted, component }) =>
    wanted < workload.spec.replicas
      ? `${workload.spec.replicas} → ${wanted}: ${component?.name} is made to run alone: ${component?.twice}`
      : `${workload.spec.replicas} → ${wanted} replicas: one pod or node may go while another answers`,
  edit(workload, { replicas: wanted, view }) {
    if (workload.spec.replicas === wanted || autoscalerOf(workload, view) !== undefined) return workload;
    return { ...workload, spec: { ...workload.spec, replicas: wanted } };
  },
};
