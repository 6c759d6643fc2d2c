import { parseTimestamp } from "../../base/cel/times.ts";

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text);
}

export function isBase64(text: string): boolean {
  return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text);
}

/** A full date of RFC 3339. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && parseTimestamp(`${text}T00:00:00Z`) !== undefined;
}

/** A moment as kube-openapi reads it: RFC 3339, also in lower case. */
export function isDateTime(text: string): boolean {
  return parseTimestamp(text.toUpperCase()) !== undefined;
}
