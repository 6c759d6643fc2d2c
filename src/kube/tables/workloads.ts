import { humanDuration } from "../../base/duration.ts";
import { controllerOf } from "../owners.ts";
import { compileSelector, formatLabelSelector } from "../selectors.ts";
import { parseTime, sinceMs } from "../time.ts";
import type {
  ControllerRevision,
  CronJob,
  DaemonSet,
  Deployment,
  Job,
  PodDisruptionBudget,
  ReplicaSet,
  ReplicationController,
  StatefulSet,
} from "../types/index.ts";
import type { KubeObject } from "../types/meta.ts";
import { age, containerCells, isTerminating, labelsCell, since } from "./cells.ts";
import { AGE, CONTAINERS, column, NAME, printer, SELECTOR } from "./printer.ts";

const REPLICAS = [column("Desired", "integer"), column("Current", "integer"), column("Ready", "integer")];

export const replicationControllerPrinter = printer<ReplicationController>({
  columns: [NAME, ...REPLICAS, AGE, ...CONTAINERS, SELECTOR],
  cells: (controller, nowMs) => [
    controller.metadata.name,
    controller.spec.replicas ?? 0,
    controller.status.replicas ?? 0,
    controller.status.readyReplicas ?? 0,
    age(controller, nowMs),
    ...containerCells(controller.spec.template?.spec.containers),
    labelsCell(controller.spec.selector),
  ],
});

export const replicaSetPrinter = printer<ReplicaSet>({
  columns: [NAME, ...REPLICAS, AGE, ...CONTAINERS, SELECTOR],
  cells: (set, nowMs) => [
    set.metadata.name,
    set.spec.replicas ?? 0,
    set.status.replicas ?? 0,
    set.status.readyReplicas ?? 0,
    age(set, nowMs),
    ...containerCells(set.spec.template.spec.containers),
    formatLabelSelector(set.spec.selector),
  ],
});

export const deploymentPrinter = printer<Deployment>({
  columns: [NAME, column("Ready"), column("Up-to-date"), column("Available"), AGE, ...CONTAINERS, SELECTOR],
  cells: (deployment, nowMs) => [
    deployment.metadata.name,
    `${deployment.status.readyReplicas ?? 0}/${deployment.spec.replicas ?? 0}`,
    deployment.status.updatedReplicas ?? 0,
    deployment.status.availableReplicas ?? 0,
    age(deployment, nowMs),
    ...containerCells(deployment.spec.template.spec.containers),
    compileSelector(deployment.spec.selector).toString(),
  ],
});

export const statefulSetPrinter = printer<StatefulSet>({
  columns: [NAME, column("Ready"), AGE, ...CONTAINERS],
  cells: (set, nowMs) => [
    set.metadata.name,
    `${set.status.readyReplicas ?? 0}/${set.spec.replicas ?? 0}`,
    age(set, nowMs),
    ...containerCells(set.spec.template.spec.containers),
  ],
});

export const daemonSetPrinter = printer<DaemonSet>({
  columns: [
    NAME,
    ...REPLICAS,
    column("Up-to-date", "integer"),
    column("Available", "integer"),
    column("Node Selector"),
    AGE,
    ...CONTAINERS,
    SELECTOR,
  ],
  cells: (set, nowMs) => [
    set.metadata.name,
    set.status.desiredNumberScheduled,
    set.status.currentNumberScheduled,
    set.status.numberReady,
    set.status.updatedNumberScheduled ?? 0,
    set.status.numberAvailable ?? 0,
    labelsCell(set.spec.template.spec.nodeSelector),
    age(set, nowMs),
    ...containerCells(set.spec.template.spec.containers),
    formatLabelSelector(set.spec.selector),
  ],
});

export const jobPrinter = printer<Job>({
  columns: [NAME, column("Status"), column("Completions"), column("Duration"), AGE, ...CONTAINERS, SELECTOR],
  cells: (job, nowMs) => [
    job.metadata.name,
    jobStatus(job),
    jobCompletions(job),
    jobDuration(job, nowMs),
    age(job, nowMs),
    ...containerCells(job.spec.template.spec.containers),
    formatLabelSelector(job.spec.selector),
  ],
});

function jobStatus(job: Job): string {
  const has = (type: string) =>
    job.status.conditions?.find((condition) => condition.type === type)?.status === "True";
  if (has("Complete")) return "Complete";
  if (has("Failed")) return "Failed";
  if (isTerminating(job)) return "Terminating";
  return ["Suspended", "FailureTarget", "SuccessCriteriaMet"].find(has) ?? "Running";
}

function jobCompletions({ spec, status }: Job): string {
  const succeeded = status.succeeded ?? 0;
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration({ status }: Job, nowMs: number): string {
  const endMs = status.completionTime == null ? nowMs : (parseTime(status.completionTime) ?? nowMs);
  const passedMs = sinceMs(endMs, status.startTime);
  return passedMs === undefined ? "" : humanDuration(passedMs);
}

export const cronJobPrinter = printer<CronJob>({
  columns: [
    NAME,
    column("Schedule"),
    column("Timezone"),
    column("Suspend", "boolean"),
    column("Active", "integer"),
    column("Last Schedule"),
    AGE,
    ...CONTAINERS,
    SELECTOR,
  ],
  cells: (cronJob, nowMs) => {
    const { spec, status } = cronJob;
    return [
      cronJob.metadata.name,
      spec.schedule,
      spec.timeZone ?? "<none>",
      spec.suspend === undefined ? "<unset>" : spec.suspend ? "True" : "False",
      status.active?.length ?? 0,
      status.lastScheduleTime == null ? "<none>" : since(status.lastScheduleTime, nowMs),
      age(cronJob, nowMs),
      ...containerCells(spec.jobTemplate.spec.template.spec.containers),
      formatLabelSelector(spec.jobTemplate.spec.selector),
    ];
  },
});

export const controllerRevisionPrinter = printer<ControllerRevision>({
  columns: [NAME, column("Controller"), column("Revision"), AGE],
  cells: (revision, nowMs) => [
    revision.metadata.name,
    controllerName(revision),
    revision.revision,
    age(revision, nowMs),
  ],
});

/** "statefulset.apps/cart". */
function controllerName(object: KubeObject): string {
  const owner = controllerOf(object);
  if (owner === undefined) return "<none>";
  const [version = "", group = ""] = owner.apiVersion.split("/").reverse();
  const kind = group === "" || version === "" ? owner.kind : `${owner.kind}.${group}`;
  return `${kind.toLowerCase()}/${owner.name}`;
}

export const podDisruptionBudgetPrinter = printer<PodDisruptionBudget>({
  columns: [
    NAME,
    column("Min Available"),
    column("Max Unavailable"),
    column("Allowed Disruptions", "integer"),
    AGE,
  ],
  cells: (budget, nowMs) => [
    budget.metadata.name,
    String(budget.spec.minAvailable ?? "N/A"),
    String(budget.spec.maxUnavailable ?? "N/A"),
    budget.status.disruptionsAllowed ?? 0,
    age(budget, nowMs),
  ],
});

interface Scale extends KubeObject {
  readonly spec: { readonly replicas?: number };
  readonly status: { readonly replicas?: number };
}

export const scalePrinter = printer<Scale>({
  columns: [column("Name"), column("Desired", "integer"), column("Available", "integer"), AGE],
  cells: (scale, nowMs) => [
    scale.metadata.name,
    scale.spec?.replicas ?? 0,
    scale.status?.replicas ?? 0,
    age(scale, nowMs),
  ],
});
