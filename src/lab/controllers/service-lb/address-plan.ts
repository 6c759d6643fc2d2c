/** Which address a Service of type LoadBalancer gets. IPv4 only. Decides; does not write. */
import type { Service } from "../../../kube/types/index.ts";

/** The addresses that may be given away, both ends included. */
export interface AddressPool {
  readonly first: string;
  readonly last: string;
}

const REQUEST_ANNOTATIONS = ["metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs"];

export type AddressPlan =
  /** It has the right one, or is none of ours. */
  | { readonly kind: "keep" }
  /** It must not have one any more. */
  | { readonly kind: "clear" }
  | { readonly kind: "assign"; readonly address: string }
  | { readonly kind: "fail"; readonly why: string };

/** What to do about a Service's address. `holders` says which Services have which addresses. */
export function planAddress(
  service: Service,
  pool: AddressPool,
  holders: ReadonlyMap<string, string>,
  key: string,
): AddressPlan {
  const current = addressOf(service);
  if (!wantsAddress(service)) return current === undefined ? { kind: "keep" } : { kind: "clear" };
  const wanted = requestedAddress(service);
  if (current !== undefined && (wanted === undefined ? isInPool(current, pool) : wanted === current)) {
    return { kind: "keep" };
  }
  if (wanted === undefined) {
    const address = firstFree(pool, (candidate) => (holders.get(candidate) ?? key) === key);
    return address === undefined ? { kind: "fail", why: "no available IPs" } : { kind: "assign", address };
  }
  if (!isInPool(wanted, pool)) {
    return { kind: "fail", why: `[${JSON.stringify(wanted)}] is not allowed in config` };
  }
  const holder = holders.get(wanted);
  if (holder === undefined || holder === key) return { kind: "assign", address: wanted };
  return {
    kind: "fail",
    why: `can't change sharing key for ${JSON.stringify(key)}, address also in use by ${holder}`,
  };
}

/** Whether the Service asks for an address, and not one of somebody else. */
export function wantsAddress({ spec }: Service): boolean {
  return spec.type === "LoadBalancer" && spec.loadBalancerClass === undefined && Boolean(spec.clusterIP);
}

/** The address that the Service has. */
export function addressOf({ status }: Service): string | undefined {
  return status.loadBalancer?.ingress?.[0]?.ip;
}

function requestedAddress({ metadata, spec }: Service): string | undefined {
  for (const annotation of REQUEST_ANNOTATIONS) {
    const address = metadata.annotations?.[annotation];
    if (address !== undefined) return address;
  }
  return spec.loadBalancerIP || undefined;
}

function firstFree(pool: AddressPool, isFree: (address: string) => boolean): string | undefined {
  const last = numberOf(pool.last);
  for (let address = numberOf(pool.first); address <= last; address++) {
    const text = textOf(address);
    if (isFree(text)) return text;
  }
  return undefined;
}

function isInPool(address: string, pool: AddressPool): boolean {
  const value = numberOf(address);
  return value >= numberOf(pool.first) && value <= numberOf(pool.last);
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(value: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join(".");
}
