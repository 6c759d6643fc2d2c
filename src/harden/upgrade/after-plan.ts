/** Objects as they are, with the owners of their fields, once a plan is applied: what `apply` does, without a server. */
import { completeObject } from "../../kube/defaults/complete.ts";
import type { Kind } from "../../kube/kind.ts";
import { applyServerSide } from "../../kube/managed-fields/apply.ts";
import { trackUpdate, withEntries } from "../../kube/managed-fields/track-update.ts";
import type { KubeObject, Time } from "../../kube/types/index.ts";
import { appliedConfig } from "../fields/applied-config.ts";
import type { FieldChange } from "../fields/field-changes.ts";
import { appliedAlone, FIELD_MANAGER } from "../fields/field-owners.ts";
import { placeOfKind, withValueAt } from "../fields/field-path.ts";
import type { Step } from "../step.ts";

/** Owners are compared by everything but their times. */
export const NO_TIME: Time = "1970-01-01T00:00:00Z";

/**
 * @param live `undefined` where there is none yet
 * @param steps those that are for this object, in their order
 */
export function afterPlan(
  kind: Kind,
  live: KubeObject | undefined,
  steps: readonly Step[],
): KubeObject | undefined {
  return steps.reduce<KubeObject | undefined>((object, step) => {
    if (step.action === "create") return created(kind, step.object as unknown as KubeObject);
    return object === undefined ? undefined : changed(kind, object, step.fields);
  }, live);
}

function created(kind: Kind, object: KubeObject): KubeObject {
  const after = completeObject(kind, object);
  return trackUpdate({ before: undefined, after, manager: FIELD_MANAGER, time: NO_TIME, kind });
}

/** As `performStep`: what goes, goes by an update, because an apply only takes away what it owned before. */
function changed(kind: Kind, live: KubeObject, fields: readonly FieldChange[]): KubeObject {
  const place = placeOfKind(kind);
  let before = live;
  if (fields.some(({ after }) => after === undefined)) {
    const whole = fields.reduce((object, { path, after }) => withValueAt(object, path, after, place), live);
    const after = completeObject(kind, whole);
    before = trackUpdate({ before: live, after, manager: FIELD_MANAGER, time: NO_TIME, kind });
  }
  const outcome = applyServerSide<KubeObject>({
    live: before,
    applied: appliedConfig(kind, before, fields),
    manager: FIELD_MANAGER,
    force: true,
    time: NO_TIME,
    kind,
  });
  // Who forces meets no conflict.
  const applied = outcome.kind === "applied" ? completeObject(kind, outcome.object) : before;
  const paths = fields.map(({ path }) => path);
  const entries = appliedAlone(applied.metadata.managedFields ?? [], paths);
  // A file does not say who owns what; a server's guess would be that all of it was somebody's.
  const isTracked = live.metadata.managedFields !== undefined;
  return withEntries(
    applied,
    isTracked ? entries : entries.filter(({ manager }) => manager === FIELD_MANAGER),
  );
}
