import { deepEqual } from "../../../base/deep.ts";
import { checkIp, ipFamily, normalIp } from "../addresses.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkImmutable } from "../metadata.ts";
import { dnsLabel, dnsSubdomain, labelValue, portNumber, qualifiedName } from "../names.ts";
import { AS_NEW, type KindRules } from "../rules.ts";

interface LooseAddress {
  readonly ip?: string;
  readonly hostname?: string;
  readonly nodeName?: string;
}

interface LoosePort {
  readonly name?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

interface LooseEndpoints {
  readonly subsets?: readonly {
    readonly addresses?: readonly LooseAddress[];
    readonly notReadyAddresses?: readonly LooseAddress[];
    readonly ports?: readonly LoosePort[];
  }[];
}

/** Endpoints: the old list of a Service's addresses. */
export const ENDPOINTS_RULES: KindRules<LooseEndpoints> = {
  name: dnsSubdomain,
  passes: ["changed metadata", ...AS_NEW],
  check: checkEndpoints,
};

function checkEndpoints(errors: FieldErrors, { subsets = [] }: LooseEndpoints): void {
  subsets.forEach(({ addresses = [], notReadyAddresses = [], ports = [] }, i) => {
    const at = `subsets[${i}]`;
    if (addresses.length === 0 && notReadyAddresses.length === 0) {
      errors.required(at, "must specify `addresses` or `notReadyAddresses`");
    }
    for (const [j, address] of addresses.entries()) checkAddress(errors, address, `${at}.addresses[${j}]`);
    for (const [j, address] of notReadyAddresses.entries()) {
      checkAddress(errors, address, `${at}.notReadyAddresses[${j}]`);
    }
    for (const [j, port] of ports.entries()) checkPort(errors, port, ports.length > 1, `${at}.ports[${j}]`);
  });
}

function checkAddress(
  errors: FieldErrors,
  { ip = "", hostname = "", nodeName }: LooseAddress,
  path: string,
): void {
  checkIp(errors, ip, `${path}.ip`);
  if (hostname !== "") errors.invalidEach(`${path}.hostname`, hostname, dnsLabel(hostname));
  if (nodeName !== undefined) errors.invalidEach(`${path}.nodeName`, nodeName, dnsSubdomain(nodeName));
  checkEndpointIp(errors, ip, `${path}.ip`);
}

/** An address that others can reach: not this machine's, not this wire's. */
export function checkEndpointIp(errors: FieldErrors, text: string, path: string): void {
  const ip = normalIp(text);
  if (ip === undefined) {
    errors.invalid(path, text, "must be a valid IP address");
    return;
  }
  if (ip === "0.0.0.0" || ip === "::") errors.invalid(path, text, `may not be unspecified (${text})`);
  if (ip.startsWith("127.") || ip === "::1") {
    errors.invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
  }
  if (ip.startsWith("169.254.") || /^fe[89ab][0-9a-f]:/.test(ip)) {
    errors.invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
  }
  if (ip.startsWith("224.0.0.") || /^ff[0-9a-f]2:/.test(ip)) {
    errors.invalid(path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
  }
}

const PROTOCOLS = ["SCTP", "TCP", "UDP"];

function checkPort(errors: FieldErrors, port: LoosePort, needsName: boolean, path: string): void {
  const { name = "", protocol = "", appProtocol } = port;
  if (name !== "") errors.invalidEach(`${path}.name`, name, dnsLabel(name));
  else if (needsName) errors.required(`${path}.name`);
  errors.invalidEach(`${path}.port`, port.port ?? 0, portNumber(port.port ?? 0));
  if (protocol === "") errors.required(`${path}.protocol`);
  else if (!PROTOCOLS.includes(protocol)) errors.notSupported(`${path}.protocol`, protocol, PROTOCOLS);
  if (appProtocol !== undefined)
    errors.invalidEach(`${path}.appProtocol`, appProtocol, qualifiedName(appProtocol));
}

interface LooseEndpoint {
  readonly addresses?: readonly string[] | null;
  readonly nodeName?: string;
  readonly hostname?: string;
  readonly hints?: {
    readonly forZones?: readonly { readonly name?: string }[];
    readonly forNodes?: readonly { readonly name?: string }[];
  };
}

interface LooseEndpointSlice {
  readonly addressType?: string;
  readonly endpoints?: readonly LooseEndpoint[] | null;
  readonly ports?: readonly LoosePort[] | null;
}

/** EndpointSlices: addresses of one family, at most a thousand. */
export const ENDPOINT_SLICE_RULES: KindRules<LooseEndpointSlice> = {
  name: dnsSubdomain,
  passes: ["metadata", "changed body"],
  check: (errors, slice) => checkSlice(errors, slice, undefined),
  update(errors, slice, old) {
    checkSlice(errors, slice, old);
    checkImmutable(errors, slice.addressType, old.addressType, "addressType");
  },
};

const ADDRESS_TYPES = ["FQDN", "IPv4", "IPv6"];
const ENDPOINTS_MAX = 1000;
const ADDRESSES_MAX = 100;
const PORTS_MAX = 20_000;
const HINTS_MAX = 8;

function checkSlice(
  errors: FieldErrors,
  slice: LooseEndpointSlice,
  old: LooseEndpointSlice | undefined,
): void {
  const { addressType = "" } = slice;
  if (addressType === "") errors.required("addressType");
  else if (!ADDRESS_TYPES.includes(addressType))
    errors.notSupported("addressType", addressType, ADDRESS_TYPES);
  if (old === undefined || !deepEqual(slice.ports, old.ports)) checkSlicePorts(errors, slice.ports ?? []);
  if (old !== undefined && deepEqual(slice.endpoints, old.endpoints)) return;
  const endpoints = slice.endpoints ?? [];
  if (endpoints.length > ENDPOINTS_MAX) errors.tooMany("endpoints", endpoints.length, ENDPOINTS_MAX);
  else
    for (const [i, endpoint] of endpoints.entries())
      checkEndpoint(errors, endpoint, addressType, `endpoints[${i}]`);
}

function checkSlicePorts(errors: FieldErrors, ports: readonly LoosePort[]): void {
  if (ports.length > PORTS_MAX) {
    errors.tooMany("ports", ports.length, PORTS_MAX);
    return;
  }
  const names = new Set<string>();
  ports.forEach(({ name = "", protocol, appProtocol }, i) => {
    const at = `ports[${i}]`;
    if (name !== "") errors.invalidEach(`${at}.name`, name, dnsLabel(name));
    if (names.has(name)) errors.duplicate(`${at}.name`, name);
    names.add(name);
    if (protocol === undefined) errors.required(`${at}.protocol`);
    else if (!PROTOCOLS.includes(protocol)) errors.notSupported(`${at}.protocol`, protocol, PROTOCOLS);
    if (appProtocol !== undefined)
      errors.invalidEach(`${at}.appProtocol`, appProtocol, qualifiedName(appProtocol));
  });
}

function checkEndpoint(errors: FieldErrors, endpoint: LooseEndpoint, type: string, path: string): void {
  const addresses = endpoint.addresses ?? [];
  const { nodeName, hostname, hints } = endpoint;
  if (addresses.length === 0) errors.required(`${path}.addresses`, "must contain at least 1 address");
  else if (addresses.length > ADDRESSES_MAX)
    errors.tooMany(`${path}.addresses`, addresses.length, ADDRESSES_MAX);
  for (const [i, address] of addresses.entries()) checkSliceAddress(errors, address, type, path, i);
  if (nodeName !== undefined) errors.invalidEach(`${path}.nodeName`, nodeName, dnsSubdomain(nodeName));
  if (hostname !== undefined) errors.invalidEach(`${path}.hostname`, hostname, dnsLabel(hostname));
  if (!hints) return;
  if (checkHints(errors, hints.forZones ?? [], `${path}.hints.forZones`, labelValue)) {
    checkHints(errors, hints.forNodes ?? [], `${path}.hints.forNodes`, dnsSubdomain);
  }
}

function checkSliceAddress(
  errors: FieldErrors,
  address: string,
  type: string,
  endpoint: string,
  i: number,
): void {
  const list = `${endpoint}.addresses`;
  const at = `${list}[${i}]`;
  if (type === "FQDN") checkDomain(errors, address, at);
  if (type !== "IPv4" && type !== "IPv6") return;
  if (!checkIp(errors, address, at)) return;
  if (type === "IPv6" && address !== normalIp(address)) {
    errors.invalid(at, address, `must be in canonical form ("${normalIp(address)}")`);
    return;
  }
  if (`IPv${ipFamily(address)}` !== type) errors.invalid(list, address, `must be an ${type} address`);
  checkEndpointIp(errors, address, at);
}

function checkDomain(errors: FieldErrors, text: string, path: string): void {
  const name = text.replace(/\.$/, "");
  const wrong = dnsSubdomain(name);
  if (text === "") errors.required(path);
  else if (wrong.length > 0) errors.invalid(path, name, wrong.join(","));
  else if (!name.includes(".")) {
    errors.invalid(path, name, "should be a domain with at least two segments separated by dots");
  } else {
    for (const label of name.split(".")) {
      const problems = dnsLabel(label);
      if (problems.length === 0) continue;
      errors.invalid(path, label, problems.join(","));
      return;
    }
  }
}

function checkHints(
  errors: FieldErrors,
  hints: readonly { readonly name?: string }[],
  path: string,
  check: (name: string) => readonly string[],
): boolean {
  if (hints.length > HINTS_MAX) {
    errors.tooMany(path, hints.length, HINTS_MAX);
    return false;
  }
  const names = new Set<string>();
  hints.forEach(({ name = "" }, i) => {
    if (names.has(name)) errors.duplicate(`${path}[${i}].name`, name);
    names.add(name);
    errors.invalidEach(`${path}[${i}].name`, name, check(name));
  });
  return true;
}
