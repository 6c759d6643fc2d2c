import { nameOf } from "../../checks/check.ts";
import { patchRemedy } from "../commands.ts";
import type { Trouble } from "../trouble.ts";

/** Logins that one pod knows and the others do not. */
export const sessionsInProcess: Trouble = {
  id: "sessions-in-process",
  title: "Logins are known to one replica only",
  *find(examined) {
    for (const { workload, replicas, services, traits } of examined.subjects) {
      if (traits.sessions !== "memory" || replicas < 2) continue;
      const [loose] = services.filter(
        ({ spec }) => spec.sessionAffinity !== "ClientIP" && spec.type !== "ExternalName",
      );
      yield {
        object: nameOf(workload),
        concerns: services.map(nameOf),
        cause:
          loose === undefined
            ? "it keeps logins in its process: each client stays with one pod, and is logged out when that pod goes, or when its requests come from another address"
            : `it keeps logins in its process, and Service ${loose.metadata.name} sends each request to any of ${replicas} pods: who is logged in on one is a stranger to the others`,
        evidence: [`${replicas} replicas, sessions in memory (by its image or the --profile)`],
        remedies: [
          {
            says: "keep logins in a store that all replicas share, or in signed cookies with one key for all of them",
          },
          ...(loose === undefined
            ? []
            : [
                patchRemedy(
                  { ...loose, kind: "Service" },
                  {
                    spec: {
                      sessionAffinity: "ClientIP",
                      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } },
                    },
                  },
                  "until then: a client address stays with one pod; behind an ingress or a proxy all clients have its address, so set stickiness there instead",
                ),
              ]),
        ],
      };
    }
  },
};
