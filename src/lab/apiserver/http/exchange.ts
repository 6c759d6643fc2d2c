/** One request on its way through the skin, and the answers that handlers give. Handlers decide; `respond.ts` writes. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Kind } from "../../../kube/kind.ts";
import type { StatusError } from "../../../kube/status-error.ts";
import type { KubeObject } from "../../../kube/types/index.ts";
import type { Caller, WatchStream } from "../server.ts";
import type { RawBody } from "./decode.ts";
import type { Requester } from "./negotiate.ts";
import type { RequestInfo } from "./request-info.ts";

/** HTTP/1.1 and HTTP/2 alike: what is used of them is the same. */
export type Incoming = IncomingMessage | Http2ServerRequest;
export type Outgoing = ServerResponse | Http2ServerResponse;

/** A request's line and headers, understood: all that is needed to answer it in the right form. */
export interface RequestHead {
  readonly info: RequestInfo;
  readonly method: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly requester: Requester;
}

/** A request whose sender is known and whose body has been read. */
export interface Exchange extends RequestHead {
  readonly body: RawBody;
  readonly caller: Caller;
}

/** Any JSON object that goes out. */
export type OutgoingObject = Readonly<Record<string, unknown>>;

/** A list on its way out. Items say what they are; on the wire, lists of built-in kinds say it once for all of them. */
export interface OutgoingList {
  /** Kind, version and metadata. */
  readonly head: OutgoingObject;
  readonly items: readonly KubeObject[];
  /** Whether each item says on the wire, too, what it is. */
  readonly itemsTellKind: boolean;
}

/** What a handler wants to be sent. */
export type Answer =
  | ObjectAnswer
  | ListAnswer
  | WatchAnswer
  | JsonAnswer
  | BytesAnswer
  | TextAnswer
  | StreamAnswer;

/** An object, in the form that the client asked for. */
export interface ObjectAnswer {
  readonly type: "object";
  readonly code: number;
  readonly body: OutgoingObject;
  /** What it is one of; absent for a Status, which has no other form. */
  readonly kind?: Kind;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ListAnswer {
  readonly type: "list";
  /** What it is a list of. */
  readonly kind: Kind;
  readonly list: OutgoingList;
}

export interface WatchAnswer {
  readonly type: "watch";
  readonly kind: Kind;
  readonly stream: WatchStream;
}

/** A document that looks the same to everybody: discovery, versions, OpenAPI. */
export interface JsonAnswer {
  readonly type: "json";
  readonly code: number;
  readonly text: string;
  readonly contentType?: string;
  /** Of the text; a client that has it already is told so instead of being sent it again. */
  readonly etag?: string;
  /** Whether it can be had in YAML and indented as well, as objects can. */
  readonly negotiated?: boolean;
  /** Whether it is sent as it is, to whoever would take it compressed too. */
  readonly isPlain?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A document that is no text. */
export interface BytesAnswer {
  readonly type: "bytes";
  readonly code: number;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TextAnswer {
  readonly type: "text";
  readonly code: number;
  readonly text: string;
  /** On top of, or instead of, those that plain text has; an empty one takes its like away. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it is compressed for whoever takes that, however small. */
  readonly isPacked?: boolean;
}

/** Text that comes bit by bit. */
export interface StreamAnswer {
  readonly type: "stream";
  readonly contentType: string;
  readonly stream: TextStream;
}

/** Taken like a watch: `next` gives what is there, which may be nothing for now. */
export interface TextStream {
  next(): string | undefined;
  readonly ended: boolean;
  onWake(handler: () => void): void;
  stop(): void;
}

/** An object of the kind. */
export function objectAnswer(code: number, kind: Kind, body: object): ObjectAnswer {
  return { type: "object", code, body: body as OutgoingObject, kind };
}

/** Plain text. */
export function textAnswer(code: number, text: string): TextAnswer {
  return { type: "text", code, text };
}

/** The answer for paths that nothing is served at, below or beside the API. */
export const PAGE_NOT_FOUND: TextAnswer = textAnswer(404, "404 page not found\n");

/** A refusal as it goes over the wire. */
export function statusAnswer(error: StatusError): ObjectAnswer {
  const seconds = error.details.retryAfterSeconds;
  return {
    type: "object",
    code: error.code,
    body: error.toStatus(),
    ...(seconds === undefined ? {} : { headers: { "retry-after": String(seconds) } }),
  };
}
