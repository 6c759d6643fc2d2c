import type { TLSSocket } from "node:tls";
import type { ClientCertificate } from "./authenticate.ts";
import type { Incoming } from "./exchange.ts";

// Reading a certificate costs more than a small request, and stays the same for a connection.
const known = new WeakMap<object, ClientCertificate | undefined>();

/** Whose certificate the connection was opened with, if any. */
export function certificateOf(incoming: Incoming): ClientCertificate | undefined {
  // Every HTTP/2 request has a view of the socket to itself; what they share is the session.
  const connection = "stream" in incoming ? incoming.stream.session : incoming.socket;
  if (connection === undefined) return undefined;
  if (known.has(connection)) return known.get(connection);
  const certificate = read(incoming.socket as TLSSocket);
  known.set(connection, certificate);
  return certificate;
}

function read(socket: TLSSocket): ClientCertificate | undefined {
  const peer = socket.getPeerCertificate();
  // Without a certificate node gives an empty object.
  if (!peer?.subject) return undefined;
  const { CN = "", O = [] } = peer.subject as {
    readonly CN?: string;
    readonly O?: string | readonly string[];
  };
  return {
    commonName: CN,
    organizations: typeof O === "string" ? [O] : O,
    sha256: peer.fingerprint256.replaceAll(":", "").toLowerCase(),
    trusted: socket.authorized,
  };
}
