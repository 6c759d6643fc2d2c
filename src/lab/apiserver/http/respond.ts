/** Writes answers: encodes them in the form agreed on, compresses large ones, and feeds watches to whoever takes them. */
import type { ServerResponse } from "node:http";
import { Http2ServerResponse } from "node:http2";
import type { Writable } from "node:stream";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { jsonText } from "../../../base/json-text.ts";
import type { Kind } from "../../../kube/kind.ts";
import type { WatchEvent } from "../server.ts";
import { encodeDocument, encodeList, encodeObject, encodeObjectBytes, objectText } from "./encode.ts";
import type {
  Answer,
  BytesAnswer,
  JsonAnswer,
  ListAnswer,
  ObjectAnswer,
  Outgoing,
  RequestHead,
  StreamAnswer,
  TextAnswer,
  WatchAnswer,
} from "./exchange.ts";
import {
  negotiate,
  negotiateDocument,
  negotiatePlain,
  negotiateStream,
  type OutputForm,
} from "./negotiate.ts";
import { type TransformContext, transform, transformEvent, transformList } from "./transform.ts";

/** Smaller bodies are sent as they are: compressing them costs more than it saves (apiserver's defaultGzipThresholdBytes). */
const GZIP_BYTES_MIN = 128 * 1024;
/** Speed over size, as kube-apiserver chooses. */
const GZIP_LEVEL = 1;
const compress = promisify(gzip);
/**
 * Up to here an answer goes out in one piece with its head. Both together are less than what Node lets wait to leave without
 * reading no further from the connection (a stream's highWaterMark: 16 KiB, more in later releases).
 */
const ONE_PIECE_BYTES_MAX = 12 * 1024;

/** What was sent: for those who count. */
export interface Sent {
  readonly code: number;
  /** Of the body, as the client reads it when nothing compresses it. */
  readonly bytes: number;
}

/** What an answer is turned into its form by, and who is told of what leaves. */
export interface RespondContext extends TransformContext {
  readonly onWatchEvent: (kind: Kind) => void;
}

/** Sends an answer. Resolves when the last byte was handed over, or the client has gone.
 * @throws {StatusError} NotAcceptable, before anything was sent */
export async function respond(
  head: RequestHead,
  outgoing: Outgoing,
  answer: Answer,
  context: RespondContext,
): Promise<Sent> {
  switch (answer.type) {
    case "object":
      return respondObject(head, outgoing, answer, context);
    case "list":
      return respondList(head, outgoing, answer, context);
    case "watch":
      return respondWatch(head, outgoing, answer, context);
    case "json":
      return respondJson(head, outgoing, answer);
    case "bytes":
      return respondBytes(head, outgoing, answer);
    case "text":
      return respondText(head, outgoing, answer);
    case "stream":
      return respondStream(outgoing, answer);
  }
}

function respondObject(
  head: RequestHead,
  outgoing: Outgoing,
  answer: ObjectAnswer,
  context: TransformContext,
): Promise<Sent> {
  const { code, body, kind, headers = {} } = answer;
  // Refusals take what they can get, so that the client learns why.
  const form = kind === undefined ? negotiatePlain(head.requester) : negotiate(head.requester, isKept(kind));
  const bytes = encodeObjectBytes(form, kind === undefined ? body : transform(context, form, kind, body));
  setHeaders(outgoing, { "content-type": contentTypeOf(form), ...headers });
  return sendBytes(head, outgoing, code, bytes);
}

/** Whether objects of the kind are kept: what is only an answer to a question has no columns. */
function isKept(kind: Kind): boolean {
  return kind.verbs.includes("get");
}

function respondList(
  head: RequestHead,
  outgoing: Outgoing,
  answer: ListAnswer,
  context: TransformContext,
): Promise<Sent> {
  const form = negotiate(head.requester);
  const other = transformList(context, form, answer.kind, answer.list);
  const text = other === undefined ? encodeList(form, answer.list) : encodeObject(form, other);
  setHeaders(outgoing, { "content-type": contentTypeOf(form) });
  return send(head, outgoing, 200, text);
}

