/**
 * One cluster's HTTP endpoint: sends requests over kept-alive connections and hands back status, headers and body.
 * HTTP/1.1 on purpose: a watch that stalls then holds up nobody else, and every API server speaks it.
 */
import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestOptions,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { createGunzip, gunzip } from "node:zlib";
import { wallNow } from "../../time/wall-clock.ts";
import { ConnectionError } from "../client.ts";
import type { ClusterAccess } from "./cluster-access.ts";
import { type CredentialSource, type Credentials, credentialSource } from "./credentials.ts";

export interface ConnectionOptions {
  /** How long an answer may take; watches are not bounded by it. */
  readonly timeoutMs?: number;
  /** First word of the User-Agent header, which names the field manager where no other is given. */
  readonly agent?: string;
}

export interface OutgoingRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path and query. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  /** What the answer may be; plain JSON when absent. */
  readonly accept?: string;
}

export interface IncomingAnswer {
  readonly code: number;
  readonly body: string;
  readonly warnings: readonly string[];
}

/** An answer whose body is still on its way. */
export interface StreamingAnswer {
  readonly code: number;
  readonly body: Readable;
  /** Hangs up. */
  stop(): void;
}

const TIMEOUT_MS = 60_000;
// Finds out within minutes that the other side of a quiet watch is gone.
const TCP_KEEPALIVE_MS = 30_000;
const unzip = promisify(gunzip);

export class Connection {
  readonly server: string;
  readonly #access: ClusterAccess;
  readonly #credentials: CredentialSource;
  readonly #timeoutMs: number;
  readonly #agentName: string;
  #agent: HttpAgent | HttpsAgent | undefined;
  #agentCertificate: string | undefined;

  constructor(access: ClusterAccess, options: ConnectionOptions = {}) {
    this.server = access.server;
    this.#access = access;
    this.#credentials = credentialSource(access, { now: wallNow });
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#agentName = options.agent ?? "holdfast";
  }

  /** Sends a request and reads the whole answer. @throws {ConnectionError} when there is none */
  async send(request: OutgoingRequest): Promise<IncomingAnswer> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    try {
      const message = await this.#open(request, signal);
      const parts: Buffer[] = [];
      for await (const part of message) parts.push(part);
      const bytes = Buffer.concat(parts);
      const zipped = message.headers["content-encoding"] === "gzip";
      return {
        code: message.statusCode ?? 0,
        body: (zipped ? await unzip(bytes) : bytes).toString("utf8"),
        warnings: warningsOf(message),
      };
    } catch (error) {
      throw signal.aborted
        ? this.#failure(`no answer within ${this.#timeoutMs / 1000} s`, error)
        : this.#wrap(error);
    }
  }

  /** Sends a request and hands back the answer as soon as it begins. @throws {ConnectionError} when it does not */
  async stream(request: OutgoingRequest): Promise<StreamingAnswer> {
    const hangUp = new AbortController();
    try {
      const message = await this.#open(request, hangUp.signal);
      const zipped = message.headers["content-encoding"] === "gzip";
      return {
        code: message.statusCode ?? 0,
        body: zipped ? message.pipe(createGunzip()) : message,
        stop: () => hangUp.abort(),
      };
    } catch (error) {
      throw this.#wrap(error);
    }
  }

  /** Lets go of idle connections, so that the process may end. */
  close(): void {
    this.#agent?.destroy();
    this.#agent = undefined;
  }

  async #open(request: OutgoingRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const message = await this.#attempt(request, signal);
    if (message.statusCode !== 401 || !this.#credentials.refused()) return message;
    message.resume();
    return this.#attempt(request, signal);
  }

  async #attempt(request: OutgoingRequest, signal: AbortSignal, again = true): Promise<IncomingMessage> {
    const credentials = await this.#credentials.current();
    const agent = this.#agentFor(credentials);
    return new Promise((resolve, reject) => {
      const send = this.server.startsWith("https:") ? httpsRequest : httpRequest;
      const outgoing = send(
        `${this.server}${request.path}`,
        this.#options(request, credentials, agent, signal),
      );
      outgoing.on("response", resolve);
      outgoing.on("socket", (socket) => socket.setKeepAlive(true, TCP_KEEPALIVE_MS));
      outgoing.on("error", (error) => {
        // The server closed a kept connection as it was taken up again; reading is safe to repeat.
        const stale = outgoing.reusedSocket && !signal.aborted && request.method === "GET";
        if (stale && again) this.#attempt(request, signal, false).then(resolve, reject);
        else reject(error);
      });
      outgoing.end(request.body);
    });
  }

  #options(
    { method, body, contentType, accept = "application/json" }: OutgoingRequest,
    credentials: Credentials,
    agent: HttpAgent,
    signal: AbortSignal,
  ): RequestOptions {
    const headers: OutgoingHttpHeaders = {
      accept,
      "accept-encoding": "gzip",
      "user-agent": `${this.#agentName}/${process.platform}`,
      ...credentials.headers,
    };
    if (body !== undefined) {
      headers["content-type"] = contentType ?? "application/json";
      headers["content-length"] = Buffer.byteLength(body);
    }
    return { method, headers, agent, signal };
  }

  /** One agent for as long as the client certificate stays the same. */
  #agentFor(credentials: Credentials): HttpAgent {
    if (this.#agent !== undefined && this.#agentCertificate === credentials.clientCertificate)
      return this.#agent;
    this.#agent?.destroy();
    this.#agentCertificate = credentials.clientCertificate;
    this.#agent = this.server.startsWith("https:")
      ? new HttpsAgent({ keepAlive: true, ...this.#tls(credentials) })
      : new HttpAgent({ keepAlive: true });
    return this.#agent;
  }

  #tls({ clientCertificate, clientKey }: Credentials): object {
    const { certificateAuthority, skipTlsVerify, tlsServerName } = this.#access;
    return {
      ...(certificateAuthority === undefined ? {} : { ca: certificateAuthority }),
      ...(skipTlsVerify ? { rejectUnauthorized: false } : {}),
      ...(tlsServerName === undefined ? {} : { servername: tlsServerName }),
      ...(clientCertificate === undefined ? {} : { cert: clientCertificate }),
      ...(clientKey === undefined ? {} : { key: clientKey }),
    };
  }

  #wrap(error: unknown): ConnectionError {
    if (error instanceof ConnectionError) return error;
    return this.#failure(reasonOf(error), error);
  }

  #failure(why: string, cause: unknown): ConnectionError {
    return new ConnectionError(`Cannot reach ${this.server}: ${why}`, { cause });
  }
}

/** Node wraps several tries (IPv6, IPv4) into one error without a message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}

function warningsOf(message: IncomingMessage): readonly string[] {
  const header = message.headers.warning;
  if (header === undefined) return [];
  return [...String(header).matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) =>
    text.replace(/\\(.)/g, "$1"),
  );
}
