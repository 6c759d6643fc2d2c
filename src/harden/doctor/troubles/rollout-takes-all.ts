import { deployments } from "../../../kube/kinds.ts";
import type { Deployment } from "../../../kube/types/index.ts";
import { nameOf } from "../../checks/check.ts";
import { isShared, type Subject } from "../../checks/subject.ts";
import { isAloneOnNode } from "../../placement.ts";
import { NEW_POD_FIRST, OLD_POD_FIRST } from "../../rolling-update.ts";
import { patchRemedy } from "../commands.ts";
import type { Found, Trouble } from "../trouble.ts";

/** Updates that leave nobody to answer. Budgets have no say in them. */
export const rolloutTakesAll: Trouble = {
  id: "rollout-takes-all",
  title: "An update takes all pods away",
  *find(examined) {
    for (const subject of examined.subjects) {
      if (subject.workload.kind !== deployments.kind || subject.replicas === 0) continue;
      const found = explain(subject, subject.workload as Deployment);
      if (found !== undefined) yield { object: nameOf(subject.workload), ...found };
    }
  },
};

function explain(subject: Subject, deployment: Deployment): Omit<Found, "object"> | undefined {
  const { replicas, services } = subject;
  const { type, rollingUpdate } = deployment.spec.strategy;
  if (type === "Recreate") {
    const isSingle =
      replicas === 1 &&
      (subject.traits.role === "database" || subject.claims.some(({ claim }) => !isShared(claim)));
    const howLong =
      "from the end of the old pods until a new one is ready: usually 10 to 60 s, and without end if the new one does not start";
    if (isSingle) {
      return {
        cause: `its strategy is Recreate: each update is a short outage (${howLong}), as only one pod at a time may write to its volume`,
        evidence: ["spec.strategy.type is Recreate, one replica, a volume that one node may have"],
        remedies: [
          { says: "nothing is wrong; what avoids it is a replicated data store with a fail-over of its own" },
        ],
        expected: true,
      };
    }
    return {
      cause: `its strategy is Recreate: each update stops ${replicas === 1 ? "its pod" : `all ${replicas} pods`} before a new one starts, and nobody answers ${howLong}`,
      evidence: [`spec.strategy.type is Recreate, spec.replicas is ${replicas}`],
      remedies: [rolling(subject)],
    };
  }
  const missing = absolute(rollingUpdate?.maxUnavailable ?? "25%", replicas);
  if (replicas > 1 && missing >= replicas) {
    return {
      cause: `maxUnavailable ${rollingUpdate?.maxUnavailable} lets an update stop all ${replicas} pods at once`,
      evidence: [`spec.strategy.rollingUpdate.maxUnavailable is ${rollingUpdate?.maxUnavailable}`],
      remedies: [rolling(subject)],
    };
  }
  const serves = subject.spec.containers.filter(({ ports = [] }) => ports.length > 0);
  const unprobed = (serves.length > 0 ? serves : subject.spec.containers).filter(
    ({ readinessProbe }) => readinessProbe === undefined,
  );
  if (
    services.length === 0 ||
    subject.traits.role === "database" ||
    unprobed.length !== Math.max(serves.length, serves.length === 0 ? subject.spec.containers.length : 0)
  )
    return undefined;
  return {
    cause: `no container of it has a readinessProbe: a new pod counts as ready when its process has started, so an update may take the old ones away before the new ones answer`,
    evidence: [`Service ${services[0]?.metadata.name} sends requests to it`],
    remedies: [
      { says: "add a readinessProbe that asks what its clients ask; holdfast check names the port" },
    ],
    expected: true,
  };
}

/** What was left over has to go with null: a merge that only sets the type is refused. */
function rolling(subject: Subject) {
  const alone = isAloneOnNode(subject) && subject.replicas + 1 > subject.eligibleNodes.length;
  const isGap = alone && subject.replicas > 1;
  return patchRemedy(
    subject.workload,
    { spec: { strategy: isGap ? OLD_POD_FIRST : NEW_POD_FIRST } },
    isGap
      ? "goes one by one, the others serve; a pod more would find no node under its rule"
      : "starts a new pod before an old one goes",
  );
}

/** maxUnavailable is rounded down. */
function absolute(value: number | string, replicas: number): number {
  return typeof value === "number" ? value : Math.floor((Number.parseFloat(value) * replicas) / 100);
}
