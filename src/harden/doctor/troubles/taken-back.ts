import { parseTime } from "../../../kube/time.ts";
import type { Deployment, ManagedFieldsEntry, ReplicaSet } from "../../../kube/types/index.ts";
import { durationText } from "../../../report/duration-text.ts";
import { nameOf } from "../../checks/check.ts";
import type { Subject } from "../../checks/subject.ts";
import { ownerOf } from "../../field-owner.ts";
import { ownersOf } from "../../fields/field-owners.ts";
import { spreadStrength } from "../../placement.ts";
import { scaleRemedy } from "../commands.ts";
import { type Examined, revisionOf } from "../examined.ts";
import type { Found, Remedy, Trouble } from "../trouble.ts";

/** What a chart, a repository or a person set back: fewer replicas, or a template without the rule that the one before had. */
export const takenBack: Trouble = {
  id: "taken-back",
  title: "Replicas or rules that were there are gone again",
  *find(examined) {
    for (const subject of examined.subjects) {
      if (subject.workload.kind !== "Deployment") continue;
      const deployment = subject.workload as Deployment;
      const sets = examined.replicaSetsOf(deployment);
      const replicas = fewer(subject, deployment, sets, examined);
      if (replicas !== undefined) yield replicas;
      const rule = ruleGone(subject, deployment, sets, examined);
      if (rule !== undefined) yield rule;
    }
  },
};

/** One where there were more: seen in the ReplicaSets' own notes of what was wished, and in what the Deployment told. */
function fewer(
  subject: Subject,
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  examined: Examined,
): Found | undefined {
  if (deployment.spec.replicas !== 1 || subject.autoscaler !== undefined) return undefined;
  const noted = sets.map(({ metadata }) =>
    Number(metadata.annotations?.["deployment.kubernetes.io/desired-replicas"] ?? 0),
  );
  const told = examined.eventsOf(nameOf(deployment)).flatMap(({ reason, message = "" }) => {
    const found = reason === "ScalingReplicaSet" ? /from (\d+) to 1$|from (\d+) to 0$/.exec(message) : null;
    return found === null ? [] : [{ count: Number(found[1] ?? found[2]), message }];
  });
  const direct = told.filter(({ message }) => message.endsWith("to 1"));
  const before = Math.max(...noted.slice(0, -1), ...direct.map(({ count }) => count), 0);
  if (before < 2) return undefined;
  const writer = writerOf(deployment, ["f:spec", "f:replicas"]);
  return {
    object: nameOf(deployment),
    cause: `it runs once and ran ${before} times before: ${writerText(writer, examined, "spec.replicas")}`,
    evidence: [
      ...direct.slice(-1).map(({ message }) => `event: ${message}`),
      ...(noted.slice(0, -1).some((count) => count === before)
        ? [`an older ReplicaSet notes ${before} wished replicas`]
        : []),
      ...(writer === undefined
        ? []
        : [
            `managedFields: ${writer.manager} owns spec.replicas${writer.time === undefined ? "" : `, written ${writer.time}`}`,
          ]),
    ],
    remedies: [scaleRemedy(deployment, before, "as many as before"), ...whereItBelongs(writer, "replicas")],
  };
}

function ruleGone(
  subject: Subject,
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  examined: Examined,
): Found | undefined {
  if (spreadStrength(subject) !== "none") return undefined;
  const previous = sets
    .toReversed()
    .slice(1)
    .find((set) => strengthOf(set, subject) !== "none");
  if (previous === undefined) return undefined;
  const { affinity, topologySpreadConstraints } = previous.spec.template.spec;
  const writer = writerOf(deployment, ["f:spec", "f:template", "f:spec"]);
  const spec = {
    ...(affinity?.podAntiAffinity && { affinity: { podAntiAffinity: affinity.podAntiAffinity } }),
    ...(topologySpreadConstraints && { topologySpreadConstraints }),
  };
  return {
    object: nameOf(deployment),
    cause: `the template of revision ${revisionOf(previous)} kept its pods on different nodes, and the present one does not: ${writerText(writer, examined, "the template")}`,
    evidence: [
      `ReplicaSet ${previous.metadata.name} has ${topologySpreadConstraints ? "topologySpreadConstraints" : "podAntiAffinity"}; the Deployment has neither`,
    ],
    remedies: [
      {
        command: `kubectl patch deployment/${deployment.metadata.name} -n ${deployment.metadata.namespace} --type=strategic -p '${JSON.stringify({ spec: { template: { spec } } })}'`,
        says: "puts the rule back as it was",
      },
      ...whereItBelongs(writer, "affinity and topologySpreadConstraints"),
    ],
  };
}

function strengthOf(set: ReplicaSet, subject: Subject) {
  return spreadStrength({
    ...subject,
    spec: set.spec.template.spec,
    labels: set.spec.template.metadata?.labels ?? {},
  });
}

/** The newest of the managers that own the field. */
function writerOf({ metadata }: Deployment, path: readonly string[]): ManagedFieldsEntry | undefined {
  const entries = metadata.managedFields ?? [];
  const owners = ownersOf({ metadata } as Deployment, path);
  return entries
    .filter(
      (entry) =>
        entry.subresource !== "status" &&
        owners.some(
          ({ manager, operation, subresource }) =>
            entry.manager === manager && entry.operation === operation && entry.subresource === subresource,
        ),
    )
    .sort((a, b) => (parseTime(a.time ?? "") ?? 0) - (parseTime(b.time ?? "") ?? 0))
    .at(-1);
}

function writerText(writer: ManagedFieldsEntry | undefined, { nowMs }: Examined, field: string): string {
  if (writer === undefined) return `nothing says who wrote ${field} last`;
  const since = parseTime(writer.time ?? "");
  const ago = since === undefined || since > nowMs ? "" : ` ${durationText((nowMs - since) / 1000)} ago`;
  return `${ownerOf(writer).name} wrote ${field} last${ago}`;
}

/** A chart or a repository writes again what it has: the next time this is gone too. */
function whereItBelongs(writer: ManagedFieldsEntry | undefined, what: string): Remedy[] {
  if (writer === undefined) return [];
  if (/^helm$/i.test(writer.manager))
    return [
      {
        says: `set ${what} in the values of the release (where the chart has them; else by a post-renderer): the next helm upgrade brings back what the chart says`,
      },
    ];
  const { changeAt } = ownerOf(writer);
  return changeAt === undefined ? [] : [{ says: `set ${what} ${changeAt}: else it is taken back again` }];
}
