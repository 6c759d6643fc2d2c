/** Writes messages in the protobuf wire format, by tables of their fields. https://protobuf.dev/programming-guides/encoding */

/** Writes a field with its number; what is zero is not written, as proto3 has it. */
export type WriteField = (value: unknown) => readonly Uint8Array[];

/** Writes the fields of one message; `value` is what they are taken from. */
export type WriteMessage = (value: unknown) => Uint8Array;

/** The fields of a message by the keys of the JSON that it is written from; keys that are not named are left out. */
export type Fields = Readonly<Record<string, WriteField>>;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;

/** A message of an object's fields, in the order of the table, which is asked for once: types refer to each other. */
export function message(fields: () => Fields): WriteMessage {
  let entries: readonly (readonly [string, WriteField])[] | undefined;
  return (value) => {
    const object = value as Readonly<Record<string, unknown>>;
    entries ??= Object.entries(fields());
    const parts = entries.flatMap(([key, write]) => (object[key] === undefined ? [] : write(object[key])));
    return Buffer.concat(parts);
  };
}

/** A field that holds a message. */
export function nested(number: number, write: WriteMessage): WriteField {
  return (value) => lengthed(number, write(value));
}

/** A field that may be there many times, once for each value of a list. */
export function repeated(write: WriteField): WriteField {
  return (value) => (value as readonly unknown[]).flatMap(write);
}

export function text(number: number): WriteField {
  return (value) => (value === "" ? [] : lengthed(number, Buffer.from(String(value))));
}

export function flag(number: number): WriteField {
  return (value) => (value === true ? [tag(number, VARINT), varint(1)] : []);
}

/** Whole numbers from zero up. */
export function count(number: number): WriteField {
  return (value) => (value === 0 ? [] : [tag(number, VARINT), varint(Number(value))]);
}

export function double(number: number): WriteField {
  return (value) => {
    if (value === 0) return [];
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(Number(value));
    return [tag(number, FIXED64), bytes];
  };
}

function lengthed(number: number, bytes: Uint8Array): readonly Uint8Array[] {
  return [tag(number, BYTES), varint(bytes.length), bytes];
}

function tag(number: number, type: number): Uint8Array {
  return varint(number * 8 + type);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return Uint8Array.from([...bytes, rest]);
}
