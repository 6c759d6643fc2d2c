import { pods } from "../../../kube/kinds.ts";
import { controllerReferenceTo } from "../../../kube/owners.ts";
import { isStatus, StatusError } from "../../../kube/status-error.ts";
import type { KubeObject, Pod, PodTemplateSpec } from "../../../kube/types/index.ts";
import type { Draft } from "../../apiserver/api.ts";
import type { LabContext } from "../../context.ts";

/** Pods created at once by one turn of a controller, and deleted at once (BurstReplicas). */
export const BURST_REPLICAS = 500;

const NAME_LENGTH_MAX = 253;

/** The pod that a template describes, for that owner; the API server completes the name. */
export function podFromTemplate(owner: KubeObject, template: PodTemplateSpec): Draft<Pod> {
  const { name } = owner.metadata;
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    metadata: {
      generateName: name.length < NAME_LENGTH_MAX ? `${name}-` : name,
      ...(labels !== undefined && { labels }),
      ...(annotations !== undefined && { annotations }),
      ...(finalizers !== undefined && { finalizers }),
      ownerReferences: [controllerReferenceTo(owner)],
    },
    spec: template.spec,
  };
}

/** Creates a pod for its owner and tells of it.
 * @throws {StatusError} what the API server refused with, after an event about it. */
export function createPod(context: LabContext, owner: KubeObject, draft: Draft<Pod>): Pod | undefined {
  const { namespace } = owner.metadata;
  try {
    const placed = {
      ...draft,
      metadata: { ...draft.metadata, ...(namespace !== undefined && { namespace }) },
    };
    const pod = context.api.create(pods, placed);
    context.events.event(owner, "Normal", "SuccessfulCreate", `Created pod: ${pod.metadata.name}`);
    return pod;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    // A namespace on its way out takes nothing new in: not worth an event, nor another try.
    if (isNamespaceTerminating(error)) return undefined;
    context.events.event(owner, "Warning", "FailedCreate", `Error creating: ${error.message}`);
    throw error;
  }
}

/** Deletes an owner's pod and tells of it; one that is gone already is fine.
 * @throws {StatusError} what the API server refused with, after an event about it. */
export function deletePod(context: LabContext, owner: KubeObject, pod: Pod): void {
  const { namespace, name } = pod.metadata;
  try {
    context.api.delete(pods, namespace, name);
    context.events.event(owner, "Normal", "SuccessfulDelete", `Deleted pod: ${name}`);
  } catch (error) {
    if (isStatus(error, "NotFound")) return;
    if (!(error instanceof StatusError)) throw error;
    context.events.event(owner, "Warning", "FailedDelete", `Error deleting: ${error.message}`);
    throw new StatusError(error.reason, `unable to delete pods: ${error.message}`, error.details);
  }
}

/** Whether the API server refused because the namespace is being deleted. */
export function isNamespaceTerminating(error: unknown): boolean {
  return (
    error instanceof StatusError &&
    (error.details.causes?.some(({ reason }) => reason === "NamespaceTerminating") ?? false)
  );
}
