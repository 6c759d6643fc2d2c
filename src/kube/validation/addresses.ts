import { isIP } from "node:net";
import type { FieldErrors } from "./field-errors.ts";

export const NOT_IP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
export const NOT_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

/** 4 or 6 for an IP address as the API's older fields take it: numbers may have zeroes in front. 0 for no address. */
export function ipFamily(text: string): 0 | 4 | 6 {
  const plain = text.includes("%") ? 0 : isIP(text);
  if (plain === 4 || plain === 6) return plain;
  return isIP(text.replaceAll(/(^|\.)0+(?=\d)/g, "$1")) === 4 && /^\d{1,}(?:\.\d+){3}$/.test(text) ? 4 : 0;
}

/** An IP address of either family. */
export function checkIp(errors: FieldErrors, text: string, path: string): boolean {
  if (ipFamily(text) !== 0) return true;
  errors.invalid(path, text, NOT_IP);
  return false;
}

/** An address range of either family, e.g. "10.0.0.0/8". */
export function checkCidr(errors: FieldErrors, text: string, path: string): boolean {
  if (cidrFamily(text) !== 0) return true;
  errors.invalid(path, text, NOT_CIDR);
  return false;
}

/** 4 or 6 for an address range, 0 for none. */
export function cidrFamily(text: string): 0 | 4 | 6 {
  const slash = text.indexOf("/");
  const family = slash < 0 ? 0 : ipFamily(text.slice(0, slash));
  const bits = text.slice(slash + 1);
  if (family === 0 || !/^\d{1,3}$/.test(bits)) return 0;
  return Number(bits) <= (family === 4 ? 32 : 128) ? family : 0;
}

/** The usual spelling of an address: no zeroes in front, IPv6 as short as it gets. `undefined` for no address. */
export function normalIp(text: string): string | undefined {
  const family = ipFamily(text);
  if (family === 0) return undefined;
  if (family === 4) return text.replaceAll(/(^|\.)0+(?=\d)/g, "$1");
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}

/** Whether the range `inner` lies within `outer` and is smaller. Both must be ranges. */
export function isStrictSubrange(inner: string, outer: string): boolean {
  const [innerBits, innerLength] = rangeBits(inner);
  const [outerBits, outerLength] = rangeBits(outer);
  return innerLength > outerLength && innerBits.startsWith(outerBits.slice(0, outerLength));
}

/** Whether no bit of an address range is set beyond its prefix. It must be a range. */
export function isNetwork(range: string): boolean {
  const [bits, length] = rangeBits(range);
  return !bits.slice(length).includes("1");
}

/** The bits of an address as text, behind its family so that families never match, and how many of them count. */
function rangeBits(range: string): readonly [bits: string, length: number] {
  const [address = "", length = ""] = range.split("/");
  const family = ipFamily(address);
  const normal = normalIp(address) ?? "";
  const bits =
    family === 4
      ? normal.split(".").map((part) => binary(Number(part), 8))
      : groupsOf(normal).map((g) => binary(g, 16));
  return [`${family === 4 ? "4" : "6"}${bits.join("")}`, Number(length) + 1];
}

function groupsOf(ip: string): readonly number[] {
  const [head = "", tail] = ip.split("::");
  const numbers = (text: string) =>
    text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const [first, last] = [numbers(head), numbers(tail ?? "")];
  return tail === undefined ? first : [...first, ...Array(8 - first.length - last.length).fill(0), ...last];
}

function binary(value: number, width: number): string {
  return value.toString(2).padStart(width, "0");
}
