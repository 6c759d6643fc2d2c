import { isIP } from "node:net";

/** An IP address as a number of 32 or 128 bits. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** A range of addresses, which may be named by an address inside. */
export interface IpRange {
  readonly address: IpAddress;
  readonly length: number;
}

/** Why a text is no address, in the words of Go's netip. */
export function addressProblem(text: string): string | undefined {
  const quoted = `ParseAddr(${JSON.stringify(text)}): `;
  if (isIP(text) !== 0) return undefined;
  const separator = /[.:%]/.exec(text)?.[0];
  if (separator === undefined) return `${quoted}unable to parse IP`;
  if (separator === "%") return `${quoted}missing IPv6 address`;
  if (separator === ":") return `${quoted}${v6Problem(text)}`;
  return `${quoted}${v4Problem(text)}`;
}

function v4Problem(text: string): string {
  const fields = text.split(".");
  for (const [i, field] of fields.entries()) {
    const odd = /[^0-9]/.exec(field)?.[0];
    if (odd !== undefined)
      return `unexpected character (at ${JSON.stringify(text.slice(text.indexOf(odd)))})`;
    if (field === "") {
      const rest = fields.slice(i).join(".");
      return `IPv4 field must have at least one digit${rest === "" ? "" : ` (at ${JSON.stringify(rest)})`}`;
    }
    if (/^0\d/.test(field)) return "IPv4 field has octet with leading zero";
    if (Number(field) > 255) return "IPv4 field has value >255";
  }
  return fields.length > 4 ? "IPv4 address too long" : "IPv4 address too short";
}

function v6Problem(text: string): string {
  for (const group of text.split(":")) {
    const odd = /[^0-9a-fA-F.]/.exec(group)?.[0];
    if (odd !== undefined) {
      return `each colon-separated field must have at least one digit (at ${JSON.stringify(text.slice(text.indexOf(odd)))})`;
    }
    if (group.length > 4 && !group.includes("."))
      return `each group must have 4 or less digits (at ${JSON.stringify(group)})`;
  }
  return "address string too short";
}

/** The address that a text spells; `undefined` for none. A zone is no part of it. */
export function parseAddress(text: string): IpAddress | undefined {
  const bare = text.replace(/%.*$/, "");
  const family = isIP(bare);
  if (family === 4) return { family, bits: v4Bits(bare) };
  return family === 6 ? { family, bits: v6Bits(bare) } : undefined;
}

function v4Bits(text: string): bigint {
  return text.split(".").reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function v6Bits(text: string): bigint {
  const plain = text.replace(/[\d.]+$/, (tail) => {
    if (!tail.includes(".")) return tail;
    const bits = v4Bits(tail);
    return `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
  });
  const [head = "", tail] = plain.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const [first, last] = [groups(head), groups(tail ?? "")];
  const zeroes = tail === undefined ? [] : Array<string>(8 - first.length - last.length).fill("0");
  return [...first, ...zeroes, ...last].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** Whether an address of version 6 stands for one of version 4. */
export function isMapped({ family, bits }: IpAddress): boolean {
  return family === 6 && bits >> 32n === 0xffffn;
}

export function formatAddress({ family, bits }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join(".");
  const groups = [7n, 6n, 5n, 4n, 3n, 2n, 1n, 0n].map((i) => ((bits >> (i * 16n)) & 0xffffn).toString(16));
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}

/** Why a text is no range, in the words of Go's netip. */
export function rangeProblem(text: string): string | undefined {
  const why = (problem: string) => `netip.ParsePrefix(${JSON.stringify(text)}): ${problem}`;
  const slash = text.lastIndexOf("/");
  if (slash === -1) return why("no '/'");
  const [address, length] = [text.slice(0, slash), text.slice(slash + 1)];
  const problem = addressProblem(address);
  if (problem !== undefined) return why(problem);
  if (address.includes("%")) return why("IPv6 zones cannot be present in a prefix");
  if (!/^(0|[1-9]\d{0,2})$/.test(length)) return why(`bad bits after slash: ${JSON.stringify(length)}`);
  return Number(length) > (isIP(address) === 4 ? 32 : 128) ? why("prefix length out of range") : undefined;
}

/** The range that a text spells; `undefined` for none. */
export function parseRange(text: string): IpRange | undefined {
  if (rangeProblem(text) !== undefined) return undefined;
  const [address = "", length = "0"] = text.split("/");
  const parsed = parseAddress(address);
  return parsed && { address: parsed, length: Number(length) };
}

/** The range named by its first address. */
export function maskedRange({ address, length }: IpRange): IpRange {
  const host = BigInt((address.family === 4 ? 32 : 128) - length);
  return { address: { ...address, bits: (address.bits >> host) << host }, length };
}

export function rangeHolds(range: IpRange, address: IpAddress): boolean {
  if (range.address.family !== address.family) return false;
  const host = BigInt((address.family === 4 ? 32 : 128) - range.length);
  return range.address.bits >> host === address.bits >> host;
}
