import { invariant } from "../../../base/invariant.ts";
import type { RandomStream } from "../../../base/random.ts";

/** The addresses of one IPv4 range: which are taken, and a free one when asked. */
export class IpPool {
  /** The address before the first one. */
  readonly network: string;
  readonly #cidr: string;
  readonly #first: number;
  readonly #last: number;
  /** Below it lie addresses that are left to those who name theirs themselves, as long as others are free. */
  readonly #dynamicFirst: number;
  readonly #owners = new Map<number, string>();

  /** @param cidr such as "10.96.0.0/16"; its first and last address are never given out. */
  constructor(cidr: string) {
    const [base = "", bits = ""] = cidr.split("/");
    const network = parseIpv4(base);
    invariant(network !== undefined, `${cidr} is not an IPv4 range`);
    const size = 2 ** (32 - Number(bits));
    this.#cidr = cidr;
    this.network = base;
    this.#first = network + 1;
    this.#last = network + size - 2;
    // pkg/registry/core/service/ipallocator: min(max(16, size / 16), 256).
    this.#dynamicFirst = this.#first + Math.min(Math.max(16, size / 16), 256);
  }

  /** Why the address cannot be given to anyone, or `undefined` if it can. */
  refusal(address: string): string | undefined {
    const value = parseIpv4(address);
    if (!this.#isInRange(value)) return "the provided network does not match the current range";
    return this.#owners.has(value) ? "provided IP is already allocated" : undefined;
  }

  /** The same for a dry run, which does not ask whose the address is. */
  dryRefusal(address: string): string | undefined {
    if (this.#isInRange(parseIpv4(address))) return undefined;
    return `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${this.#cidr}`;
  }

  /** A free address by chance, from the static part only when the rest is full. `undefined` when there is none. */
  pick(random: RandomStream): string | undefined {
    const dynamic = this.#pickBetween(this.#dynamicFirst, this.#last, random);
    const found = dynamic ?? this.#pickBetween(this.#first, this.#dynamicFirst - 1, random);
    return found === undefined ? undefined : formatIpv4(found);
  }

  take(address: string, owner: string): void {
    const value = parseIpv4(address);
    if (value !== undefined) this.#owners.set(value, owner);
  }

  /** Frees the address if it is this owner's. */
  release(address: string, owner: string): void {
    const value = parseIpv4(address);
    if (value !== undefined && this.#owners.get(value) === owner) this.#owners.delete(value);
  }

  #isInRange(value: number | undefined): value is number {
    return value !== undefined && value >= this.#first && value <= this.#last;
  }

  #pickBetween(first: number, last: number, random: RandomStream): number | undefined {
    const size = last - first + 1;
    const start = random.below(size);
    for (let i = 0; i < size; i++) {
      const value = first + ((start + i) % size);
      if (!this.#owners.has(value)) return value;
    }
    return undefined;
  }
}

function parseIpv4(text: string): number | undefined {
  const parts = text.split(".").map(Number);
  const isAddress =
    parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part < 256);
  return isAddress ? parts.reduce((value, part) => value * 256 + part, 0) : undefined;
}

function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}
