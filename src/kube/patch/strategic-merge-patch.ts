/**
 * Strategic merge patch: a merge patch that knows which lists are merged by which key, and takes directives
 * ($patch, $retainKeys, $setElementOrder/x, $deleteFromPrimitiveList/x). What a patch does not touch keeps its identity.
 *
 * The schema says how each place merges. A patch that cannot be applied is refused with the API server's words; most of
 * these reach a client as code 500, because the original never classified them.
 */
import { deepEqual } from "../../base/deep.ts";
import type { Schema } from "../schema/schema.ts";
import { StatusError } from "../status-error.ts";
import { type Identity, orderElements } from "./element-order.ts";
import { type Fields, FieldsDraft, hasField, isFields, jsonTypeName } from "./fields.ts";
import { goPrint, goTypeName } from "./go-print.ts";
import { mergeKeyOf, strategyOf } from "./merge-strategy.ts";

const DIRECTIVE = "$patch";
const RETAIN_KEYS = "$retainKeys";
const SET_ORDER = "$setElementOrder";
const DELETE_FROM_LIST = "$deleteFromPrimitiveList";

/** The object that a strategic merge patch makes of another of the given schema.
 * @throws {StatusError} BadRequest or InternalError for a patch that cannot be applied. */
export function strategicMergePatch<T extends object>(object: T, patch: unknown, schema: Schema): T {
  if (patch === null) return object;
  if (!isFields(patch)) {
    const wrong = `cannot unmarshal ${jsonTypeName(patch)} into Go value of type map[string]interface {}`;
    throw new StatusError("BadRequest", `json: ${wrong}`);
  }
  return mergeFields(object as Fields, patch, schema) as T;
}

function mergeFields(original: Fields, patch: Fields, schema: Schema | undefined): Fields {
  if (hasField(patch, DIRECTIVE)) return applyDirective(patch);
  const draft = new FieldsDraft(original);
  retainKeys(draft, patch);
  const done = mergeOrderedLists(draft, patch, schema);
  for (const [name, value] of Object.entries(patch)) {
    if (done.has(name) || name === RETAIN_KEYS || name.startsWith(SET_ORDER)) continue;
    if (name.startsWith(DELETE_FROM_LIST)) deleteFromList(draft, name, value, schema);
    else mergeField(draft, name, value, schema);
  }
  return draft.current;
}

function mergeField(draft: FieldsDraft, name: string, value: unknown, schema: Schema | undefined): void {
  if (value === null) {
    draft.delete(name);
    return;
  }
  const current = draft.get(name);
  if (isFields(current) && isFields(value)) {
    const place = fieldOf(schema, name);
    draft.set(name, strategyOf(place) === "replace" ? value : mergeFields(current, value, place));
  } else if (Array.isArray(current) && Array.isArray(value)) {
    const place = fieldOf(schema, name);
    const list = strategyOf(place) === "merge" ? mergeList(current, value, place) : value;
    draft.set(name, deepEqual(current, list) ? current : list);
  } else {
    const plain = asPlainValue(value);
    if (plain === undefined) draft.delete(name);
    else draft.set(name, plain);
  }
}

/** "$patch" on an object: take the patch as it is, or nothing. */
function applyDirective(patch: Fields): Fields {
  const { [DIRECTIVE]: directive, ...rest } = patch;
  if (directive === "replace") return rest;
  if (directive === "delete") return {};
  throw failed(`unknown patch type: ${goPrint(directive)} in map: ${goPrint(patch)}`);
}

/** "$retainKeys" names every field that may stay; the patch itself may not bring others. */
function retainKeys(draft: FieldsDraft, patch: Fields): void {
  if (!hasField(patch, RETAIN_KEYS)) return;
  const kept = patch[RETAIN_KEYS];
  const wrongFormat = new StatusError("BadRequest", "invalid patch format of retainKeys");
  if (!Array.isArray(kept)) throw wrongFormat;
  for (const [name, value] of Object.entries(patch)) {
    const isDirective =
      name === RETAIN_KEYS || name.startsWith(DELETE_FROM_LIST) || name.startsWith(SET_ORDER);
    if (value !== null && !isDirective && !kept.includes(name)) throw wrongFormat;
  }
  for (const name of Object.keys(draft.current)) if (!kept.includes(name)) draft.delete(name);
}

