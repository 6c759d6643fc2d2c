import { formatTime } from "../../../kube/time.ts";
import type { KubeObject, Pod } from "../../../kube/types/index.ts";
import { badRequest, conflict } from "../errors.ts";
import { type Fields, type LooseObject, withMeta } from "../loose.ts";
import { updateObject } from "../registry/update.ts";
import type { Subresource } from "./subresource.ts";

/** pods/binding: a scheduler's decision, written once and never changed. */
export const bindingSubresource: Subresource = {
  create(context, request, body) {
    const target = (body.target ?? {}) as Fields;
    const nodeName = target.name;
    if (target.kind !== undefined && target.kind !== "" && target.kind !== "Node") {
      throw badRequest(`invalid target kind: ${String(target.kind)}`);
    }
    if (typeof nodeName !== "string" || nodeName === "") throw badRequest("target.name: Required value");
    updateObject(context, { ...request, subresource: "binding" }, (old) => {
      const pod = old as unknown as Pod;
      checkBindable(pod, nodeName, (why) =>
        conflict({ ...request.kind, plural: "pods/binding" }, pod.metadata.name, why),
      );
      return bound(pod, nodeName, body, formatTime(context.engine.now()));
    });
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Success",
      code: 201,
    } as unknown as KubeObject;
  },
};

function checkBindable(pod: Pod, nodeName: string, refuse: (why: string) => Error): void {
  const { name, deletionTimestamp } = pod.metadata;
  if (deletionTimestamp !== undefined)
    throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName) throw refuse(`pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  if ((pod.spec.schedulingGates?.length ?? 0) > 0)
    throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  void nodeName;
}

function bound(pod: Pod, nodeName: string, body: Fields, now: string): LooseObject {
  const conditions = (pod.status.conditions ?? []).filter((condition) => condition.type !== "PodScheduled");
  const scheduled = { type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: now };
  const { annotations } = (body.metadata ?? {}) as { annotations?: Readonly<Record<string, string>> };
  const next = {
    ...pod,
    spec: { ...pod.spec, nodeName },
    status: { ...pod.status, conditions: [...conditions, scheduled] },
  } as unknown as LooseObject;
  return annotations === undefined
    ? next
    : withMeta(next, { annotations: { ...pod.metadata.annotations, ...annotations } });
}
