import { deployments, jobs, persistentVolumeClaims, statefulSets, storageClasses } from "../kube/kinds.ts";
import { canBeShared } from "../kube/storage-kinds.ts";
import type { PersistentVolumeClaim } from "../kube/types/index.ts";
import type { ClusterView } from "../view/cluster-view.ts";
import { type Refusal, type Step, type StepTarget, targetOf } from "./step.ts";
import type { Hardenable } from "./traits.ts";

const SUFFIX = "-shared";

/** A claim that only one node may mount, and the copy of it that all may. */
export interface ClaimMove {
  readonly from: string;
  readonly to: string;
  readonly steps: readonly Step[];
}

/**
 * How a workload's claims become mountable on several nodes. The access modes of a claim cannot be changed, so the data
 * moves: a new claim, nobody writing, a copy that is compared, and only then the switch. The old claim stays as it is:
 * switching back is the undo.
 */
export function moveClaims(
  workload: Hardenable,
  view: ClusterView,
  className?: string,
): ClaimMove[] | Refusal {
  const moves: ClaimMove[] = [];
  for (const volume of workload.spec.template.spec.volumes ?? []) {
    const name = volume.persistentVolumeClaim?.claimName;
    if (name === undefined) continue;
    const claim = view.get(persistentVolumeClaims, workload.metadata.namespace, name);
    if (claim?.spec.accessModes?.includes("ReadWriteMany") === true) continue;
    const refusal = whyNotShared(workload, name, claim, view, className);
    if (refusal !== undefined) return refusal;
    moves.push(move(claim as PersistentVolumeClaim, componentOf(workload), className));
  }
  return moves;
}

/** The workload with its volumes on the new claims. */
export function onMovedClaims<T extends Hardenable>(workload: T, moves: readonly ClaimMove[]): T {
  const { template } = workload.spec;
  const volumes = (template.spec.volumes ?? []).map((volume) => {
    const moved = moves.find((candidate) => candidate.from === volume.persistentVolumeClaim?.claimName);
    if (moved === undefined) return volume;
    return { ...volume, persistentVolumeClaim: { ...volume.persistentVolumeClaim, claimName: moved.to } };
  });
  return {
    ...workload,
    spec: { ...workload.spec, template: { ...template, spec: { ...template.spec, volumes } } },
  };
}

function whyNotShared(
  workload: Hardenable,
  name: string,
  claim: PersistentVolumeClaim | undefined,
  view: ClusterView,
  wanted: string | undefined,
): Refusal | undefined {
  const refuse = (why: string, wouldHelp: string): Refusal => ({
    rule: "shared-claim",
    target: {
      kind: workload.kind,
      namespace: workload.metadata.namespace ?? "",
      name: workload.metadata.name,
    },
    why,
    wouldHelp,
  });
  if (claim === undefined) return refuse(`its claim ${name} does not exist`, `create claim ${name}`);
  const className = wanted ?? claim.spec.storageClassName;
  const storageClass = view.get(storageClasses, undefined, className ?? "");
  if (storageClass === undefined || !canBeShared(storageClass)) {
    return refuse(
      `its claim ${name} can be mounted by one node only, and class ${className ?? "(none)"} offers nothing that several nodes can mount`,
      "use a class that offers ReadWriteMany, or move what must be shared out of the volume (certificates into a Secret, uploads into an object store)",
    );
  }
  return undefined;
}

function componentOf(workload: Hardenable): StepTarget {
  return targetOf(workload.kind === "StatefulSet" ? statefulSets : deployments, workload);
}

function move(claim: PersistentVolumeClaim, component: StepTarget, className: string | undefined): ClaimMove {
  const { name, namespace = "" } = claim.metadata;
  const to = `${name}${SUFFIX}`;
  const jobName = `${name}-copy`;
  const { storageClassName, resources } = claim.spec;
  const createClaim: Step = {
    phase: 1,
    component,
    action: "create",
    target: { kind: persistentVolumeClaims, namespace, name: to },
    reasons: [
      {
        rule: "shared-claim",
        text: "a claim's access modes cannot be changed: this one can be mounted by every replica",
      },
    ],
    gate: "none",
    object: {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: to, namespace },
      spec: { accessModes: ["ReadWriteMany"], storageClassName: className ?? storageClassName, resources },
    },
  };
  const copy: Step = {
    phase: 1,
    component,
    action: "create",
    target: { kind: jobs, namespace, name: jobName },
    reasons: [
      { rule: "shared-claim", text: `copies ${name} to ${to} while nobody writes, and compares every file` },
    ],
    gate: "job-complete",
    object: copyJob(jobName, namespace, name, to),
  };
  return { from: name, to, steps: [createClaim, copy] };
}

const COPY_SCRIPT =
  "set -eu; cp -a /from/. /to/; cd /from; find . -type f -exec sha256sum {} + > /tmp/sums; cd /to; sha256sum -c --quiet /tmp/sums";

function copyJob(name: string, namespace: string, from: string, to: string): Record<string, unknown> {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace },
    spec: {
      backoffLimit: 3,
      template: {
        spec: {
          restartPolicy: "Never",
          containers: [
            {
              name: "copy",
              image: "busybox:1.37",
              command: ["/bin/sh", "-c", COPY_SCRIPT],
              volumeMounts: [
                { name: "from", mountPath: "/from", readOnly: true },
                { name: "to", mountPath: "/to" },
              ],
            },
          ],
          volumes: [
            { name: "from", persistentVolumeClaim: { claimName: from } },
            { name: "to", persistentVolumeClaim: { claimName: to } },
          ],
        },
      },
    },
  };
}
