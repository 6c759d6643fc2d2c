import { type Check, nameOf } from "./check.ts";
import { isShared } from "./subject.ts";

/** A volume that one node at a time may have, and that all replicas mount. */
export const claimForbidsReplicas: Check = {
  id: "claim-forbids-replicas",
  severity: "critical",
  title: "Replicas on several nodes can all mount their volumes",
  *find({ subjects }) {
    for (const { workload, replicas, claims, traits } of subjects) {
      for (const { claim, field, perPod } of claims) {
        if (perPod || isShared(claim) || replicas === 0) continue;
        const isOne = replicas === 1;
        // One database on one volume is as it should be: a second would be another database.
        if (isOne && (traits.role ?? "web") !== "web") continue;
        const { name, namespace } = claim.metadata;
        const modes = (claim.spec.accessModes ?? []).join(", ");
        yield {
          object: nameOf(workload),
          field,
          ...(isOne && { severity: "warning" as const }),
          message: isOne
            ? `claim ${namespace}/${name} (${modes}) keeps it from running a second time`
            : `its ${replicas} replicas share claim ${namespace}/${name}, which one node at a time may have (${modes})`,
          consequence: isOne
            ? "a second replica on another node would wait for the volume for ever; access modes of a claim cannot be changed: its data has to move to a claim that many nodes can mount"
            : "replicas on other nodes than the first one's wait for the volume for ever; those on its node are lost with it",
        };
      }
    }
  },
};
