import { request as httpsRequest } from "node:https";
import type { ClusterAccess } from "../../src/client/http/cluster-access.ts";

/** What came back. */
export interface Reply {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  json(): Record<string, never>;
}

/** What to send; by the administrator unless told otherwise. */
export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Credentials other than the administrator's. */
  readonly as?: { readonly token?: string; readonly cert?: string; readonly key?: string };
}

/** One HTTP/1.1 request on a connection of its own, so that a test sees exactly what goes over the wire. */
export function sendCall(
  url: string,
  access: ClusterAccess,
  path: string,
  { method = "GET", headers = {}, body, as = administrator(access) }: Call = {},
) {
  const authorization = as.token === undefined ? {} : { authorization: `Bearer ${as.token}` };
  const tls = { ca: access.certificateAuthority, cert: as.cert, key: as.key };
  return new Promise<Reply>((resolve, reject) => {
    const outgoing = httpsRequest(`${url}${path}`, {
      method,
      headers: { "user-agent": "test/1", ...authorization, ...headers },
      agent: false,
      ...tls,
    });
    outgoing.on("error", reject);
    outgoing.on("response", async (message) => {
      const parts: Buffer[] = [];
      for await (const part of message) parts.push(part);
      const bytes = Buffer.concat(parts);
      const { statusCode: code = 0, headers: received } = message;
      resolve({ code, headers: received, bytes, json: () => JSON.parse(bytes.toString()) });
    });
    outgoing.end(body);
  });
}

/** The credentials of a kubeconfig: its token where it has one, else its certificate. */
function administrator({ user }: ClusterAccess): Call["as"] & object {
  const { token, clientCertificate: cert, clientKey: key } = user;
  if (token !== undefined) return { token };
  return { ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}
