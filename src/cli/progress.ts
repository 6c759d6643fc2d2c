import type { WriteStream } from "node:tty";

/** One line that says how far long work is: rewritten in place on a terminal, absent in a pipe. */
export class Progress {
  readonly #stream: WriteStream;

  constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  say(text: string): void {
    if (!this.#stream.isTTY) return;
    const room = Math.max(20, (this.#stream.columns ?? 80) - 1);
    this.#stream.write(`\r\u001b[2K${text.length > room ? `${text.slice(0, room - 1)}…` : text}`);
  }

  step(done: number, total: number, text: string): void {
    const width = 20;
    const filled = Math.round((done / total) * width);
    this.say(`${"█".repeat(filled)}${"░".repeat(width - filled)} ${done}/${total}  ${text}`);
  }

  /** Leaves an empty line for what comes next. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001b[2K");
  }
}
