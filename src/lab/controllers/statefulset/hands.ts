import { persistentVolumeClaims, pods } from "../../../kube/kinds.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type {
  ControllerRevision,
  PersistentVolumeClaim,
  Pod,
  StatefulSet,
} from "../../../kube/types/index.ts";
import type { Draft } from "../../apiserver/api.ts";
import type { LabContext } from "../../context.ts";
import { podFromTemplate } from "../shared/pod-control.ts";
import { REVISION_HASH_LABEL, templateOf } from "../shared/revisions.ts";
import {
  claimNames,
  deletesWhenScaled,
  draftClaims,
  hasForeignController,
  isStale,
  storageMatches,
  volumesWithClaims,
  wantedOwners,
} from "./claims.ts";
import { identityLabels, identityMatches, ordinalOf, podNameOf } from "./identity.ts";
import type { Action } from "./plan.ts";

type Verb = "create" | "update" | "delete";

/** One turn's hands: every write for one StatefulSet's pods and claims, each told of as the real controller tells it. */
export class Hands {
  readonly #context: LabContext;
  readonly #set: StatefulSet;
  /** Which template a new pod of that ordinal is made by. */
  readonly #revisionFor: (ordinal: number) => ControllerRevision;

  constructor(context: LabContext, set: StatefulSet, revisionFor: (ordinal: number) => ControllerRevision) {
    this.#context = context;
    this.#set = set;
    this.#revisionFor = revisionFor;
  }

  /** Takes a step.
   * @throws {StatusError} what the API server refused it with, after an event about it */
  take(action: Action): void {
    switch (action.kind) {
      case "create":
        this.#create(action.ordinal);
        break;
      case "delete":
        this.delete(action.pod);
        break;
      case "provide-claims":
        this.#provideClaims(ordinalOf(action.pod));
        this.#handOverClaims(action.pod);
        break;
      case "repair":
        this.#repair(action.pod);
        break;
      case "hand-over-claims":
        this.#handOverClaims(action.pod);
        break;
    }
  }

  delete(pod: Pod): void {
    const { namespace, name } = pod.metadata;
    this.#telling("delete", name, () => this.#context.api.delete(pods, namespace, name));
  }

  /** Whether a claim of the pod to come still belongs to its predecessor. */
  hasStaleClaims(ordinal: number): boolean {
    if (!deletesWhenScaled(this.#set)) return false;
    const name = podNameOf(this.#set, ordinal);
    const { metadata } = this.#set;
    const successor = { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name, uid: "" } };
    return this.#claims(ordinal).some((claim) => isStale(claim, successor));
  }

  /** Whether the pod lacks a label or a volume, or a claim of it the right owner. */
  needsRepair(pod: Pod): boolean {
    if (!identityMatches(this.#set, pod) || !storageMatches(this.#set, pod)) return true;
    return this.#claims(ordinalOf(pod)).some((claim) => wantedOwners(claim, this.#set, pod) !== undefined);
  }

  #create(ordinal: number): void {
    const name = podNameOf(this.#set, ordinal);
    this.#telling("create", name, () => {
      this.#provideClaims(ordinal);
      this.#handOverClaims(this.#context.api.create(pods, this.#draftPod(ordinal)));
    });
  }

  #repair(pod: Pod): void {
    this.#telling("update", pod.metadata.name, () => {
      const ordinal = ordinalOf(pod);
      if (!storageMatches(this.#set, pod)) this.#provideClaims(ordinal);
      this.#handOverClaims(pod);
      this.#context.api.update(pods, {
        ...pod,
        metadata: {
          ...pod.metadata,
          labels: { ...pod.metadata.labels, ...identityLabels(this.#set, ordinal) },
        },
        spec: { ...pod.spec, volumes: volumesWithClaims(this.#set, ordinal, pod.spec.volumes ?? []) },
      });
    });
  }

  #draftPod(ordinal: number): Draft<Pod> {
    const revision = this.#revisionFor(ordinal);
    const template = templateOf(revision);
    const draft = podFromTemplate(this.#set, template);
    const { namespace } = this.#set.metadata;
    const { serviceName } = this.#set.spec;
    const name = podNameOf(this.#set, ordinal);
    return {
      metadata: {
        ...draft.metadata,
        name,
        ...(namespace !== undefined && { namespace }),
        labels: {
          ...draft.metadata.labels,
          ...identityLabels(this.#set, ordinal),
          [REVISION_HASH_LABEL]: revision.metadata.name,
        },
      },
      spec: {
        ...template.spec,
        hostname: name,
        ...(serviceName !== undefined && serviceName !== "" && { subdomain: serviceName }),
        volumes: volumesWithClaims(this.#set, ordinal, template.spec.volumes ?? []),
      },
    };
  }

  /** Makes the claims that are missing. One that is being deleted has to be gone first. */
  #provideClaims(ordinal: number): void {
    const wrong: string[] = [];
    for (const draft of draftClaims(this.#set, ordinal)) {
      const { name = "", namespace } = draft.metadata;
      const existing = this.#context.api.get(persistentVolumeClaims, namespace, name);
      if (existing === undefined) this.#createClaim(draft, podNameOf(this.#set, ordinal), wrong);
      else if (existing.metadata.deletionTimestamp !== undefined) wrong.push(`pvc ${name} is being deleted`);
    }
    if (wrong.length > 0)
      throw new StatusError("Conflict", wrong.length > 1 ? `[${wrong.join(", ")}]` : `${wrong[0]}`);
  }

  #createClaim(draft: Draft<PersistentVolumeClaim>, podName: string, wrong: string[]): void {
    const { name } = draft.metadata;
    const set = this.#set.metadata.name;
    try {
      this.#context.api.create(persistentVolumeClaims, draft);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      wrong.push(`failed to create PVC ${name}: ${error.message}`);
      const message = `create Claim ${name} for Pod ${podName} in StatefulSet ${set} failed error: ${error.message}`;
      if (error.reason !== "AlreadyExists")
        this.#context.events.event(this.#set, "Warning", "FailedCreate", message);
      return;
    }
    const message = `create Claim ${name} Pod ${podName} in StatefulSet ${set} success`;
    this.#context.events.event(this.#set, "Normal", "SuccessfulCreate", message);
  }

  #handOverClaims(pod: Pod): void {
    for (const claim of this.#claims(ordinalOf(pod))) {
      if (hasForeignController(claim, this.#set, pod)) {
        const message = `PersistentVolumeClaim ${claim.metadata.name} has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim`;
        this.#context.events.event(this.#set, "Warning", "ConflictingController", message);
      }
      const ownerReferences = wantedOwners(claim, this.#set, pod);
      if (ownerReferences === undefined) continue;
      this.#context.api.update(persistentVolumeClaims, {
        ...claim,
        metadata: { ...claim.metadata, ownerReferences },
      });
    }
  }

  #claims(ordinal: number): readonly PersistentVolumeClaim[] {
    const { namespace } = this.#set.metadata;
    return claimNames(this.#set, ordinal).flatMap(
      (name) => this.#context.api.get(persistentVolumeClaims, namespace, name) ?? [],
    );
  }

  #telling(verb: Verb, podName: string, act: () => void): void {
    const title = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`;
    const what = `${verb} Pod ${podName} in StatefulSet ${this.#set.metadata.name}`;
    try {
      act();
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const message = `${what} failed error: ${error.message}`;
      if (error.reason !== "AlreadyExists")
        this.#context.events.event(this.#set, "Warning", `Failed${title}`, message);
      throw error;
    }
    this.#context.events.event(this.#set, "Normal", `Successful${title}`, `${what} successful`);
  }
}
