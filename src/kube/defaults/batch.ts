import { type Fields, fieldsOf, isFields, setAbsent, setField } from "./absent.ts";
import { absentAre, type DefaultsTable, zeroesAre } from "./type-defaults.ts";

const INT32_MAX = 2 ** 31 - 1;

/** Work that ends (pkg/apis/batch/v1/defaults.go). */
export const BATCH_DEFAULTS: DefaultsTable = {
  "io.k8s.api.batch.v1.Job": completeJob,
  "io.k8s.api.batch.v1.CronJobSpec": absentAre({
    concurrencyPolicy: "Allow",
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  }),
  "io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern": zeroesAre({ status: "True" }),
};

/** Of Jobs only: the template in a CronJob stays as its user wrote it, and its Jobs are completed when they are made. */
function completeJob(job: Fields): Fields {
  if (!isFields(job.spec)) return job;
  const { spec } = job;
  const { labels } = fieldsOf(fieldsOf(spec.template).metadata);
  const whole = setField(job, "spec", setAbsent(spec, jobDefaults(spec)));
  return labels === undefined
    ? whole
    : setField(whole, "metadata", setAbsent(fieldsOf(job.metadata), { labels }));
}

function jobDefaults(spec: Fields): Fields {
  return {
    completions: spec.parallelism === undefined ? 1 : undefined,
    parallelism: 1,
    backoffLimit: spec.backoffLimitPerIndex === undefined ? 6 : INT32_MAX,
    completionMode: "NonIndexed",
    suspend: false,
    podReplacementPolicy: spec.podFailurePolicy === undefined ? "TerminatingOrFailed" : "Failed",
    manualSelector: false,
  };
}
