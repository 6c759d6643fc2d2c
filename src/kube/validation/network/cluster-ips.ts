import { checkIp, ipFamily } from "../addresses.ts";
import type { FieldErrors } from "../field-errors.ts";

/** The addresses of a Service inside the cluster: one for each family, or "None". */
interface ClusterAddresses {
  readonly type?: string;
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly ipFamilies?: readonly string[];
  readonly ipFamilyPolicy?: string;
}

const PATH = "spec.clusterIPs";
const FAMILIES = ["IPv4", "IPv6"];
const FAMILY_POLICIES = ["PreferDualStack", "RequireDualStack", "SingleStack"];

/** Whether the Service has names only: its DNS answers with the pods themselves. */
export function isHeadless({ clusterIPs = [] }: ClusterAddresses): boolean {
  return clusterIPs.length === 1 && clusterIPs[0] === "None";
}

/** Addresses and families that fit each other (ValidateServiceClusterIPsRelatedFields). */
export function checkClusterIps(errors: FieldErrors, spec: ClusterAddresses): void {
  if (spec.type === "ExternalName") return;
  const { clusterIP = "", clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  if (clusterIP !== "" && clusterIPs.length === 0) errors.required(PATH);
  else if (clusterIP !== "" && clusterIPs[0] !== clusterIP) {
    errors.invalid(PATH, clusterIPs, "first value must match `clusterIP`");
  } else if (clusterIP === "" && clusterIPs.length > 0) {
    errors.invalid(PATH, clusterIPs, "must be empty when `clusterIP` is not specified");
  }
  const seen = new Set<string>();
  ipFamilies.forEach((family, i) => {
    if (!FAMILIES.includes(family)) errors.notSupported(`spec.ipFamilies[${i}]`, family, FAMILIES);
    if (seen.has(family)) errors.duplicate(`spec.ipFamilies[${i}]`, family);
    seen.add(family);
  });
  if (ipFamilyPolicy !== undefined && !FAMILY_POLICIES.includes(ipFamilyPolicy)) {
    errors.notSupported("spec.ipFamilyPolicy", ipFamilyPolicy, FAMILY_POLICIES);
  }
  checkAddresses(errors, clusterIPs, ipFamilies);
}

function checkAddresses(
  errors: FieldErrors,
  addresses: readonly string[],
  families: readonly string[],
): void {
  let wellFormed = true;
  addresses.forEach((address, i) => {
    if (i > 0 || address !== "None") wellFormed = checkIp(errors, address, `${PATH}[${i}]`) && wellFormed;
    else if (addresses.length > 1) {
      wellFormed = false;
      errors.invalid(PATH, addresses, "'None' must be the first and only value");
    }
  });
  if (addresses.length > 2) errors.invalid(PATH, addresses, "may only hold up to 2 values");
  if (!wellFormed) return;
  if (addresses.length > 1 && new Set(addresses.map(ipFamily)).size < 2) {
    errors.invalid(PATH, addresses, "may specify no more than one IP for each IP family");
  }
  if (addresses[0] === "None") return;
  addresses.forEach((address, i) => {
    const family = families[i];
    if (family === undefined || `IPv${ipFamily(address)}` === family || !FAMILIES.includes(family)) return;
    errors.invalid(
      `${PATH}[${i}]`,
      address,
      `expected an ${family} value as indicated by \`ipFamilies[${i}]\``,
    );
  });
}

/** Once given, the first address and family stay; the second may come and go (validateUpgradeDowngradeClusterIPs). */
export function checkClusterIpChange(
  errors: FieldErrors,
  spec: ClusterAddresses,
  old: ClusterAddresses,
): void {
  if (spec.type === "ExternalName" || old.type === "ExternalName") return;
  const [wasHeadless, isNowHeadless] = [isHeadless(old), isHeadless(spec)];
  if (!wasHeadless || !isNowHeadless) checkAddressChange(errors, spec, old);
  if (!wasHeadless && !isNowHeadless) checkFamilyChange(errors, spec, old);
}

function checkAddressChange(errors: FieldErrors, spec: ClusterAddresses, old: ClusterAddresses): void {
  const { clusterIPs: addresses = [] } = spec;
  const { clusterIPs: before = [] } = old;
  const change = "may not change once set";
  if (before.length === addresses.length) {
    before.forEach((address, i) => {
      if (address !== addresses[i]) errors.invalid(`${PATH}[${i}]`, addresses, change);
    });
    return;
  }
  if (addresses.length === 0) errors.invalid(`${PATH}[0]`, null, "primary clusterIP can not be unset");
  else if (before.length > 0 && addresses[0] !== before[0]) errors.invalid(`${PATH}[0]`, addresses, change);
  if (before.length > 1 && addresses.length === 1) checkReleased(errors, spec, "clusterIP");
}

function checkFamilyChange(errors: FieldErrors, spec: ClusterAddresses, old: ClusterAddresses): void {
  const { clusterIPs: addresses = [], ipFamilies: families = [] } = spec;
  const { ipFamilies: before = [] } = old;
  const path = "spec.ipFamilies[0]";
  const change = "may not change once set";
  if (before.length === families.length) {
    for (const [i, family] of before.entries()) {
      if (family !== families[i]) errors.invalid(path, families, change);
    }
    return;
  }
  if (before.length > families.length && addresses.length === 0) {
    errors.invalid(path, families, "primary ipFamily can not be unset");
  }
  if (families.length > 0 && before.length > 0 && families[0] !== before[0])
    errors.invalid(path, addresses, change);
  if (before.length > 1 && families.length === 1) checkReleased(errors, spec, "ipFamily");
}

function checkReleased(errors: FieldErrors, { ipFamilyPolicy }: ClusterAddresses, what: string): void {
  if (ipFamilyPolicy === "SingleStack") return;
  const rule = `must be set to 'SingleStack' when releasing the secondary ${what}`;
  errors.invalid("spec.ipFamilyPolicy", ipFamilyPolicy ?? null, rule);
}
