/** A webhook for tests: answers as a case wants it to, and remembers what it was asked. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { CertificateAuthority } from "../../../src/lab/apiserver/http/certificates.ts";
import { wallNow } from "../../../src/time/wall-clock.ts";

export type Document = Readonly<Record<string, unknown>>;

/** What came in: the path's last part says which webhook was meant. */
export interface Received {
  readonly hook: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly document: Document;
}

/** How to answer: with a document, with anything else, or not at all. */
export type Reply =
  | { readonly document: Document }
  | { readonly code: number; readonly text: string }
  | "hang"
  | "hang up";

export interface WebhookServer {
  readonly url: string;
  readonly port: number;
  /** PEM in base64: what goes into a configuration. */
  readonly caBundle: string;
  /** In the order in which it came. */
  readonly received: Received[];
  answer: (received: Received) => Reply;
  close(): Promise<void>;
}

/** Listens on a free port of the loopback, with a certificate for these names too. */
export async function startWebhookServer(dnsNames: readonly string[]): Promise<WebhookServer> {
  const authority = new CertificateAuthority("webhooks of a test", wallNow());
  const { certificate, privateKey } = authority.issue({
    commonName: "webhook",
    usage: "server",
    dnsNames: ["localhost", ...dnsNames],
    ipAddresses: ["127.0.0.1"],
  });
  const listener = createServer({ cert: certificate, key: privateKey });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  const server: WebhookServer = {
    url: `https://127.0.0.1:${port}`,
    port,
    caBundle: Buffer.from(authority.certificate).toString("base64"),
    received: [],
    answer: () => ({ code: 500, text: "nobody said how to answer" }),
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        listener.closeAllConnections();
      }),
  };
  listener.on("request", (incoming, outgoing) => handle(server, incoming, outgoing));
  return server;
}

async function handle(
  server: WebhookServer,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part);
  const url = incoming.url ?? "";
  const hook = url.replace(/\?.*/, "").split("/").at(-1) ?? "";
  const document = JSON.parse(Buffer.concat(parts).toString());
  const received = { hook, url, headers: incoming.headers, document };
  server.received.push(received);
  const reply = server.answer(received);
  if (reply === "hang") return;
  if (reply === "hang up") {
    incoming.socket.destroy();
    return;
  }
  const [code, text] = "document" in reply ? [200, JSON.stringify(reply.document)] : [reply.code, reply.text];
  outgoing.writeHead(code, { "content-type": "application/json" });
  outgoing.end(text);
}
