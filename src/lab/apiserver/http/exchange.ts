/** One request on its way through the skin, and the answers that handlers give. Handlers decide; `respond.ts` writes. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Kind } from "../../../kube/kind.ts";
import { StatusError } from "../../../kube/status-error.ts";
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

/** What a handler wants to be sent. */
export type Answer = ObjectAnswer | WatchAnswer | JsonAnswer | TextAnswer;

/** An object or a list, in the form that the client asked for. */
export interface ObjectAnswer {
  readonly type: "object";
  readonly code: number;
  readonly body: OutgoingObject;
  /** What it is one or a list of; absent for a Status, which has no other form. */
  readonly kind?: Kind;
  readonly headers?: Readonly<Record<string, string>>;
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
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TextAnswer {
  readonly type: "text";
  readonly code: number;
  readonly text: string;
}

/** An object or list of the kind. */
export function objectAnswer(code: number, kind: Kind, body: object): ObjectAnswer {
  return { type: "object", code, body: body as OutgoingObject, kind };
}

export function textAnswer(code: number, text: string): TextAnswer {
  return { type: "text", code, text };
}

/** The answer for paths that nothing is served at, below or beside the API. */
export const PAGE_NOT_FOUND = textAnswer(404, "404 page not found\n");

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

/** A refusal by the server's outer parts, which know nothing of the object: their details are there, and empty. */
export class BareRefusal extends StatusError {
  override toStatus(): Record<string, unknown> {
    const { code, ...status } = super.toStatus();
    return { ...status, details: {}, code };
  }
}

/** Nothing is served at this resource's path. */
export function noSuchResource(): StatusError {
  return new BareRefusal("NotFound", "the server could not find the requested resource");
}

/** The path is served, but not for this method. */
export function methodNotAllowed(): StatusError {
  return new BareRefusal(
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
  );
}