/** Lists with a "$setElementOrder/x" of their own. Tells which fields of the patch are dealt with. */
function mergeOrderedLists(draft: FieldsDraft, patch: Fields, schema: Schema | undefined): Set<string> {
  const done = new Set<string>();
  for (const [directive, order] of Object.entries(patch)) {
    if (!directive.startsWith(SET_ORDER)) continue;
    const wanted = asList(order);
    const name = targetOf(directive, SET_ORDER, "invalid patch format of setElementOrder list");
    const current = draft.has(name) ? asList(draft.get(name)) : undefined;
    const added = hasField(patch, name) ? asList(patch[name]) : undefined;
    const place = fieldOf(schema, name);
    checkOrder(added ?? [], wanted, mergeKeyOf(place));
    if (current === undefined && added === undefined) continue;
    const items = mergeContents(current, added, place);
    elementKind([...(current ?? []), ...(added ?? [])], [current ?? [], added ?? []]);
    const identity = identityOf(mergeKeyOf(place));
    const deleted = (added ?? [])
      .filter((item) => isFields(item) && item[DIRECTIVE] === "delete")
      .map(identity);
    const serverOrder = orderOfLiveList({
      current: current ?? [],
      items,
      deleted: new Set(deleted),
      identity,
    });
    const list = orderElements({ items, patchOrder: wanted, serverOrder, identity });
    draft.set(name, current !== undefined && sameItems(current, list) ? current : list);
    done.add(name);
  }
  return done;
}

function mergeContents(
  current: readonly unknown[] | undefined,
  added: readonly unknown[] | undefined,
  place: Schema | undefined,
): readonly unknown[] {
  if (current === undefined) return asPlainValue(added ?? []) as readonly unknown[];
  if (added === undefined) return current;
  return strategyOf(place) === "merge" ? mergeList(current, added, place) : added;
}

/** The original edits the live list in place: added items take the slots of deleted ones, and are then held to be there. */
function orderOfLiveList({ current, items, deleted, identity }: LiveList): readonly unknown[] {
  const before = new Set(current.map(identity));
  const after = new Set(items.map(identity));
  const isKept = (item: unknown) => before.has(identity(item)) && !deleted.has(identity(item));
  const kept = current.filter((item) => isKept(item) && after.has(identity(item)));
  const added = items.filter((item) => !isKept(item));
  return [...kept, ...added].slice(0, current.length);
}

interface LiveList {
  readonly current: readonly unknown[];
  readonly items: readonly unknown[];
  readonly deleted: ReadonlySet<unknown>;
  readonly identity: Identity;
}

/** The patch's items must be named by the order, and stand in that order. */
function checkOrder(added: readonly unknown[], wanted: readonly unknown[], mergeKey: string): void {
  if (wanted.length === 0 || added.length === 0) return;
  const identity = mergeKey === "" ? identityOf("") : strictIdentityOf(mergeKey);
  const isDirective = (item: unknown) => mergeKey !== "" && isFields(item) && hasField(item, DIRECTIVE);
  const items = added.filter((item) => !(isDirective(item) && (item as Fields)[DIRECTIVE] === "delete"));
  let i = 0;
  let at = 0;
  while (i < items.length && at < wanted.length) {
    if (isDirective(items[i])) i++;
    else if (identity(items[i]) === identity(wanted[at++])) i++;
  }
  if (i === items.length || at < wanted.length) return;
  throw failed(
    `The order in patch list:\n${goPrint(added)}\n doesn't match ${SET_ORDER} list:\n${goPrint(wanted)}\n`,
  );
}

/** "$deleteFromPrimitiveList/x": plain items to take away. */
function deleteFromList(
  draft: FieldsDraft,
  directive: string,
  value: unknown,
  schema: Schema | undefined,
): void {
  const name = targetOf(directive, DELETE_FROM_LIST, "invalid patch format of primitive list");
  const current = draft.get(name);
  if (value === null) draft.delete(name);
  if (!Array.isArray(current) || !Array.isArray(value)) return;
  if (current.length === 0 && value.length === 0) return;
  fieldOf(schema, name);
  elementKind([...current, ...value], [current, value]);
  const kept = current.filter((item) => !value.includes(item));
  if (kept.length < current.length) draft.set(name, kept);
}

function mergeList(
  current: readonly unknown[],
  added: readonly unknown[],
  place: Schema | undefined,
): readonly unknown[] {
  if (current.length === 0 && added.length === 0) return current;
  const mergeKey = mergeKeyOf(place);
  if (elementKind([...current, ...added], [current, added]) !== "map") {
    const items = [...new Set([...current, ...added])];
    return ordered(current, items, added, "");
  }
  if (mergeKey === "") throw failed("cannot merge lists without merge key for struct");
  const { base, patch } = applyItemDirectives(current as Fields[], added as Fields[], mergeKey);
  const items = mergeItems(base, patch, mergeKey, place?.element);
  return ordered(base, items, patch, mergeKey);
}

