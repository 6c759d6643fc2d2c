import type { Container, StringMap } from "../../kube/types/index.ts";
import { type Rule, withContainers } from "./rule.ts";

/** Says what containers need that say nothing themselves, so that room for them is set aside. */
export const resources: Rule = {
  id: "resources",
  phase: 1,
  reason: () => "what it needs is set aside on its node, and whether there is room after a loss can be known",
  edit(workload, { settings: { resources: wanted } }) {
    return withContainers(workload, (container) => {
      const requests = added(container.resources?.requests, wanted.requests);
      const limits = added(container.resources?.limits, wanted.limits);
      if (requests === container.resources?.requests && limits === container.resources?.limits)
        return container;
      const changed: Container = {
        ...container,
        resources: { ...container.resources, ...(requests && { requests }), ...(limits && { limits }) },
      };
      return changed;
    });
  },
};

/** The very same where nothing is missing. */
function added(said: StringMap | undefined, wanted: StringMap): StringMap | undefined {
  const missing = Object.entries(wanted).filter(([name]) => said?.[name] === undefined);
  return missing.length === 0 ? said : { ...said, ...Object.fromEntries(missing) };
}
