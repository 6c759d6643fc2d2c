import { services } from "../../kube/kinds.ts";
import { sendsTo } from "../sends-to.ts";
import { type Check, nameOf } from "./check.ts";

/** A Service whose selector misses sends requests nowhere. */
export const serviceWithoutPods: Check = {
  id: "service-without-pods",
  severity: "warning",
  title: "A Service selects pods of some workload",
  *find({ view, podSources }) {
    for (const service of view.list(services)) {
      const { selector = {}, type } = service.spec;
      // Others lead elsewhere, or to endpoints that somebody else writes.
      if (type === "ExternalName" || Object.keys(selector).length === 0) continue;
      const { namespace } = service.metadata;
      const selects = podSources.some(
        ({ object, labels }) => object.metadata.namespace === namespace && sendsTo(service, labels),
      );
      if (selects) continue;
      yield {
        object: nameOf(service),
        field: "spec.selector",
        message: `no workload of its namespace has pods with ${Object.entries(selector)
          .map(([key, value]) => `${key}=${value}`)
          .join(", ")}`,
        consequence: "every request to it is refused, and whatever depends on it fails",
      };
    }
  },
};
