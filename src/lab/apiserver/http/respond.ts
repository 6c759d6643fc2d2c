/** Writes answers: encodes them in the form agreed on, compresses large ones, and feeds watches to whoever takes them. */

import { Http2ServerResponse } from "node:http2";
import type { Writable } from "node:stream";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { stringify } from "yaml";
import type { WatchEvent } from "../server.ts";
import type {
  Answer,
  JsonAnswer,
  ObjectAnswer,
  Outgoing,
  OutgoingObject,
  RequestHead,
  WatchAnswer,
} from "./exchange.ts";
import { negotiate, negotiatePlain, negotiateStream, type OutputForm } from "./negotiate.ts";
import { type TransformContext, transform, transformEvent } from "./transform.ts";

/** Smaller bodies are sent as they are: compressing them costs more than it saves (apiserver's defaultGzipThresholdBytes). */
const GZIP_BYTES_MIN = 128 * 1024;
/** Speed over size, as kube-apiserver chooses. */
const GZIP_LEVEL = 1;
const compress = promisify(gzip);

/** Sends an answer. Resolves when the last byte was handed over, or the client has gone.
 * @throws {StatusError} NotAcceptable, before anything was sent */
export async function respond(
  head: RequestHead,
  outgoing: Outgoing,
  answer: Answer,
  context: TransformContext,
): Promise<void> {
  switch (answer.type) {
    case "object":
      return respondObject(head, outgoing, answer, context);
    case "watch":
      return respondWatch(head, outgoing, answer, context);
    case "json":
      return respondJson(head, outgoing, answer);
    case "text":
      outgoing.setHeader("content-type", "text/plain; charset=utf-8");
      outgoing.setHeader("x-content-type-options", "nosniff");
      return send(head, outgoing, answer.code, answer.text);
  }
}

/** The form of an object answer: refusals take what they can get, so that the client learns why. */
function formOf(head: RequestHead, answer: ObjectAnswer): OutputForm {
  return answer.kind === undefined ? negotiatePlain(head.requester) : negotiate(head.requester);
}

async function respondObject(
  head: RequestHead,
  outgoing: Outgoing,
  answer: ObjectAnswer,
  context: TransformContext,
): Promise<void> {
  const form = formOf(head, answer);
  const { as } = form;
  const body =
    as === undefined || answer.kind === undefined
      ? answer.body
      : transform(context, as, answer.kind, answer.body);
  outgoing.setHeader("content-type", `application/${form.format}`);
  for (const [name, value] of Object.entries(answer.headers ?? {})) outgoing.setHeader(name, value);
  await send(head, outgoing, answer.code, encode(form, body));
}

function encode(form: OutputForm, body: OutgoingObject): string {
  if (form.format === "yaml") return stringify(body, AS_GO_WRITES_YAML);
  const ordered = kindFirst(body);
  return form.pretty ? JSON.stringify(ordered, null, 2) : `${JSON.stringify(ordered)}\n`;
}

/** Sorted keys, bare lists, and no aliases for parts that objects share: as sigs.k8s.io/yaml writes. */
const AS_GO_WRITES_YAML = {
  sortMapEntries: true,
  indentSeq: false,
  aliasDuplicateObjects: false,
  version: "1.1",
} as const;

/** Readers of streams and of dumps look for what something is where it begins. */
function kindFirst(body: OutgoingObject): OutgoingObject {
  const { kind, apiVersion, ...rest } = body;
  return { kind, apiVersion, ...rest };
}

async function respondJson(head: RequestHead, outgoing: Outgoing, answer: JsonAnswer): Promise<void> {
  outgoing.setHeader("content-type", answer.contentType ?? "application/json");
  for (const [name, value] of Object.entries(answer.headers ?? {})) outgoing.setHeader(name, value);
  if (answer.etag !== undefined) {
    outgoing.setHeader("etag", answer.etag);
    if (head.headers["if-none-match"] === answer.etag) {
      outgoing.statusCode = 304;
      outgoing.end();
      return;
    }
  }
  await send(head, outgoing, answer.code, answer.text);
}

async function send(head: RequestHead, outgoing: Outgoing, code: number, text: string): Promise<void> {
  let bytes: Uint8Array = Buffer.from(text, "utf8");
  const wanted = String(head.headers["accept-encoding"] ?? "");
  if (bytes.length > GZIP_BYTES_MIN && /\bgzip\b/.test(wanted)) {
    bytes = await compress(bytes, { level: GZIP_LEVEL });
    outgoing.setHeader("content-encoding", "gzip");
    outgoing.setHeader("vary", "Accept-Encoding");
  }
  outgoing.statusCode = code;
  outgoing.setHeader("content-length", bytes.length);
  if (head.method === "HEAD") outgoing.end();
  else outgoing.end(bytes);
}

/** Sends notices until the watch or the client ends; takes the next only when the last has left. */
async function respondWatch(
  head: RequestHead,
  outgoing: Outgoing,
  { stream, kind }: WatchAnswer,
  context: TransformContext,
): Promise<void> {
  const lineOf = lineEncoder(head, kind, context);
  outgoing.statusCode = 200;
  outgoing.setHeader("content-type", "application/json");
  // The client learns that the watch stands before anything happens in it.
  flushHeaders(outgoing);
  const sink: Writable = outgoing;
  await new Promise<void>((resolve) => {
    let draining = false;
    const pump = () => {
      while (!draining) {
        const event = stream.next();
        if (event === undefined) break;
        draining = !sink.write(lineOf(event));
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
}

function flushHeaders(outgoing: Outgoing): void {
  if (outgoing instanceof Http2ServerResponse) outgoing.writeHead(outgoing.statusCode);
  else outgoing.flushHeaders();
}

function lineEncoder(
  head: RequestHead,
  kind: WatchAnswer["kind"],
  context: TransformContext,
): (event: WatchEvent) => string {
  const { as } = negotiateStream(head.requester);
  if (as === undefined) return plainLine;
  let first = true;
  return ({ type, object }) => {
    const line = JSON.stringify({ type, object: transformEvent(context, as, kind, object, first) });
    first = false;
    return `${line}\n`;
  };
}

// A notice is one object for all its watchers, and so is its line.
const lines = new WeakMap<WatchEvent, string>();

function plainLine(event: WatchEvent): string {
  let line = lines.get(event);
  if (line === undefined) {
    line = `${JSON.stringify({ type: event.type, object: kindFirst({ ...event.object }) })}\n`;
    lines.set(event, line);
  }
  return line;
}
