import { type Rule, withPodSpec } from "./rule.ts";

/** Lets its pods be placed before others, and others make room for them. */
export const priority: Rule = {
  id: "priority",
  phase: 1,
  reason: (_, { settings }) =>
    `of class ${settings.priorityClassName}: after a loss its pods are placed before those of lower classes, which make room for them`,
  edit(workload, { settings: { priorityClassName } }) {
    if (priorityClassName === undefined) return workload;
    return withPodSpec(workload, (spec) =>
      spec.priorityClassName === priorityClassName ? spec : { ...spec, priorityClassName },
    );
  },
};
