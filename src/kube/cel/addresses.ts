/** Kubernetes' functions of IP addresses and ranges of them. */
import { type Functions, member, plain } from "../../base/cel/environment.ts";
import { BOOL, INT, opaqueType, STRING } from "../../base/cel/types.ts";
import { CelError, Opaque } from "../../base/cel/values.ts";
import {
  addressProblem,
  formatAddress,
  type IpAddress,
  type IpRange,
  isMapped,
  maskedRange,
  parseAddress,
  parseRange,
  rangeHolds,
  rangeProblem,
} from "./ip-address.ts";

const IP = opaqueType("net.IP");
const CIDR = opaqueType("net.CIDR");

class IpValue extends Opaque {
  readonly type = IP;
  readonly address: IpAddress;
  constructor(address: IpAddress) {
    super();
    this.address = address;
  }
  override get size(): number {
    return this.address.family === 4 ? 4 : 16;
  }
  equals(other: Opaque): boolean {
    if (!(other instanceof IpValue)) return false;
    return other.address.family === this.address.family && other.address.bits === this.address.bits;
  }
}

class CidrValue extends Opaque {
  readonly type = CIDR;
  readonly range: IpRange;
  constructor(range: IpRange) {
    super();
    this.range = range;
  }
  override get size(): number {
    return Math.ceil(this.range.length / 8);
  }
  equals(other: Opaque): boolean {
    return (
      other instanceof CidrValue &&
      other.range.length === this.range.length &&
      new IpValue(other.range.address).equals(new IpValue(this.range.address))
    );
  }
}

function ipProblem(text: string): string | undefined {
  const problem = addressProblem(text);
  if (problem !== undefined) {
    return `IP Address ${JSON.stringify(text)} parse error during conversion from string: ${problem}`;
  }
  if (text.includes("%")) return `IP address ${JSON.stringify(text)} with zone value is not allowed`;
  return isMapped(parseAddress(text) as IpAddress)
    ? `IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`
    : undefined;
}

function readIp(text: unknown): IpValue {
  const problem = ipProblem(text as string);
  if (problem !== undefined) throw new CelError(problem);
  return new IpValue(parseAddress(text as string) as IpAddress);
}

function cidrProblem(text: string): string | undefined {
  const problem = rangeProblem(text);
  if (problem !== undefined) return `network address parse error during conversion from string: ${problem}`;
  const range = parseRange(text) as IpRange;
  return isMapped(range.address)
    ? `IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`
    : undefined;
}

function readCidr(text: unknown): CidrValue {
  const problem = cidrProblem(text as string);
  if (problem !== undefined) {
    throw new CelError(`network address parse error during conversion from string: ${problem}`);
  }
  return new CidrValue(parseRange(text as string) as IpRange);
}

function property(id: string, holds: (address: IpAddress) => boolean) {
  return [member(id, [IP], BOOL, (ip) => holds((ip as IpValue).address))];
}

function within(text: string, { family, bits }: IpAddress): boolean {
  return rangeHolds(parseRange(text) as IpRange, { family, bits });
}

function isLoopback(address: IpAddress): boolean {
  return within("127.0.0.0/8", address) || within("::1/128", address);
}

function isLinkLocal(address: IpAddress): boolean {
  return within("169.254.0.0/16", address) || within("fe80::/10", address);
}

/** Any address that is not unspecified, loopback, multicast or link-local. */
function isGlobal(address: IpAddress): boolean {
  const isMulticast = within("224.0.0.0/4", address) || within("ff00::/8", address);
  const isBroadcast = address.family === 4 && address.bits === 0xffffffffn;
  return address.bits !== 0n && !isBroadcast && !isLoopback(address) && !isMulticast && !isLinkLocal(address);
}

export const IPS: Functions = {
  ip: [plain("string_to_ip", [STRING], IP, readIp)],
  family: [member("ip_family", [IP], INT, (ip) => BigInt((ip as IpValue).address.family))],
  "ip.isCanonical": [
    plain("ip_is_canonical", [STRING], BOOL, (text) => formatAddress(readIp(text).address) === text),
  ],
  isUnspecified: property("ip_is_unspecified", ({ bits }) => bits === 0n),
  isLoopback: property("ip_is_loopback", isLoopback),
  isLinkLocalMulticast: property(
    "ip_is_link_local_multicast",
    (address) =>
      within("224.0.0.0/24", address) ||
      (address.family === 6 && ((address.bits >> 112n) & 0xff0fn) === 0xff02n),
  ),
  isLinkLocalUnicast: property("ip_is_link_local_unicast", isLinkLocal),
  isGlobalUnicast: property("ip_is_global_unicast", isGlobal),
  isIP: [plain("is_ip", [STRING], BOOL, (text) => ipProblem(text as string) === undefined)],
  string: [plain("ip_to_string", [IP], STRING, (ip) => formatAddress((ip as IpValue).address))],
};

function holdsIp(cidr: unknown, ip: unknown): boolean {
  return rangeHolds((cidr as CidrValue).range, (ip as IpValue).address);
}

function holdsCidr(cidr: unknown, other: unknown): boolean {
  const [outer, inner] = [(cidr as CidrValue).range, (other as CidrValue).range];
  return outer.length <= inner.length && rangeHolds(outer, inner.address);
}

export const CIDRS: Functions = {
  cidr: [plain("string_to_cidr", [STRING], CIDR, readCidr)],
  containsIP: [
    member("cidr_contains_ip_string", [CIDR, STRING], BOOL, (cidr, text) => holdsIp(cidr, readIp(text))),
    member("cidr_contains_ip_ip", [CIDR, IP], BOOL, holdsIp),
  ],
  containsCIDR: [
    member("cidr_contains_cidr_string", [CIDR, STRING], BOOL, (cidr, text) =>
      holdsCidr(cidr, readCidr(text)),
    ),
    member("cidr_contains_cidr", [CIDR, CIDR], BOOL, holdsCidr),
  ],
  ip: [member("cidr_ip", [CIDR], IP, (cidr) => new IpValue((cidr as CidrValue).range.address))],
  prefixLength: [
    member("cidr_prefix_length", [CIDR], INT, (cidr) => BigInt((cidr as CidrValue).range.length)),
  ],
  masked: [
    member("cidr_masked", [CIDR], CIDR, (cidr) => new CidrValue(maskedRange((cidr as CidrValue).range))),
  ],
  isCIDR: [plain("is_cidr", [STRING], BOOL, (text) => cidrProblem(text as string) === undefined)],
  string: [
    plain("cidr_to_string", [CIDR], STRING, (cidr) => {
      const { address, length } = (cidr as CidrValue).range;
      return `${formatAddress(address)}/${length}`;
    }),
  ],
};
