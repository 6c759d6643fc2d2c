/** Any JSON object: what defaulting works on before anyone knows whether the object is well formed. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object, so that its fields may be looked at. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object of a field, or an empty one where the field is absent or something else. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : NO_FIELDS;
}

/** The list of a field, or an empty one where the field is absent or something else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NO_ITEMS;
}

const NO_FIELDS: Fields = Object.freeze({});
const NO_ITEMS: readonly unknown[] = Object.freeze([]);

/** The object with defaults for the fields that it lacks or has null; the same reference when there are none of them. */
export function setAbsent<T extends Fields>(object: T, defaults: Fields): T {
  let copy: Record<string, unknown> | undefined;
  for (const key in defaults) {
    if (object[key] != null || defaults[key] === undefined) continue;
    copy ??= { ...object };
    copy[key] = defaults[key];
  }
  return (copy as T | undefined) ?? object;
}

/** Like `setAbsent`, for fields where a zero ("" or 0) says nothing either. */
export function setZero<T extends Fields>(object: T, defaults: Fields): T {
  let copy: Record<string, unknown> | undefined;
  for (const key in defaults) {
    if (object[key]) continue;
    copy ??= { ...object };
    copy[key] = defaults[key];
  }
  return (copy as T | undefined) ?? object;
}

/** The object with one field changed; the same reference when the field holds that value already. */
export function setField<T extends Fields>(object: T, key: string, value: unknown): T {
  return object[key] === value ? object : { ...object, [key]: value };
}

/** The list with every item mapped; the same reference when every item came back as it was. */
export function mapShared(list: readonly unknown[], map: (item: unknown) => unknown): readonly unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = map(list[i]);
    if (item === list[i]) continue;
    copy ??= [...list];
    copy[i] = item;
  }
  return copy ?? list;
}
