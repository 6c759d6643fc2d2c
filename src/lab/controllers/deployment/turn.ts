import { deepEqual } from "../../../base/deep.ts";
import { findCondition } from "../../../kube/conditions.ts";
import { deployments, replicaSets } from "../../../kube/kinds.ts";
import { controllerOf } from "../../../kube/owners.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from "../../../kube/types/index.ts";
import type { LabContext } from "../../context.ts";
import { isNamespaceTerminating } from "../shared/pod-control.ts";
import { REVISION, revisionAnnotations, revisionOf, sizeAnnotations, sizesDiffer } from "./annotations.ts";
import { draftReplicaSet } from "./new-replica-set.ts";
import { allOf, isSameTemplate, type ReplicaSets, sortOut } from "./replica-sets.ts";
import { rollingBounds } from "./rolling-bounds.ts";
import { newReplicaSetSize, type Resize } from "./scaling.ts";
import { type Finding, hasProgressDeadline, hasRevisionHistoryLimit, withCondition } from "./status.ts";

/** One turn's hands: every write for one Deployment goes through here, and the latest state of each object is kept. */
export class Turn {
  readonly #context: LabContext;
  #deployment: Deployment;
  #sets: ReplicaSets;

  constructor(context: LabContext, deployment: Deployment, sets: readonly ReplicaSet[]) {
    this.#context = context;
    this.#deployment = deployment;
    this.#sets = sortOut(deployment, sets);
  }

  get deployment(): Deployment {
    return this.#deployment;
  }

  get sets(): ReplicaSets {
    return this.#sets;
  }

  /** A pause stops the progress deadline's clock; the condition says so, and says when it goes on. */
  notePause(): void {
    const { spec, status } = this.#deployment;
    const progressing = findCondition(status.conditions, "Progressing");
    if (!hasProgressDeadline(this.#deployment) || progressing?.reason === "ProgressDeadlineExceeded") return;
    const isNoted = progressing?.reason === "DeploymentPaused";
    if ((spec.paused ?? false) === isNoted) return;
    const [reason, message] = isNoted
      ? ["DeploymentResumed", "Deployment is resumed"]
      : ["DeploymentPaused", "Deployment is paused"];
    this.#writeCondition({ type: "Progressing", status: "Unknown", reason, message });
  }

  /** Brings the new ReplicaSet's annotations, and the revision on the Deployment, up to date. */
  syncRevision(): void {
    const { fresh } = this.#sets;
    if (fresh === undefined) return;
    const annotations = revisionAnnotations(
      this.#deployment,
      fresh.metadata.annotations,
      this.#nextRevision(),
    );
    const { minReadySeconds } = this.#deployment.spec;
    const isPatient = (fresh.spec.minReadySeconds ?? 0) === (minReadySeconds ?? 0);
    if (!isPatient || !deepEqual(annotations, fresh.metadata.annotations)) {
      const { minReadySeconds: _, ...spec } = fresh.spec;
      this.#writeSet({
        ...fresh,
        metadata: { ...fresh.metadata, annotations },
        spec: { ...spec, ...(minReadySeconds !== undefined && { minReadySeconds }) },
      });
    }
    const isNoticed = findCondition(this.#deployment.status.conditions, "Progressing") !== undefined;
    const message = `Found new replica set "${fresh.metadata.name}"`;
    this.#writeRevision(
      annotations[REVISION] ?? "",
      isNoticed ? undefined : { type: "Progressing", status: "True", reason: "FoundNewReplicaSet", message },
    );
  }

