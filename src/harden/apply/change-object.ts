/** Does one recorded step, and takes one back. Both may be asked for again: what is done already is left as it is. */
import { deepEqual } from "../../base/deep.ts";
import type { Body, Client } from "../../client/client.ts";
import type { Kind } from "../../kube/kind.ts";
import { isStatus } from "../../kube/status-error.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { appliedConfig } from "../fields/applied-config.ts";
import { appliedAlone, FIELD_MANAGER, givenBack } from "../fields/field-owners.ts";
import { fieldText, placeOfKind, valueAt, withValueAt } from "../fields/field-path.ts";
import { type FieldRecord, kindOfRecord, namespaceOf, recordText, type StepRecord } from "./step-record.ts";

/** Somebody changed an object since the plan was made: nothing of the step has been done. */
export class ChangedSinceError extends Error {
  override readonly name = "ChangedSinceError";
}

/** Tries against others who write the same object at the same moment. */
const ATTEMPTS_MAX = 10;

type PatchRecord = Extract<StepRecord, { action: "patch" }>;
type CreateRecord = Extract<StepRecord, { action: "create" }>;

/** @throws {ChangedSinceError} @throws {StatusError} what the server refuses @throws {ConnectionError} */
export async function performStep(record: StepRecord, client: Client): Promise<void> {
  if (record.action === "create") await create(record, client);
  else await attempt(() => change(record, client));
}

/** Takes a step back. Fields that somebody has changed since stay as they are. @returns what stays, in words */
export async function takeBackStep(record: StepRecord, client: Client): Promise<string[]> {
  try {
    return record.action === "create"
      ? await remove(record, client)
      : await attempt(() => restore(record, client));
  } catch (error) {
    // Who is gone needs nothing taken back.
    if (isStatus(error, "NotFound")) return [];
    throw error;
  }
}

async function create({ target, object }: CreateRecord, client: Client): Promise<void> {
  const kind = kindOfRecord(target);
  try {
    await client.create(kind, namespaceOf(target), object, { fieldManager: FIELD_MANAGER });
  } catch (error) {
    if (!isStatus(error, "AlreadyExists")) throw error;
    const live: KubeObject = await client.get(kind, namespaceOf(target), target.name);
    if (!isOurs(live)) throw error;
  }
}

/** A claim that was made stays, as it may hold data; what somebody else has made in the meantime is not ours to delete. */
async function remove({ target }: CreateRecord, client: Client): Promise<string[]> {
  if (target.kind === "PersistentVolumeClaim")
    return [`${recordText(target)} stays, as it may hold data; delete it when it is not needed`];
  const kind = kindOfRecord(target);
  const live: KubeObject = await client.get(kind, namespaceOf(target), target.name);
  if (!isOurs(live)) return [`${recordText(target)} is somebody else's by now and stays`];
  const preconditions = { uid: live.metadata.uid };
  await client.delete(kind, namespaceOf(target), target.name, {
    propagationPolicy: "Background",
    preconditions,
  });
  return [];
}

function isOurs({ metadata: { managedFields = [] } }: KubeObject): boolean {
  return managedFields.some(({ manager }) => manager === FIELD_MANAGER);
}

async function change(record: PatchRecord, client: Client): Promise<void> {
  const { target, fields } = record;
  const kind = kindOfRecord(target);
  const place = placeOfKind(kind);
  let live: KubeObject = await client.get(kind, namespaceOf(target), target.name);
  for (const { path, before, after } of fields) {
    const now = valueAt(live, path, place);
    if (deepEqual(now, before) || deepEqual(now, after)) continue;
    throw new ChangedSinceError(
      `${recordText(target)} has changed since the plan was made: ${fieldText(path)} is ${json(now)}, and was ${json(before)}`,
    );
  }
  const isTakingAway = fields.some(({ after }) => after === undefined);
  if (isTakingAway) {
    const whole = fields.reduce(
      (object, { path, after }) => withValueAt(object, path, after, place),
      live as unknown as Body,
    );
    live = await client.update(kind, namespaceOf(target), target.name, whole, {
      fieldManager: FIELD_MANAGER,
    });
  }
  const config = appliedConfig(kind, live, fields.map(withAfter));
  const { resourceVersion } = live.metadata;
  const body = { ...config, metadata: { ...(config.metadata as object), resourceVersion } };
  const query = { fieldManager: FIELD_MANAGER, force: true };
  const applied: KubeObject = await client.patch(
    kind,
    namespaceOf(target),
    target.name,
    "apply",
    body,
    query,
  );
  if (isTakingAway) await own(kind, applied, fields, client);
}

