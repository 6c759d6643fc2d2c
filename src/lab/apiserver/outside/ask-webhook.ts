import type { Api } from "../api.ts";
import { type ClientConfig, resolveClient } from "./client-config.ts";
import type { CallOutside, OutsideReply } from "./outside.ts";

/** One document for a webhook. */
export interface WebhookCall {
  readonly config: ClientConfig;
  readonly userAgent: string;
  /** Of the call. Admission webhooks are told of it in the URL. */
  readonly timeoutMs: number;
  readonly timeoutInUrl: boolean;
  readonly body: string;
}

/** What a webhook said: a JSON document, or why there is none, worded as client-go words it. */
export type WebhookReply =
  | { readonly kind: "document"; readonly document: Readonly<Record<string, unknown>> }
  | { readonly kind: "failure"; readonly why: string };

/** Sends a document to whom the configuration means. Never rejects: what goes wrong is a reply. */
export async function askWebhook(api: Api, call: CallOutside, asked: WebhookCall): Promise<WebhookReply> {
  const { config, userAgent, timeoutMs, timeoutInUrl, body } = asked;
  const resolved = resolveClient(api, config, timeoutInUrl ? `?timeout=${goSeconds(timeoutMs)}` : "");
  if (resolved.kind === "unreachable") {
    return { kind: "failure", why: `Post "${resolved.url}": ${resolved.why}` };
  }
  const { destination } = resolved;
  return read(await call({ ...destination, userAgent, timeoutMs, body }), destination.url);
}

function goSeconds(ms: number): string {
  return `${Math.ceil(ms / 1000)}s`;
}

function read(reply: OutsideReply, url: string): WebhookReply {
  if (reply.kind === "failure") return { kind: "failure", why: `Post "${url}": ${reply.why}` };
  const { code, text, contentType } = reply;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    document = undefined;
  }
  if (code < 200 || code > 299)
    return {
      kind: "failure",
      why: refusalText(code, document, isText(contentType) ? text.trim() : "unknown"),
    };
  if (typeof document === "object" && document !== null && !Array.isArray(document)) {
    return { kind: "document", document: document as Readonly<Record<string, unknown>> };
  }
  return { kind: "failure", why: NO_OBJECT };
}

const NO_OBJECT =
  'couldn\'t get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** What client-go says of answers that are no success (apimachinery's NewGenericServerResponse). */
const CODE_TEXTS: Readonly<Record<number, string>> = {
  400: "the server rejected our request for an unknown reason",
  401: "the server has asked for the client to provide credentials",
  404: "the server could not find the requested resource",
  405: "the server does not allow this method on the requested resource",
  409: "the server reported a conflict",
  422: "the server rejected our request due to an error in our request",
  429: "the server has received too many requests and has asked us to try again later",
  503: "the server is currently unable to handle the request",
  504: "the server was unable to return a response in the time allotted, but may still be processing the request",
};
/** Of these, the answer itself says more. */
const TELLING = new Set([403, 406, 415]);

function refusalText(code: number, document: unknown, said: string): string {
  const status = document as { readonly kind?: unknown; readonly message?: unknown } | null | undefined;
  if (status?.kind === "Status" && typeof status.message === "string") return status.message;
  if (TELLING.has(code)) return said;
  const known = CODE_TEXTS[code];
  if (known !== undefined) return known;
  if (code >= 500)
    return `an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`;
  return `the server responded with the status code ${code} but did not return more information`;
}

function isText(contentType: string): boolean {
  return contentType === "" || contentType.startsWith("text/");
}
