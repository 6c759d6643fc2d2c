/**
 * What the API server asks of programs outside: admission webhooks and conversion webhooks. The core knows whom to ask and
 * what; how a call is made is given to it from outside (`http/webhook-client.ts`), and a server that nobody gave it to asks
 * nobody: its configurations are stored and nothing acts on them. So a copy of a cluster in a drill never reaches out.
 *
 * Nouns: a `ClientConfig` says whom to ask, an `OutsideCall` is one request to be made, an `OutsideReply` what came back.
 */

/** One POST of a JSON document. */
export interface OutsideCall {
  /** As it stands in error texts; its host is also the name that the other side's certificate must be for. */
  readonly url: string;
  /** Where to connect to, when that is not what the URL says. */
  readonly address?: { readonly host: string; readonly port: number };
  /** PEM; the machine's own authorities when absent. */
  readonly caBundle?: string;
  readonly userAgent: string;
  readonly body: string;
  readonly timeoutMs: number;
}

/** What came back, or in the words of a real API server's HTTP client why nothing did. */
export type OutsideReply =
  | {
      readonly kind: "reply";
      readonly code: number;
      readonly text: string;
      /** Empty when nothing says it. */
      readonly contentType: string;
    }
  | { readonly kind: "failure"; readonly why: string };

/** Makes a call. Never rejects. */
export type CallOutside = (call: OutsideCall) => Promise<OutsideReply>;

/** The way out of a server, once somebody has opened it. */
export interface Outside {
  call: CallOutside | undefined;
}
