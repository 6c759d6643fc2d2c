/** The address ranges that nodes can get: equal parts of the cluster's range, handed out in turn. IPv4 only. */
export class CidrSet {
  readonly #baseAddress: number;
  readonly #partBits: number;
  readonly #count: number;
  readonly #used = new Set<number>();
  /** Ranges that have come back are handed out again only when all others have been. */
  #next = 0;

  /** Parts of `partMask` bits out of a range such as "10.244.0.0/16". */
  constructor(range: string, partMask: number) {
    const [address = "", mask = "0"] = range.split("/");
    this.#baseAddress = parseAddress(address);
    this.#partBits = 32 - partMask;
    this.#count = 2 ** (partMask - Number(mask));
  }

  /** The next free range, or `undefined` when none is left. */
  allocate(): string | undefined {
    for (let step = 0; step < this.#count; step++) {
      const index = (this.#next + step) % this.#count;
      if (this.#used.has(index)) continue;
      this.#used.add(index);
      this.#next = (index + 1) % this.#count;
      return this.#rangeAt(index);
    }
    return undefined;
  }

  /** Marks a range as taken that a node has already; one from elsewhere is none of ours. */
  occupy(range: string): void {
    const index = this.#indexOf(range);
    if (index !== undefined) this.#used.add(index);
  }

  /** Takes a range back. */
  release(range: string): void {
    const index = this.#indexOf(range);
    if (index !== undefined) this.#used.delete(index);
  }

  #rangeAt(index: number): string {
    const address = this.#baseAddress + index * 2 ** this.#partBits;
    return `${formatAddress(address)}/${32 - this.#partBits}`;
  }

  #indexOf(range: string): number | undefined {
    const offset = parseAddress(range.split("/")[0] ?? "") - this.#baseAddress;
    const index = Math.floor(offset / 2 ** this.#partBits);
    return index >= 0 && index < this.#count ? index : undefined;
  }
}

function parseAddress(text: string): number {
  return text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join(".");
}
