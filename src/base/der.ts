/** Reading DER (ITU-T X.690), with the complaints of Go's encoding/asn1 for what cannot be read. */

export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  objectIdentifier: 0x06,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
} as const;

export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
  /** With its tag and length. */
  readonly whole: Buffer;
}

/** Go prints the options of a field that has none so. */
const NO_OPTIONS =
  "{optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false}";

/** Takes the values of a sequence one by one. @throws {SyntaxError} for bytes that are no DER, or not what is asked for */
export class DerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The next value, whatever it is. */
  any(): DerValue {
    if (this.isAtEnd) throw new SyntaxError("asn1: syntax error: sequence truncated");
    return this.#take(this.#header());
  }

  /** The next value, which has to have that tag; `type` is what Go calls it. */
  next(tag: number, type: string): DerValue {
    if (this.isAtEnd) throw new SyntaxError("asn1: syntax error: sequence truncated");
    const header = this.#header();
    if (header.tag === tag) return this.#take(header);
    const found = `{class:${header.tag >> 6} tag:${header.tag & 0x1f} length:${header.length} isCompound:${(header.tag & 0x20) !== 0}}`;
    throw new SyntaxError(
      `asn1: structure error: tags don't match (${tag & 0x1f} vs ${found}) ${NO_OPTIONS} ${type} @${header.start}`,
    );
  }

  #take({ tag, length, start }: Header): DerValue {
    const end = start + length;
    if (end > this.#bytes.length) throw new SyntaxError("asn1: syntax error: data truncated");
    const whole = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return { tag, content: this.#bytes.subarray(start, end), whole };
  }

  /** Lengths from 128 on are told by a count of bytes and those bytes. */
  #header(): Header {
    const tag = this.#bytes[this.#at] as number;
    const first = this.#bytes[this.#at + 1];
    if (first === undefined) throw new SyntaxError("asn1: syntax error: truncated tag or length");
    if (first < 0x80) return { tag, length: first, start: this.#at + 2 };
    const count = first & 0x7f;
    const start = this.#at + 2 + count;
    if (count === 0) throw new SyntaxError("asn1: syntax error: indefinite length found (not DER)");
    if (count > 4) throw new SyntaxError("asn1: structure error: length too large");
    if (start > this.#bytes.length) throw new SyntaxError("asn1: syntax error: truncated tag or length");
    return { tag, length: this.#bytes.readUIntBE(this.#at + 2, count), start };
  }
}

interface Header {
  readonly tag: number;
  readonly length: number;
  /** Where the content starts. */
  readonly start: number;
}

/** The values in a sequence or set. */
export function membersOf(value: DerValue): readonly DerValue[] {
  const reader = new DerReader(value.content);
  const members: DerValue[] = [];
  while (!reader.isAtEnd) members.push(reader.any());
  return members;
}
