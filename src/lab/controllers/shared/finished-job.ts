import type { Condition, JobStatus } from "../../../kube/types/index.ts";

/** The condition that says that a Job is over: Complete or Failed. */
export function finishedCondition({ conditions }: JobStatus): Condition | undefined {
  return conditions?.find(
    ({ type, status }) => (type === "Complete" || type === "Failed") && status === "True",
  );
}
