import { InputError } from "../../view/input-error.ts";
import type { ModelBuilder } from "../model/builder.ts";
import { ByteScanner, Incomplete, JsonError } from "./byte-scanner.ts";
import { DocumentReader } from "./document-reader.ts";
import { MemoryGuard } from "./memory-guard.ts";

/** A window holds an object whole; the largest that etcd keeps is some thousand times smaller. */
const WINDOW_MAX_BYTES = 1 << 30;

/** What a text had beside its objects. */
export interface ReadText {
  readonly objects: number;
  /** What its last list or snapshot says of itself. */
  readonly header: ReadonlyMap<string, unknown>;
}

/**
 * Reads JSON documents into a builder, however long they are.
 * @param file what messages call it
 * @param totalBytes how long the text is, where that is known
 * @throws {InputError} when the text is no JSON, or holds what is no object of Kubernetes: with the byte and the object; when it
 * takes more memory than there is, with what it would need
 */
export async function readJson(
  file: string,
  parts: AsyncIterable<Uint8Array>,
  builder: ModelBuilder,
  totalBytes?: number,
): Promise<ReadText> {
  const window = new Window();
  const reader = new DocumentReader(builder);
  const guard = new MemoryGuard(totalBytes);
  const { scanner } = window;
  const readOn = () => {
    try {
      while (reader.step(scanner));
    } catch (error) {
      if (error instanceof Incomplete) return;
      if (!(error instanceof JsonError)) throw error;
      const place = `at byte ${window.passed + error.at}, in ${reader.place}`;
      throw new InputError({ file }, `cannot be read as JSON ${place}: ${error.message}`, { cause: error });
    }
  };
  for await (const part of parts) {
    if (!window.append(part)) {
      const megabytes = WINDOW_MAX_BYTES >> 20;
      throw new InputError(
        { file },
        `${reader.place} is longer than ${megabytes} MiB; that is no object of Kubernetes`,
      );
    }
    readOn();
    const why = guard.check(window.passed + scanner.at, reader.objects);
    if (why !== undefined) throw new InputError({ file }, why);
  }
  scanner.isLast = true;
  readOn();
  const why = guard.checkEnd(window.passed + scanner.at, reader.objects);
  if (why !== undefined) throw new InputError({ file }, why);
  return { objects: reader.objects, header: reader.header };
}

/** The bytes from the next one to be read to the last one that has come. */
class Window {
  readonly scanner = new ByteScanner();
  /** How many bytes have left the window. */
  passed = 0;

  /** Whether there was room. */
  append(part: Uint8Array): boolean {
    const { scanner } = this;
    const left = scanner.end - scanner.at;
    const need = left + part.length;
    if (need > WINDOW_MAX_BYTES) return false;
    const { bytes } = scanner;
    if (need > bytes.length) {
      scanner.bytes = new Uint8Array(Math.min(WINDOW_MAX_BYTES, Math.max(2 * need, 1 << 22)));
      // What is kept of a value is never longer than the value, but for the brackets around it.
      scanner.out = new Uint8Array(scanner.bytes.length + 16);
      scanner.bytes.set(bytes.subarray(scanner.at, scanner.end));
    } else bytes.copyWithin(0, scanner.at, scanner.end);
    scanner.bytes.set(part, left);
    this.passed += scanner.at;
    scanner.at = 0;
    scanner.end = need;
    return true;
  }
}