async function respondJson(head: RequestHead, outgoing: Outgoing, answer: JsonAnswer): Promise<Sent> {
  const { text, etag, headers = {} } = answer;
  const form = answer.negotiated ? negotiateDocument(head.requester) : undefined;
  setHeaders(outgoing, { ...headers, ...(etag === undefined ? {} : { etag }) });
  if (hasAlready(head, etag)) return notModified(outgoing);
  const type = answer.contentType ?? (form === undefined ? "application/json" : contentTypeOf(form));
  outgoing.setHeader("content-type", type);
  const body = form === undefined ? text : encodeDocument(form, text);
  if (answer.isPlain) return sendBytes(head, outgoing, answer.code, Buffer.from(body), "never");
  return send(head, outgoing, answer.code, body);
}

async function respondBytes(head: RequestHead, outgoing: Outgoing, answer: BytesAnswer): Promise<Sent> {
  const { code, bytes, contentType, etag, headers } = answer;
  setHeaders(outgoing, { ...headers, etag });
  if (hasAlready(head, etag)) return notModified(outgoing);
  outgoing.setHeader("content-type", contentType);
  return sendBytes(head, outgoing, code, bytes);
}

function hasAlready(head: RequestHead, etag: string | undefined): boolean {
  return etag !== undefined && head.headers["if-none-match"] === etag;
}

function notModified(outgoing: Outgoing): Sent {
  outgoing.statusCode = 304;
  outgoing.end();
  return { code: 304, bytes: 0 };
}

function respondText(head: RequestHead, outgoing: Outgoing, answer: TextAnswer): Promise<Sent> {
  setHeaders(outgoing, {
    "content-type": "text/plain; charset=utf-8",
    "x-content-type-options": "nosniff",
    ...answer.headers,
  });
  if (answer.isPacked) return sendBytes(head, outgoing, answer.code, Buffer.from(answer.text), "always");
  return send(head, outgoing, answer.code, answer.text);
}

/** Sends what comes until there is no more or the client has gone. */
async function respondStream(outgoing: Outgoing, { contentType, stream }: StreamAnswer): Promise<Sent> {
  outgoing.statusCode = 200;
  outgoing.setHeader("content-type", contentType);
  flushHeaders(outgoing);
  const sink: Writable = outgoing;
  let bytes = 0;
  await new Promise<void>((resolve) => {
    const pump = () => {
      const text = stream.next() ?? "";
      bytes += Buffer.byteLength(text);
      if (text !== "") sink.write(text);
      if (stream.ended) sink.end();
    };
    sink.on("close", () => {
      stream.stop();
      resolve();
    });
    stream.onWake(pump);
    pump();
  });
  return { code: 200, bytes };
}

function setHeaders(outgoing: Outgoing, headers: Readonly<Record<string, string>>): void {
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || value === "") outgoing.removeHeader(name);
    else outgoing.setHeader(name, value);
  }
}

function contentTypeOf({ format }: OutputForm): string {
  return `application/${format}`;
}

async function send(head: RequestHead, outgoing: Outgoing, code: number, text: string): Promise<Sent> {
  const bytes = Buffer.byteLength(text);
  if (bytes <= ONE_PIECE_BYTES_MAX) {
    outgoing.statusCode = code;
    outgoing.setHeader("content-length", bytes);
    if (head.method === "HEAD") outgoing.end();
    else outgoing.end(text);
    return { code, bytes };
  }
  return sendBytes(head, outgoing, code, Buffer.from(text, "utf8"));
}

