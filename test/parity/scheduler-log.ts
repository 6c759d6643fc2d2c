import { closeSync, openSync, readSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 1;
const PATIENCE_MS = 60_000;
const PART_BYTES = 1 << 16;

/** Follows a log that another process writes. */
export class SchedulerLog {
  readonly #file: number;
  readonly #part = Buffer.alloc(PART_BYTES);
  #position = 0;
  /** The beginning of a line that is not written to its end. */
  #rest = "";

  constructor(path: string) {
    this.#file = openSync(path, "r");
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Reads on until there was a line for each of the texts that has it in it, in whatever order. */
  async until(...texts: readonly string[]): Promise<void> {
    let left = texts;
    for (const start = performance.now(); performance.now() - start < PATIENCE_MS; await sleep(POLL_MS)) {
      for (let lines = this.#read(); lines !== undefined; lines = this.#read()) {
        const read = lines;
        left = left.filter((text) => !read.some((line) => line.includes(text)));
        if (left.length === 0) return;
      }
    }
    throw new Error(`The scheduler's log did not say ${left[0]} within ${PATIENCE_MS / 1_000} s`);
  }

  /** The next whole lines; nothing at the end of what is written. */
  #read(): readonly string[] | undefined {
    const count = readSync(this.#file, this.#part, 0, PART_BYTES, this.#position);
    if (count === 0) return undefined;
    this.#position += count;
    const lines = (this.#rest + this.#part.toString("utf8", 0, count)).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines;
  }
}
