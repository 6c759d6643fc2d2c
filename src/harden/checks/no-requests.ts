import { type Check, nameOf } from "./check.ts";

const NEEDED = ["cpu", "memory"] as const;

/** The scheduler counts requests and nothing else: what asks for nothing fits everywhere, also where there is no room. */
export const noRequests: Check = {
  id: "no-requests",
  severity: "warning",
  title: "Containers say how much processor and memory they need",
  *find({ podSources }) {
    for (const { object, spec, path } of podSources) {
      for (const [at, { name, resources }] of spec.containers.entries()) {
        const missing = NEEDED.filter(
          (resource) =>
            resources.requests?.[resource] === undefined && resources.limits?.[resource] === undefined,
        );
        if (missing.length === 0) continue;
        yield {
          object: nameOf(object),
          field: `${path}.containers[${at}].resources.requests`,
          message: `container ${name} requests no ${missing.join(" and no ")}`,
          consequence:
            "nobody can know whether the pods of a lost node fit on the others; after a loss nodes may run out of memory, and its pods are the first to be evicted",
        };
      }
    }
  },
};
