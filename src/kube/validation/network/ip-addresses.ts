import { cidrFamily, ipFamily, isNetwork, NOT_CIDR, NOT_IP, normalIp } from "../addresses.ts";
import type { FieldErrors } from "../field-errors.ts";
import { internalForm } from "../internal-form.ts";
import { checkImmutable } from "../metadata.ts";
import { dnsSubdomain, type NameCheck, pathSegment } from "../names.ts";
import { AS_CHANGED, AS_NEW, type KindRules } from "../rules.ts";

interface LooseIpAddress {
  readonly spec?: { readonly parentRef?: ParentReference };
}

interface ParentReference {
  readonly group?: string;
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

interface LooseServiceCidr {
  readonly spec?: { readonly cidrs?: readonly string[] };
}

/** What is wrong with an address where only its one usual spelling will do (apimachinery's IsValidIP). */
const strictIp: NameCheck = (text) => {
  const normal = normalIp(text);
  if (normal === undefined) return [NOT_IP];
  if (isMapped(normal)) return ["must not be an IPv4-mapped IPv6 address"];
  if (normal === text) return [];
  return [ipFamily(text) === 4 ? "must not have leading 0s" : `must be in canonical form ("${normal}")`];
};

/** The same of an address range (IsValidCIDR). */
function strictCidr(text: string): readonly string[] {
  if (cidrFamily(text) === 0) return [NOT_CIDR];
  const [address = "", length = ""] = text.split("/");
  const normal = normalIp(address) as string;
  if (isMapped(normal)) return ["must not have an IPv4-mapped IPv6 address"];
  const hasLeadingZero = (ipFamily(address) === 4 && normal !== address) || /^0\d/.test(length);
  if (hasLeadingZero) return ["must not have leading 0s in IP or prefix length"];
  if (!isNetwork(text)) return ["must not have bits set beyond the prefix length"];
  return normal === address ? [] : [`must be in canonical form ("${normal}/${length}")`];
}

/** IPv4 in IPv6's clothes. */
function isMapped(normal: string): boolean {
  return /^::ffff:[0-9a-f]+:[0-9a-f]+$/.test(normal);
}

/** IPAddresses: each stands for a Service's use of one, and is named after it. */
export const IP_ADDRESS_RULES: KindRules<LooseIpAddress> = {
  name: strictIp,
  passes: [...AS_NEW, ...AS_CHANGED],
  check: (errors, { spec }) => checkParent(errors, spec?.parentRef),
  update(errors, { spec }, old) {
    const inside = (of: LooseIpAddress["spec"]) => internalForm("networking.ParentReference", of?.parentRef);
    checkImmutable(errors, inside(spec), inside(old.spec), "spec.parentRef");
  },
};

function checkParent(errors: FieldErrors, parent: ParentReference | undefined): void {
  const path = "spec.parentRef";
  if (parent === undefined) {
    errors.required(path);
    return;
  }
  const { group, resource, name, namespace } = parent;
  if (group) errors.invalidEach(`${path}.group`, group, dnsSubdomain(group));
  if (!resource) errors.required(`${path}.resource`);
  else errors.invalidEach(`${path}.resource`, resource, pathSegment(resource));
  if (!name) errors.required(`${path}.name`);
  else errors.invalidEach(`${path}.name`, name, pathSegment(name));
  if (namespace) errors.invalidEach(`${path}.namespace`, namespace, pathSegment(namespace));
}

/** ServiceCIDRs: one range for each address family. */
export const SERVICE_CIDR_RULES: KindRules<LooseServiceCidr> = {
  name: dnsSubdomain,
  check: (errors, { spec }) => checkRanges(errors, spec?.cidrs ?? []),
  update(errors, { spec }, old) {
    const [now, before] = [spec?.cidrs ?? [], old.spec?.cidrs ?? []];
    // A second family may come to the first.
    const grows = before.length === 1 && now.length === 2;
    if (now.length !== before.length && !grows) {
      errors.invalid(RANGES, now, "field is immutable");
      return;
    }
    for (const [i, range] of before.entries()) {
      checkImmutable(errors, now[i], range, `${RANGES}[${i}]`);
    }
    if (grows) checkRanges(errors, now);
  },
};

const RANGES = "spec.cidrs";

function checkRanges(errors: FieldErrors, ranges: readonly string[]): void {
  if (ranges.length === 0) {
    errors.required(RANGES, "at least one CIDR required");
    return;
  }
  if (ranges.length > 2) {
    errors.invalid(RANGES, { CIDRs: ranges }, "may only hold up to 2 values");
    return;
  }
  for (const [i, range] of ranges.entries()) errors.invalidEach(`${RANGES}[${i}]`, range, strictCidr(range));
  const [first = "", second = ""] = ranges;
  if (cidrFamily(first) !== 0 && cidrFamily(first) === cidrFamily(second)) {
    const rule = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64";
    errors.invalid(RANGES, ranges, rule);
  }
}
