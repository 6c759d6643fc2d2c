import type { KubeObject } from "../../kube/types/index.ts";
import { ConnectionError, type WatchNotice } from "../client.ts";
import type { Connection, StreamingAnswer } from "./connection.ts";
import { statusErrorOf } from "./refusal.ts";

/** The notices of a watch, one JSON text a line. The request is sent when somebody begins to iterate. */
export function watchNotices<T extends KubeObject>(
  connection: Connection,
  path: string,
): AsyncIterable<WatchNotice<T>> {
  return { [Symbol.asyncIterator]: () => new NoticeIterator<T>(connection, path) };
}

/** Stopping it ends a pending wait too, which a generator could not do. */
class NoticeIterator<T extends KubeObject> implements AsyncIterator<WatchNotice<T>> {
  readonly #connection: Connection;
  readonly #path: string;
  #answer: Promise<StreamingAnswer> | undefined;
  #lines: AsyncIterator<string> | undefined;
  #stopped = false;

  constructor(connection: Connection, path: string) {
    this.#connection = connection;
    this.#path = path;
  }

  async next(): Promise<IteratorResult<WatchNotice<T>>> {
    if (this.#stopped) return { done: true, value: undefined };
    try {
      this.#lines ??= linesOf((await this.#open()).body);
      const line = await this.#lines.next();
      if (line.done) return { done: true, value: undefined };
      return { done: false, value: noticeOf<T>(line.value) };
    } catch (error) {
      if (this.#stopped) return { done: true, value: undefined };
      throw error;
    }
  }

  async return(): Promise<IteratorResult<WatchNotice<T>>> {
    this.#stopped = true;
    const answer = await this.#answer?.catch(() => undefined);
    answer?.stop();
    return { done: true, value: undefined };
  }

  async #open(): Promise<StreamingAnswer> {
    this.#answer = this.#connection.stream({ method: "GET", path: this.#path });
    const answer = await this.#answer;
    if (answer.code === 200) return answer;
    let body = "";
    for await (const part of answer.body) body += part;
    throw statusErrorOf(answer.code, body);
  }
}

async function* linesOf(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const part of body) {
      const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line !== "") yield line;
    }
  } catch (error) {
    throw new ConnectionError(`The watch broke: ${(error as Error).message}`, { cause: error });
  }
}

function noticeOf<T extends KubeObject>(line: string): WatchNotice<T> {
  const { type, object } = JSON.parse(line);
  switch (type) {
    case "ERROR":
      return { type, status: object };
    case "BOOKMARK":
      return { type, object, resourceVersion: object.metadata.resourceVersion };
    default:
      return { type, object };
  }
}