/** Fields that an update had to set are the apply's alone, or whoever meets us is told of each twice. */
async function own(
  kind: Kind,
  applied: KubeObject,
  fields: readonly FieldRecord[],
  client: Client,
): Promise<void> {
  const { managedFields = [] } = applied.metadata;
  const left = appliedAlone(
    managedFields,
    fields.map(({ path }) => path),
  );
  if (deepEqual(left, managedFields)) return;
  await replace(kind, client, { ...applied, metadata: { ...applied.metadata, managedFields: left } });
}

function withAfter({ path, after }: FieldRecord) {
  return { path, after };
}

/** Old values first, as the server gives a changed field to whoever changes it; then what was whose, by name. */
async function restore(record: PatchRecord, client: Client): Promise<string[]> {
  const { target, fields, owners } = record;
  const kind = kindOfRecord(target);
  const place = placeOfKind(kind);
  const live: KubeObject = await client.get(kind, namespaceOf(target), target.name);
  const states = fields.map((field) => ({ field, now: valueAt(live, field.path, place) }));
  const mended = states.filter(({ field: { after }, now }) => deepEqual(now, after));
  const foreign = states.filter(
    // What an earlier step changed first is that one's to judge.
    ({ field: { before, after, again }, now }) =>
      again === undefined && !deepEqual(now, after) && !deepEqual(now, before),
  );
  const valued =
    mended.length === 0
      ? live
      : await replace(
          kind,
          client,
          mended.reduce((object, { field }) => withValueAt(object, field.path, field.before, place), live),
        );
  const paths = states
    .filter((state) => !foreign.includes(state) && state.field.again === undefined)
    .map(({ field }) => field.path);
  const managedFields = givenBack(valued.metadata.managedFields ?? [], paths, owners);
  if (!deepEqual(managedFields, valued.metadata.managedFields ?? []))
    await replace(kind, client, { ...valued, metadata: { ...valued.metadata, managedFields } });
  return foreign.map(
    ({ field: { path }, now }) =>
      `${fieldText(path)} of ${recordText(target)} was changed since, to ${json(now)}, and stays`,
  );
}

/** With the version that was read, so that nobody's write in between is lost. */
function replace(kind: Kind, client: Client, object: KubeObject): Promise<KubeObject> {
  const { namespace, name } = object.metadata;
  return client.update(kind, namespace, name, object as unknown as Body, { fieldManager: FIELD_MANAGER });
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  for (let left = ATTEMPTS_MAX; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (!isStatus(error, "Conflict") || left <= 1) throw error;
    }
  }
}

function json(value: unknown): string {
  return value === undefined ? "not there" : JSON.stringify(value);
}

/** Whether a step has been done, by somebody who was stopped before they could say so. */
export async function isDone(record: StepRecord, client: Client): Promise<boolean> {
  const { target } = record;
  const kind = kindOfRecord(target);
  try {
    const live: KubeObject = await client.get(kind, namespaceOf(target), target.name);
    if (record.action === "create") return isOurs(live);
    const place = placeOfKind(kind);
    return record.fields.every(({ path, after }) => deepEqual(valueAt(live, path, place), after));
  } catch (error) {
    if (isStatus(error, "NotFound")) return false;
    throw error;
  }
}