function ordered(
  serverOrder: readonly unknown[],
  items: readonly unknown[],
  patchOrder: readonly unknown[],
  mergeKey: string,
): readonly unknown[] {
  const list = orderElements({ items, patchOrder, serverOrder, identity: identityOf(mergeKey) });
  return sameItems(serverOrder, list) ? serverOrder : list;
}

/** "$patch" on items: "delete" takes the live item of that key away, "replace" all of them. */
function applyItemDirectives(
  current: readonly Fields[],
  added: readonly Fields[],
  mergeKey: string,
): { base: readonly Fields[]; patch: readonly Fields[] } {
  let base = current;
  let replaced = false;
  const patch: Fields[] = [];
  for (const item of added) {
    if (!hasField(item, DIRECTIVE)) {
      patch.push(item);
      continue;
    }
    const directive = item[DIRECTIVE];
    if (directive === "delete") {
      const key = requireKey(item, mergeKey);
      base = base.filter((candidate) => candidate[mergeKey] !== key);
    } else if (directive === "replace") replaced = true;
    else if (directive === "merge") throw failed("merging lists cannot yet be specified in the patch");
    else throw failed(`unknown patch type: ${goPrint(directive)} in map: ${goPrint(item)}`);
  }
  return replaced ? { base: patch, patch: [] } : { base, patch };
}

function mergeItems(
  base: readonly Fields[],
  patch: readonly Fields[],
  mergeKey: string,
  schema: Schema | undefined,
): readonly Fields[] {
  const items = [...base];
  for (const item of patch) {
    const key = requireKey(item, mergeKey);
    const at = items.findIndex((candidate) => candidate[mergeKey] === key);
    if (at < 0) items.push(item);
    else items[at] = mergeFields(items[at] as Fields, item, schema);
  }
  for (const item of items) requireKey(item, mergeKey);
  return items;
}

/** A value that meets nothing of its kind: nulls and directives have nothing to act on. `undefined` when it is a directive. */
function asPlainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asPlainValue).filter((item) => item !== undefined);
  if (!isFields(value)) return value;
  if (hasField(value, DIRECTIVE)) return undefined;
  const draft = new FieldsDraft(value);
  for (const [name, inner] of Object.entries(value)) {
    const plain = inner === null ? undefined : asPlainValue(inner);
    if (plain === undefined) draft.delete(name);
    else draft.set(name, plain);
  }
  return draft.current;
}

/** The schema of a field. Only objects and lists are asked for theirs, and those cannot be merged where none is known. */
function fieldOf(schema: Schema | undefined, name: string): Schema {
  const place = schema?.fields.get(name);
  if (place !== undefined) return place;
  if (schema?.type === "object") {
    const struct = schema.goType.split(".").at(-1);
    throw failed(`unable to find api field in struct ${struct} for the json field ${JSON.stringify(name)}`);
  }
  throw failed(
    `merging an object in json but data type is not struct, instead is: ${schema?.type ?? "interface"}`,
  );
}

function identityOf(mergeKey: string): Identity {
  if (mergeKey === "") return (item) => item;
  return (item) => (isFields(item) ? item[mergeKey] : undefined);
}

function strictIdentityOf(mergeKey: string): Identity {
  return (item) => {
    if (!isFields(item))
      throw failed(`expected a map[string]interface {}, but received a ${goTypeName(item)}`);
    return requireKey(item, mergeKey);
  };
}

function requireKey(item: Fields, mergeKey: string): unknown {
  if (hasField(item, mergeKey)) return item[mergeKey];
  throw failed(`map: ${goPrint(item)} does not contain declared merge key: ${mergeKey}`);
}

/** The one type of all items of two lists that meet. */
function elementKind(items: readonly unknown[], lists: readonly (readonly unknown[])[]): string {
  const kind = goTypeName(items[0]);
  if (kind === "[]interface {}") {
    throw new StatusError("Invalid", "the server rejected our request due to an error in our request");
  }
  if (items.some((item) => goTypeName(item) !== kind)) {
    throw failed(`list element types are not identical: ${goPrint(lists)}`);
  }
  if (items.length === 0) throw failed("no elements in any of the given slices");
  return kind.startsWith("map") ? "map" : kind;
}

function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw failed(`expected a []interface {}, but received a ${goTypeName(value)}`);
}

/** The field that a directive such as "$setElementOrder/containers" is about. */
function targetOf(directive: string, prefix: string, otherwise: string): string {
  if (directive.startsWith(`${prefix}/`)) return directive.slice(prefix.length + 1);
  throw new StatusError("BadRequest", otherwise);
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

function failed(message: string): StatusError {
  return new StatusError("Unknown", message);
}
