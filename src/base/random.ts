/**
 * Seeded random streams. Each user of chance names its stream, so that adding a draw in one place
 * does not shift the numbers that another place sees: a seed keeps meaning the same run.
 */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, name: string) {
    let h = 2166136261 ^ seed;
    for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 16777619);
    this.#a = h | 0;
    this.#b = Math.imul(h, 0x9e3779b1) ^ seed;
    this.#c = Math.imul(seed ^ 0x85ebca6b, 0xc2b2ae35) ^ h;
    // The first outputs of this generator still show the seed's pattern.
    for (let i = 0; i < 12; i++) this.next();
  }

  /** A number in [0, 1), from the "small fast counting" generator (sfc32, PractRand). */
  next(): number {
    const t = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    return (t >>> 0) / 4294967296;
  }

  /** A number in [min, max). */
  between(min: number, max: number): number {
    return min + this.next() * (max - min);
  }

  /** A whole number in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** `value` × (1 … 1 + factor), as apimachinery's wait.Jitter does. */
  jitter(value: number, factor: number): number {
    return value * (1 + this.next() * factor);
  }

  /** One of the items, each as likely as the others. The list must not be empty. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** `length` characters that object names may end in: no vowels and no look-alikes, as apimachinery's rand.String. */
  suffix(length: number): string {
    let text = "";
    for (let i = 0; i < length; i++) text += NAME_ALPHABET[this.below(NAME_ALPHABET.length)];
    return text;
  }
}

const NAME_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
