/** Reading and setting one field of an object by the steps that lead to it, in the spelling of managedFields. */
import type { Kind } from "../../kube/kind.ts";
import { printElement } from "../../kube/managed-fields/path-element.ts";
import type { Place } from "../../kube/managed-fields/place.ts";
import { rootPlace } from "../../kube/managed-fields/root-place.ts";
import { schemaOf } from "../../kube/schema/schema.ts";

/** Steps such as "f:spec", "f:containers", `k:{"name":"web"}`, from the object on. */
export type FieldPath = readonly string[];

type Fields = Readonly<Record<string, unknown>>;

/** How the objects of a kind are owned, seen by requests to the objects themselves. */
export function placeOfKind(kind: Kind): Place {
  return rootPlace(kind, schemaOf(kind), "");
}

/** "spec.template.spec.containers[name="web"].image" */
export function fieldText(path: FieldPath): string {
  return path.map(printElement).join("").replace(/^\./, "");
}

/** What stands there; `undefined` where nothing does. */
export function valueAt(object: unknown, path: FieldPath, place: Place): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return object;
  if (Array.isArray(object)) {
    const item = object.find((each) => place.elementOf(each) === step);
    return item === undefined ? undefined : valueAt(item, rest, place.element);
  }
  if (typeof object !== "object" || object === null) return undefined;
  const name = step.slice(2);
  const inner = (object as Fields)[name];
  return inner === undefined ? undefined : valueAt(inner, rest, place.field(name).place);
}

/** The object with another value there, `undefined` for none; what lies above and is missing is made, an item is put last. */
export function withValueAt<T>(object: T, path: FieldPath, value: unknown, place: Place): T {
  return changed(object, path, value, place) as T;
}

function changed(object: unknown, path: FieldPath, value: unknown, place: Place): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (step.startsWith("f:")) {
    const name = step.slice(2);
    const fields = (object ?? {}) as Fields;
    const inner = changed(fields[name], rest, value, place.field(name).place);
    if (inner !== undefined) return { ...fields, [name]: inner };
    if (!(name in fields)) return object;
    const { [name]: _, ...others } = fields;
    return others;
  }
  const list = (object ?? []) as readonly unknown[];
  const at = list.findIndex((item) => place.elementOf(item) === step);
  if (at < 0 && value === undefined) return object;
  const inner = changed(at < 0 ? keysOf(step, rest) : list[at], rest, value, place.element);
  if (at < 0) return [...list, inner];
  return inner === undefined ? list.toSpliced(at, 1) : list.with(at, inner);
}

/** A new item needs its keys before anything can stand in it. */
function keysOf(step: string, rest: FieldPath): unknown {
  if (rest.length === 0) return undefined;
  return JSON.parse(step.slice(2));
}
