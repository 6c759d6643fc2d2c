/**
 * JSON merge patch (RFC 7386), as kube-apiserver applies it. What a patch does not touch keeps its identity.
 */
import { deepEqual } from "../../base/deep.ts";
import { StatusError } from "../status-error.ts";
import { type Fields, FieldsDraft, hasField, isFields, jsonTypeName } from "./fields.ts";

/** The object that a merge patch makes of another.
 * @throws {StatusError} BadRequest for a patch that is no JSON object. */
export function mergePatch<T extends object>(object: T, patch: unknown): T {
  if (patch === null) throw new StatusError("BadRequest", "Invalid JSON Patch");
  if (!isFields(patch)) {
    const wrong = `cannot unmarshal ${jsonTypeName(patch)} into Go value of type map[string]interface {}`;
    throw new StatusError("BadRequest", `error decoding patch: json: ${wrong}`);
  }
  return mergeFields(object as Fields, patch) as T;
}

function mergeFields(target: Fields, patch: Fields): Fields {
  const draft = new FieldsDraft(target);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) draft.delete(name);
    else draft.set(name, mergeValue(draft.get(name), value));
  }
  return draft.current;
}

function mergeValue(target: unknown, patch: unknown): unknown {
  if (isFields(target) && isFields(patch)) return mergeFields(target, patch);
  // Equal values keep the identity of what is there, which is what later comparisons look at first.
  const value = withoutNulls(patch);
  return deepEqual(target, value) ? target : value;
}

/** New parts hold no nulls: there is nothing that they could delete. Items of lists are kept, nulls included. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(withoutNulls);
    return items.every((item, i) => item === value[i]) ? value : items;
  }
  if (!isFields(value)) return value;
  const draft = new FieldsDraft(value);
  for (const [name, inner] of Object.entries(value)) {
    if (inner === null) draft.delete(name);
    else draft.set(name, withoutNulls(inner));
  }
  return draft.current;
}

/**
 * The smallest merge patch that makes `after` of `before`. Lists are replaced whole, as RFC 7386 has it; `after` must not
 * hold nulls in objects, because a merge patch cannot say them.
 */
export function createMergePatch(before: object, after: object): Fields {
  return diffFields(before as Fields, after as Fields);
}

function diffFields(before: Fields, after: Fields): Fields {
  const patch: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(after)) {
    const old = hasField(before, name) ? before[name] : undefined;
    if (value === undefined || deepEqual(old, value)) continue;
    patch[name] = isFields(old) && isFields(value) ? diffFields(old, value) : value;
  }
  for (const name of Object.keys(before)) {
    const kept = hasField(after, name) && after[name] !== undefined;
    if (!kept && before[name] !== undefined) patch[name] = null;
  }
  return patch;
}
