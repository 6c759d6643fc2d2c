import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { InputError } from "../../view/input-error.ts";

const PART_BYTES = 1 << 20;

/**
 * The bytes of a file, or of standard input for "-", a mebibyte or so at a time, unzipped where need be.
 * @throws {InputError} when it cannot be read, here or while the parts are
 */
export async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    const bytes = file === "-" ? process.stdin : createReadStream(file, { highWaterMark: PART_BYTES });
    const parts = bytes[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    const first = await parts.next();
    if (first.done) return;
    const all = startingWith(first.value, parts);
    if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
      yield* all;
      return;
    }
    // A pipeline hands a failure of the file on to who reads the unpacked side.
    yield* pipeline(all, createGunzip({ chunkSize: PART_BYTES }), () => {}) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw new InputError({ file }, whyUnreadable(error as NodeJS.ErrnoException), { cause: error });
  }
}

async function* startingWith(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let part = await rest.next(); !part.done; part = await rest.next()) yield part.value;
}

function whyUnreadable({ code, message }: NodeJS.ErrnoException): string {
  if (code === "Z_BUF_ERROR") return "ends in the middle; it was cut off";
  return code?.startsWith("Z_") ? `is damaged: ${message}` : `cannot be read: ${message}`;
}
