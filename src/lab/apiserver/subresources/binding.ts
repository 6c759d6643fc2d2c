import { StatusError } from "../../../kube/status-error.ts";
import { formatTime } from "../../../kube/time.ts";
import type { Condition, ObjectReference, Pod, StringMap } from "../../../kube/types/index.ts";
import { badRequest, conflict, notFound } from "../errors.ts";
import { type LooseObject, loose, withMeta } from "../loose.ts";
import { commitChanged, type NamedRequest } from "../registry/update.ts";
import { ownObject, type Subresource, success } from "./subresource.ts";

/** What a Binding says. */
interface Binding {
  readonly metadata?: {
    readonly name?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly annotations?: StringMap;
  };
  readonly target?: ObjectReference;
}

/** pods/binding: a scheduler's decision, written once and never changed. */
export const binding: Subresource = {
  create(context, request, body) {
    const sent = ownObject(request, body);
    const admitted = context.admission.mutate(request, { operation: "CREATE", object: sent, old: undefined });
    const given = admitted as Binding;
    if (given.metadata?.name !== request.name) {
      throw badRequest("name in URL does not match name in Binding object");
    }
    const nodeName = targetOf(given);
    context.admission.validate(request, { operation: "CREATE", object: admitted, old: undefined });
    const stored = request.collection.get(request.namespace, request.name);
    if (stored === undefined) throw notFound(request.kind, request.name);
    const pod = stored as Pod;
    checkBindable(request, pod, given);
    const next = bound(pod, nodeName, given, formatTime(context.engine.now()));
    commitChanged(context, request, next, loose(stored));
    return success(201);
  },
};

function targetOf({ target = {} }: Binding): string {
  if (target.kind && target.kind !== "Node") {
    const why = `Unsupported value: ${JSON.stringify(target.kind)}: supported values: "Node", "<empty>"`;
    throw new StatusError("Unknown", `target.kind: ${why}`);
  }
  if (!target.name) throw new StatusError("Unknown", "target.name: Required value");
  return target.name;
}

function checkBindable(
  request: NamedRequest,
  { metadata, spec }: Pod,
  { metadata: given = {} }: Binding,
): void {
  const { name } = metadata;
  const refuse = (why: string) => conflict({ ...request.kind, plural: "pods/binding" }, name, why);
  if (given.uid && given.uid !== metadata.uid) {
    throw refuse(
      `Precondition failed: UID in precondition: ${given.uid}, UID in object meta: ${metadata.uid}`,
    );
  }
  if (given.resourceVersion && given.resourceVersion !== metadata.resourceVersion) {
    throw refuse(
      `Precondition failed: ResourceVersion in precondition: ${given.resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`,
    );
  }
  if (metadata.deletionTimestamp !== undefined) {
    throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  }
  if (spec.nodeName) throw refuse(`pod ${name} is already assigned to node "${spec.nodeName}"`);
  if ((spec.schedulingGates?.length ?? 0) > 0)
    throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
}

/** Whoever binds owns no fields: the server itself writes the node and the condition. */
function bound(pod: Pod, nodeName: string, { metadata = {} }: Binding, now: string): LooseObject {
  const scheduled: Condition = {
    type: "PodScheduled",
    status: "True",
    lastProbeTime: null,
    lastTransitionTime: now,
  };
  const conditions = pod.status.conditions ?? [];
  const at = conditions.findIndex((condition) => condition.type === "PodScheduled");
  const next = {
    ...pod,
    spec: { ...pod.spec, nodeName },
    status: {
      ...pod.status,
      conditions: at < 0 ? [...conditions, scheduled] : conditions.with(at, scheduled),
    },
  } as unknown as LooseObject;
  if (metadata.annotations === undefined) return next;
  return withMeta(next, { annotations: { ...pod.metadata.annotations, ...metadata.annotations } });
}