async function sendBytes(
  head: RequestHead,
  outgoing: Outgoing,
  code: number,
  plain: Uint8Array,
  packed: "never" | "when large" | "always" = "when large",
): Promise<Sent> {
  const sent = { code, bytes: plain.length };
  let bytes = plain;
  const isWorthIt = packed === "always" || (packed === "when large" && bytes.length > GZIP_BYTES_MIN);
  if (isWorthIt && takesGzip(head)) {
    bytes = await compress(bytes, { level: GZIP_LEVEL });
    outgoing.setHeader("content-encoding", "gzip");
    if (packed !== "always" && !String(outgoing.getHeader("vary")).includes("Accept-Encoding"))
      outgoing.appendHeader("vary", "Accept-Encoding");
  }
  outgoing.statusCode = code;
  outgoing.setHeader("content-length", bytes.length);
  if (head.method === "HEAD") outgoing.end();
  else if (outgoing instanceof Http2ServerResponse) outgoing.end(bytes);
  else await endWhenTaken(outgoing, bytes);
  return sent;
}

/**
 * Sends the last byte of a long answer when all others have left. A client that has the whole of it sends its next request,
 * perhaps before Node knows that nothing waits to leave any more; until it knows, it stops reading between two TLS records,
 * and breaks the connection at the second of a request that needs several.
 */
async function endWhenTaken(outgoing: ServerResponse, bytes: Uint8Array): Promise<void> {
  // While an answer before it has the connection, one more waits in memory whatever is done.
  if (bytes.length <= ONE_PIECE_BYTES_MAX || outgoing.socket === null) {
    outgoing.end(bytes);
    return;
  }
  await new Promise<void>((resolve) => {
    outgoing.on("close", resolve);
    outgoing.write(bytes.subarray(0, -1), () => resolve());
  });
  outgoing.end(bytes.subarray(-1));
}

/** As real servers read it: whoever says more of gzip than its name gets none. */
function takesGzip(head: RequestHead): boolean {
  const accepted = String(head.headers["accept-encoding"] ?? "");
  return accepted.split(",").some((coding) => coding.trim() === "gzip");
}

/** Sends notices until the watch or the client ends; takes the next only when the last has left. */
async function respondWatch(
  head: RequestHead,
  outgoing: Outgoing,
  { stream, kind }: WatchAnswer,
  context: RespondContext,
): Promise<Sent> {
  const lineOf = lineEncoder(head, kind, context);
  outgoing.statusCode = 200;
  outgoing.setHeader("content-type", "application/json");
  // The client learns that the watch stands before anything happens in it.
  flushHeaders(outgoing);
  const sink: Writable = outgoing;
  let bytes = 0;
  await new Promise<void>((resolve) => {
    let draining = false;
    const pump = () => {
      while (!draining) {
        const event = stream.next();
        if (event === undefined) break;
        const line = lineOf(event);
        bytes += line.length;
        context.onWatchEvent(kind);
        draining = !sink.write(line);
      }
      if (!draining && stream.ended) sink.end();
    };
    sink.on("drain", () => {
      draining = false;
      pump();
    });
    sink.on("close", () => {
      stream.stop();
      resolve();
    });
    stream.onWake(pump);
    pump();
  });
  return { code: 200, bytes };
}

function flushHeaders(outgoing: Outgoing): void {
  if (outgoing instanceof Http2ServerResponse) outgoing.writeHead(outgoing.statusCode);
  else outgoing.flushHeaders();
}

function lineEncoder(
  head: RequestHead,
  kind: WatchAnswer["kind"],
  context: TransformContext,
): (event: WatchEvent) => Buffer {
  const form = negotiateStream(head.requester);
  if (form.as === undefined) return plainLine;
  let first = true;
  return ({ type, object }) => {
    const line = jsonText({ type, object: transformEvent(context, form, kind, object, first) });
    first = false;
    return Buffer.from(`${line}\n`);
  };
}

// A notice is one object for all its watchers, and so is its line.
const lines = new WeakMap<WatchEvent, Buffer>();

function plainLine(event: WatchEvent): Buffer {
  let line = lines.get(event);
  if (line === undefined) {
    line = Buffer.from(`{"type":"${event.type}","object":${objectText(event.object)}}\n`);
    lines.set(event, line);
  }
  return line;
}
