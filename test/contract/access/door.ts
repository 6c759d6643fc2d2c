/** Requests as they stand on the wire, by whomever: the administrator, a user they act as, the holder of a token, nobody. */
import type { ClusterAccess } from "../../../src/client/http/cluster-access.ts";
import { sendCall } from "../../support/http-call.ts";

/** What came back. */
export interface Reply {
  readonly code: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** What the text says as JSON; nothing where it is none. */
  readonly body: ReplyBody;
}

/** What cases look at by name; they compare the rest. */
export interface ReplyBody {
  readonly message?: string;
  readonly metadata?: { readonly uid?: string };
  readonly status?: unknown;
  readonly [field: string]: unknown;
}

type Headers = Readonly<Record<string, string>>;

/** Somebody who sends requests. */
export type Ask = (line: string, body?: unknown, headers?: Headers) => Promise<Reply>;

/** A cluster's API server, seen from outside. */
export interface Door {
  readonly admin: Ask;
  readonly nobody: Ask;
  /** As a user, in those groups and in system:authenticated. */
  as(user: string, ...groups: string[]): Ask;
  /** With a token and nothing else. */
  holding(token: string): Ask;
}

/** The door of a cluster whose administrator a kubeconfig stands for. */
export function doorOf(access: ClusterAccess): Door {
  const { token, clientCertificate: cert, clientKey: key } = access.user;
  const ownAccess = token === undefined ? { ...(cert && { cert }), ...(key && { key }) } : { token };
  const asking =
    (as: object, own: Headers = {}): Ask =>
    async (line, body, headers = {}) => {
      const [method = "", path = ""] = line.split(" ");
      const content = body === undefined ? "" : JSON.stringify(body);
      const reply = await sendCall(access.server, access, path, {
        method,
        as,
        headers: {
          "content-type": contentType(method),
          // Node does not say it of a DELETE.
          "content-length": String(Buffer.byteLength(content)),
          ...own,
          ...headers,
        },
        body: content,
      });
      const text = reply.bytes.toString();
      return { code: reply.code, headers: reply.headers, text, body: bodyOf(text) };
    };
  return {
    admin: asking(ownAccess),
    nobody: asking({}),
    as: (user, ...groups) => asking(ownAccess, actingAs(user, groups)),
    holding: (text) => asking({ token: text }),
  };
}

function contentType(method: string): string {
  return method === "PATCH" ? "application/merge-patch+json" : "application/json";
}

function actingAs(user: string, groups: readonly string[]): Headers {
  // More than one would need a header twice, which a record of headers cannot say.
  return { "impersonate-user": user, ...(groups[0] === undefined ? {} : { "impersonate-group": groups[0] }) };
}

function bodyOf(text: string): ReplyBody {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** What a refusal looks like on the wire. */
export function failure(code: number, reason: string, message: string, details?: object): object {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  };
}
