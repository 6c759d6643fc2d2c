/** The protobuf wire format: a message as its fields, in order. https://protobuf.dev/programming-guides/encoding */

/** A message that is none: says what is wrong, as Go's generated decoders do. */
export class WireError extends Error {
  override readonly name = "WireError";
}

/** A field as it stands in a message: a whole number, or bytes that its type gives a meaning. */
export interface WireField {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Reads the fields of a message one after another. @throws {WireError} */
export function* readFields(bytes: Uint8Array): Generator<WireField> {
  let at = 0;

  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new WireError("unexpected EOF");
      if (shift >= 70n) throw new WireError("proto: integer overflow");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new WireError("unexpected EOF");
    at += length;
    return bytes.subarray(at - length, at);
  };

  while (at < bytes.length) {
    const key = varint();
    const number = Number(key >> 3n);
    const type = Number(key & 7n);
    if (number <= 0) throw new WireError(`proto: illegal tag ${number} (wire type ${type})`);
    if (type === VARINT) yield { number, value: varint() };
    else if (type === BYTES) yield { number, value: take(Number(varint())) };
    else if (type === FIXED64) yield { number, value: take(8) };
    else if (type === FIXED32) yield { number, value: take(4) };
    else throw new WireError(`proto: illegal wireType ${type}`);
  }
}

/** The value as a signed number of 64 bits; a bigint where a number of ours would round it. */
export function signed(value: bigint): number | bigint {
  const whole = BigInt.asIntN(64, value);
  const plain = Number(whole);
  return Number.isSafeInteger(plain) ? plain : whole;
}