  /** Creates the ReplicaSet for the present template where there is none, at the size that the next step gives it. */
  ensureNewReplicaSet(): void {
    if (this.#sets.fresh !== undefined) return;
    const revision = this.#nextRevision();
    const draft = draftReplicaSet(this.#deployment, revision);
    const replicas = newReplicaSetSize(this.#deployment, this.#sets.old, 0);
    const created = this.#create({ ...draft, spec: { ...draft.spec, replicas } });
    this.#sets = { ...this.#sets, fresh: created };
    const { name } = created.metadata;
    if (replicas > 0) this.#tell("ScalingReplicaSet", `Scaled up replica set ${name} from 0 to ${replicas}`);
    const message = `Created new replica set "${name}"`;
    this.#writeRevision(String(revision), {
      type: "Progressing",
      status: "True",
      reason: "NewReplicaSetCreated",
      message,
    });
  }

  /** Gives ReplicaSets their new sizes. Whether any size changed. */
  resize(steps: readonly Resize[]): boolean {
    let hasScaled = false;
    for (const { set, replicas } of steps)
      hasScaled = this.#resizeOne(this.#latest(set), replicas) || hasScaled;
    return hasScaled;
  }

  /** Deletes old ReplicaSets without pods beyond the history limit, those of the oldest revisions first. */
  cleanUp(): void {
    if (!hasRevisionHistoryLimit(this.#deployment)) return;
    const living = this.#sets.old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const surplus = living.length - this.#deployment.spec.revisionHistoryLimit;
    if (surplus <= 0) return;
    const oldest = living.toSorted(byRevision).slice(0, surplus);
    for (const { metadata, spec, status } of oldest) {
      const isObserved = (metadata.generation ?? 0) <= (status.observedGeneration ?? 0);
      if (status.replicas !== 0 || spec.replicas !== 0 || !isObserved) continue;
      this.#context.api.delete(replicaSets, metadata.namespace, metadata.name);
    }
  }

  /** Stores the status where it differs. Whether it did. */
  writeStatus(status: DeploymentStatus): boolean {
    if (deepEqual(status, this.#deployment.status)) return false;
    this.#deployment = this.#context.api.updateStatus(deployments, { ...this.#deployment, status });
    return true;
  }

  #create(draft: ReturnType<typeof draftReplicaSet>): ReplicaSet {
    try {
      return this.#context.api.create(replicaSets, draft);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.reason === "AlreadyExists") return this.#resolveCollision(draft.metadata.name, error);
      if (isNamespaceTerminating(error)) throw error;
      const message = `Failed to create new replica set "${draft.metadata.name}": ${error.message}`;
      const reason = "ReplicaSetCreateError";
      if (hasProgressDeadline(this.#deployment)) {
        this.#writeCondition({ type: "Progressing", status: "False", reason, message });
      }
      this.#context.events.event(this.#deployment, "Warning", reason, message);
      throw error;
    }
  }

  /** The name is taken: by our own ReplicaSet, then all is well; by another, then the next hash must differ. */
  #resolveCollision(name: string, error: StatusError): ReplicaSet {
    const { metadata, spec, status } = this.#deployment;
    const existing = this.#context.api.get(replicaSets, metadata.namespace, name);
    const isOurs = existing !== undefined && controllerOf(existing)?.uid === metadata.uid;
    if (isOurs && isSameTemplate(existing.spec.template, spec.template)) return existing;
    this.writeStatus({ ...status, collisionCount: (status.collisionCount ?? 0) + 1 });
    throw error;
  }

  #resizeOne(set: ReplicaSet, replicas: number): boolean {
    const { spec } = this.#deployment;
    const max = spec.replicas + rollingBounds(this.#deployment).maxSurge;
    const before = set.spec.replicas;
    if (before === replicas && !sizesDiffer(set, spec.replicas, max)) return false;
    const annotations = sizeAnnotations(set.metadata.annotations, spec.replicas, max);
    this.#writeSet({ ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, replicas } });
    if (before === replicas) return false;
    const way = before < replicas ? "up" : "down";
    this.#tell(
      "ScalingReplicaSet",
      `Scaled ${way} replica set ${set.metadata.name} from ${before} to ${replicas}`,
    );
    return true;
  }

  #nextRevision(): bigint {
    const [newest] = this.#sets.old.toSorted(byRevision).slice(-1);
    const revision = newest === undefined ? 0n : revisionOf(newest);
    return (revision > 0n ? revision : 0n) + 1n;
  }

  #latest(set: ReplicaSet): ReplicaSet {
    return allOf(this.#sets).find(({ metadata }) => metadata.uid === set.metadata.uid) ?? set;
  }

  #writeSet(set: ReplicaSet): void {
    const written = this.#context.api.update(replicaSets, set);
    const place = (other: ReplicaSet) => (other.metadata.uid === written.metadata.uid ? written : other);
    const { fresh, old } = this.#sets;
    this.#sets = { fresh: fresh && place(fresh), old: old.map(place) };
  }

  /** Notes the revision in force, and a condition with it; real Deployments get both by one status update. */
  #writeRevision(revision: string, finding: Finding | undefined): void {
    const { metadata, status } = this.#deployment;
    const conditions = this.#conditionsWith(finding);
    if (metadata.annotations?.[REVISION] === revision && conditions === status.conditions) return;
    this.#deployment = this.#context.api.updateStatus(deployments, {
      ...this.#deployment,
      metadata: { ...metadata, annotations: { ...metadata.annotations, [REVISION]: revision } },
      status: { ...status, ...(conditions !== undefined && { conditions }) },
    });
  }

  #writeCondition(finding: Finding): void {
    const conditions = this.#conditionsWith(finding);
    if (conditions !== undefined) this.writeStatus({ ...this.#deployment.status, conditions });
  }

  #conditionsWith(finding: Finding | undefined): readonly Condition[] | undefined {
    const { conditions } = this.#deployment.status;
    if (finding === undefined || !hasProgressDeadline(this.#deployment)) return conditions;
    return withCondition(conditions ?? [], finding, this.#context.engine.now());
  }

  #tell(reason: string, message: string): void {
    this.#context.events.event(this.#deployment, "Normal", reason, message);
  }
}

function byRevision(a: ReplicaSet, b: ReplicaSet): number {
  const [left, right] = [revisionOf(a), revisionOf(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
