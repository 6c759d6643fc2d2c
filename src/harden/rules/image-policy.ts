import { type Rule, withContainers } from "./rule.ts";

/** Starts from the node's own copy of an image, so that a lost registry does not stop restarts. */
export const imagePolicy: Rule = {
  id: "image-policy",
  phase: 1,
  reason: () =>
    "a node that has the image starts the pod without asking the registry, which may be on the lost node",
  edit(workload) {
    return withContainers(workload, (container) =>
      container.imagePullPolicy === "Always" ? { ...container, imagePullPolicy: "IfNotPresent" } : container,
    );
  },
};
