/**
 * Moments as they stand in objects: metav1.Time has whole seconds, metav1.MicroTime has microseconds, both RFC 3339 in UTC.
 * Inside, a moment is milliseconds since the Unix epoch and may have a fraction. Nothing here reads a clock.
 */
import type { Time } from "./types/meta.ts";

// Many objects are stamped within the same second, and Date is slow.
let lastSecond = Number.NaN;
let lastText = "";

/** metav1.Time: "2026-01-01T00:00:00Z". Parts of a second are cut off. */
export function formatTime(momentMs: number): Time {
  const second = Math.floor(momentMs / 1_000);
  if (second !== lastSecond) {
    lastText = `${new Date(second * 1_000).toISOString().slice(0, 19)}Z`;
    lastSecond = second;
  }
  return lastText;
}

/** metav1.MicroTime: "2026-01-01T00:00:00.123456Z". */
export function formatMicroTime(momentMs: number): Time {
  // A double holds today's milliseconds to a quarter of a microsecond: rounding undoes what arithmetic left behind.
  const micros = Math.round(momentMs * 1_000);
  const second = Math.floor(micros / 1_000_000);
  const rest = String(micros - second * 1_000_000).padStart(6, "0");
  return `${formatTime(second * 1_000).slice(0, 19)}.${rest}Z`;
}

const SHAPE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.(\d+))?(?:Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since the epoch of an RFC 3339 text with any fraction and zone, or `undefined` when it is none. */
export function parseTime(text: Time): number | undefined {
  const shape = SHAPE.exec(text);
  const moment = shape === null ? Number.NaN : Date.parse(text);
  if (shape === null || Number.isNaN(moment)) return undefined;
  const fraction = shape[1] ?? "";
  // Date.parse stops at milliseconds.
  return fraction.length <= 3 ? moment : moment + Number(`0.${fraction.slice(3)}`);
}

/** How long ago a moment of an object was; `undefined` for a field that is not set. */
export function sinceMs(nowMs: number, text: Time | null | undefined): number | undefined {
  const moment = text == null ? undefined : parseTime(text);
  return moment === undefined ? undefined : nowMs - moment;
}
