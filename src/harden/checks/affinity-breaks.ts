import { type Check, nameOf } from "./check.ts";

/** Session affinity that the way into the cluster defeats. */
export const affinityBreaks: Check = {
  id: "affinity-breaks",
  severity: "warning",
  title: "Session affinity works behind the way that clients come in",
  *find({ subjects }) {
    for (const { workload, services, replicas } of subjects) {
      for (const service of replicas < 2 ? [] : services) {
        const { sessionAffinity, type, externalTrafficPolicy = "Cluster" } = service.spec;
        if (sessionAffinity !== "ClientIP" || (type !== "NodePort" && type !== "LoadBalancer")) continue;
        yield {
          object: nameOf(service),
          workload: nameOf(workload),
          field: "spec.sessionAffinity",
          message: `it keeps clients by address behind a ${type}`,
          consequence:
            "every node remembers clients for itself: a balancer that spreads connections over nodes breaks the promise, one that hides addresses, and a network behind one address, send everybody to the same pod" +
            (externalTrafficPolicy === "Local"
              ? "; with externalTrafficPolicy Local, nodes without a pod drop what they get"
              : ""),
        };
      }
    }
  },
};
