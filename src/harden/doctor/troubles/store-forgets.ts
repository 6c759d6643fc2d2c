import { isConditionTrue } from "../../../kube/conditions.ts";
import type { Pod } from "../../../kube/types/index.ts";
import { nameOf } from "../../checks/check.ts";
import type { Subject } from "../../checks/subject.ts";
import { counted } from "../commands.ts";
import type { Examined } from "../examined.ts";
import type { LogWish } from "../log-wish.ts";
import type { Trouble } from "../trouble.ts";
import { withoutSecrets } from "../without-secrets.ts";

/** A store that started again and keeps nothing on a volume: whoever was logged in is not any more. */
export const storeForgets: Trouble = {
  id: "store-forgets",
  title: "A store of sessions lost them in a restart",
  wantsLogs: (examined) => forgetful(examined).map(({ pod }) => wishOf(pod)),
  *find(examined) {
    for (const { subject, pod } of forgetful(examined)) {
      const restarts = restartsOf(pod);
      const ended = pod.status.containerStatuses?.find(({ lastState }) => lastState.terminated !== undefined)
        ?.lastState.terminated;
      const log = examined.log(wishOf(pod)) ?? [];
      yield {
        object: nameOf(subject.workload),
        concerns: [nameOf(pod), ...subject.services.map(nameOf)],
        cause: `pod ${pod.metadata.name} has started again ${counted(restarts, "time")}, and keeps its data in memory or in the pod: what was not saved is gone with each restart, and all of it with each new pod`,
        evidence: [
          ...(ended === undefined
            ? []
            : [
                `it ended with exit code ${ended.exitCode}${ended.reason === undefined ? "" : ` (${ended.reason})`}${ended.finishedAt === undefined ? "" : ` at ${ended.finishedAt}`}`,
              ]),
          ...log.slice(-3).map((line) => `log: ${withoutSecrets(line).slice(0, 200)}`),
          "it mounts no claim",
        ],
        remedies: [
          {
            says: "give it a claim and have it write what it is told (Redis: appendonly yes), with a limit on memory below the container's (maxmemory) and a policy that does not throw sessions away (volatile-ttl)",
          },
          {
            says: "for no loss when its node goes: a replica with a fail-over (Sentinel), and clients that know of it",
          },
        ],
        ...(examined.isLive ? {} : { unseen: ["its log: only a cluster that answers has logs"] }),
      };
    }
  },
};

/** One that is down now is told as what it is. */
function forgetful(examined: Examined): { subject: Subject; pod: Pod }[] {
  return examined.subjects
    .filter(({ traits, claims }) => traits.role === "cache" && claims.length === 0)
    .flatMap((subject) =>
      subject.pods
        .filter((pod) => restartsOf(pod) > 0 && isConditionTrue(pod.status.conditions, "Ready"))
        .slice(0, 1)
        .map((pod) => ({ subject, pod })),
    );
}

function restartsOf({ status }: Pod): number {
  return (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
}

function wishOf({ metadata, spec, status }: Pod): LogWish {
  const container =
    status.containerStatuses?.find(({ restartCount }) => restartCount > 0)?.name ??
    spec.containers[0]?.name ??
    "";
  return { namespace: metadata.namespace ?? "", pod: metadata.name, container, previous: true };
}
