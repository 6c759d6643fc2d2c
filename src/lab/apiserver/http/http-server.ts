/**
 * The API server's outermost skin: HTTPS on the loopback, HTTP/1.1 and HTTP/2, for kubectl and every other client.
 *
 * A request goes one way: read its line (`request-info.ts`) → who is it (`authenticate.ts`) → may they (`authorize.ts`) →
 * body (`limited-body.ts`, `decode.ts`) → the registry, synchronously (`resources.ts`) → encode and send (`respond.ts`);
 * `pipeline.ts` strings this together. Beside the API it serves discovery, health, versions, reviews, OpenAPI and the lab's
 * own endpoints. Nothing in here keeps state of the cluster, and nothing loads it unless a lab is to be reached from outside
 * the process.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { createSecureServer, type Http2SecureServer } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { Kind } from "../../../kube/kind.ts";
import type { CustomColumn } from "../../../kube/tables/custom.ts";
import { wallNow } from "../../../time/wall-clock.ts";
import { createAuthorizer } from "../access/authorizer.ts";
import type { ApiServer } from "../server.ts";
import { type AdminContext, LAB_PATH } from "./admin.ts";
import { admit } from "./admit.ts";
import { AuditTrail } from "./audit.ts";
import { ADMIN, anyOf, oneToken } from "./authenticate.ts";
import { CertificateAuthority } from "./certificates.ts";
import { certificateOf } from "./client-certificate.ts";
import { customVersionOf } from "./definitions.ts";
import { Discovery } from "./discovery.ts";
import type { Answer, Incoming, Outgoing, RequestHead } from "./exchange.ts";
import { kubeconfigText } from "./kubeconfig-text.ts";
import { hasBody, readBody } from "./limited-body.ts";
import { OpenApiDocuments } from "./openapi.ts";
import { checkTimeout } from "./parameters.ts";
import { answer, callerOf, failureAnswer, isCounted, type PipelineContext, readHead } from "./pipeline.ts";
import { waitWithin } from "./request-deadline.ts";
import { isLongRunning } from "./request-info.ts";
import { RequestMetrics } from "./request-metrics.ts";
import { respond, type Sent } from "./respond.ts";

/** A lab's API server reached over HTTPS. */
export interface HttpServer {
  /** "https://127.0.0.1:40123" */
  readonly url: string;
  /** Text of a kubeconfig whose user may do everything. */
  readonly kubeconfig: string;
  /** Ends every watch and connection. */
  close(): Promise<void>;
}

export interface HttpServerOptions {
  readonly server: ApiServer;
  /** Brings the lab's time up to the machine's before a request is handled. */
  readonly catchUp: () => void;
  readonly admin: Pick<AdminContext, "machines" | "failures" | "about">;
  /** Signs the server's certificate and the administrator's; one of its own when absent. */
  readonly authority?: CertificateAuthority;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly minor?: number;
  /** How many of the lab's seconds pass in one of the clients'. */
  readonly speed?: number;
  readonly onBug?: (error: unknown) => void;
  /** Takes the audit log line by line; none is kept when absent. */
  readonly audit?: (line: string) => void;
}

const HOST = "127.0.0.1";
const SERVER_NAMES = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];
/** What kube-apiserver allows one connection to carry at once. */
const STREAMS_MAX = 250;

/** Go's DefaultMaxHeaderBytes. */
const HEADER_BYTES_MAX = 1024 * 1024;
const HEADER_PAIRS_MAX = 2_000;
/** How long kube-apiserver keeps a connection that nobody uses, and waits for a request's head. */
const IDLE_TIMEOUT_MS = 90_000;
const HEADER_TIMEOUT_MS = 32_000;

/** An authority for one lab. Whoever wants its certificate inside the lab too makes it before the lab. */
export function labAuthority(): CertificateAuthority {
  return new CertificateAuthority("holdfast-lab-ca", wallNow());
}

/** Starts to listen. @throws when the port is taken */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { authority = labAuthority() } = options;
  const token = randomBytes(24).toString("base64url");
  const listener = createListener(authority);
  const connections = trackConnections(listener);
  const address = await listen(listener, options.port ?? 0);
  const { server } = options;
  server.openOutside(async (call) => (await import("./webhook-client.ts")).postToWebhook(call));
  const url = `https://${address}`;
  const discovery = new Discovery(server.kinds, address);
  const context: PipelineContext = {
    server,
    discovery,
    url,
    tokens: anyOf(oneToken(token, ADMIN), (text, audiences) => server.tokens.authenticate(text, audiences)),
    authorizer: createAuthorizer(server.api("kube-apiserver")),
    admin: options.admin,
    minor: options.minor ?? 34,
    speed: options.speed ?? 1,
    openApi: new OpenApiDocuments(server),
    requests: new RequestMetrics((info) => isCounted(server, info)),
    onBug: options.onBug ?? (() => {}),
  };
  listener.on("request", (incoming: Incoming, outgoing: Outgoing) => {
    // A client that goes away in the middle is no failure of the server.
    outgoing.on("error", () => {});
    handle(options, context, incoming, outgoing).catch((error) => {
      context.onBug(error);
      incoming.socket.destroy();
    });
  });
  const client = authority.issue({
    commonName: ADMIN.name,
    organizations: ["system:masters"],
    usage: "client",
  });
  return {
    url,
    kubeconfig: kubeconfigText({
      name: "holdfast-lab",
      url,
      certificateAuthority: authority.certificate,
      client,
      token,
    }),
    close: () => connections.close(),
  };
}

function createListener(authority: CertificateAuthority): Http2SecureServer {
  const listener = createSecureServer({
    ...tlsOptions(authority),
    allowHTTP1: true,
    settings: { maxConcurrentStreams: STREAMS_MAX, maxHeaderListSize: HEADER_BYTES_MAX },
    maxHeaderListPairs: HEADER_PAIRS_MAX,
    // As Go's servers: an event does not wait for the one before it to be acknowledged.
    noDelay: true,
  });
  // What HTTP/1.1 on the same port goes by has no option here.
  return Object.assign(listener, {
    maxHeaderSize: HEADER_BYTES_MAX,
    keepAliveTimeout: IDLE_TIMEOUT_MS,
    headersTimeout: HEADER_TIMEOUT_MS,
  });
}

function tlsOptions(authority: CertificateAuthority): object {
  const { certificate, privateKey } = authority.issue({
    commonName: "kube-apiserver",
    usage: "server",
    dnsNames: SERVER_NAMES,
    ipAddresses: [HOST],
  });
  // Clients may come with a certificate or without; what a bad one is worth is decided when a request is read.
  return {
    cert: certificate,
    key: privateKey,
    ca: authority.certificate,
    requestCert: true,
    rejectUnauthorized: false,
  };
}

function listen(listener: Http2SecureServer, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(port, HOST, () => {
      listener.off("error", reject);
      resolve(`${HOST}:${(listener.address() as AddressInfo).port}`);
    });
  });
}

async function handle(
  options: HttpServerOptions,
  context: PipelineContext,
  incoming: Incoming,
  outgoing: Outgoing,
): Promise<void> {
  const head = readHead(incoming);
  if (head === undefined) {
    refuseLine(outgoing);
    return;
  }
  if (!options.server.up && !head.info.path.startsWith(LAB_PATH)) {
    hangUp(incoming);
    return;
  }
  const id = randomUUID();
  outgoing.setHeader("audit-id", id);
  outgoing.setHeader("cache-control", "no-cache, private");
  const running = context.requests.start(head, nowSeconds);
  const trail = auditTrail(options, id, head, incoming);
  const warnings = new Set<string>();
  const warn = (text: string) => warnings.add(text);
  let result = await decide(options, context, { incoming, head, trail, warn });
  trail?.answering(result);
  if (warnings.size > 0) outgoing.setHeader("warning", [...warnings].map(warningHeader));
  const transformation = {
    customColumns: (kind: Kind) => columnsOf(options.server, kind),
    nowMs: options.server.engine.now(),
    includeObject: head.query.get("includeObject"),
    onWatchEvent: (kind: Kind) => context.requests.watchEvent(kind),
  };
  let sent: Sent = { code: 500, bytes: 0 };
  await endOfTurn();
  try {
    sent = await respond(head, outgoing, result, transformation);
  } catch (error) {
    if (outgoing.headersSent) throw error;
    result = failureAnswer(context, error);
    sent = await respond(head, outgoing, result, transformation);
  } finally {
    running.done(sent);
    trail?.answered(result);
  }
}

let turn: Promise<void> | undefined;

/**
 * Resolves when all requests that have come in together are decided. Their answers then leave one right after another: a
 * client that waits is woken once for several, where waking it for each costs the server more than most answers do.
 */
function endOfTurn(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined;
      resolve();
    });
  });
  return turn;
}

function nowSeconds(): number {
  return wallNow() / 1000;
}

/** A path that is none gets what Go's server says before anything looks at it. */
function refuseLine(outgoing: Outgoing): void {
  outgoing.writeHead(400, { "content-type": "text/plain; charset=utf-8" });
  outgoing.end("400 Bad Request");
}

function auditTrail(
  { audit, catchUp, server }: HttpServerOptions,
  id: string,
  head: RequestHead,
  incoming: Incoming,
): AuditTrail | undefined {
  if (audit === undefined) return undefined;
  const nowMs = () => {
    catchUp();
    return server.engine.now();
  };
  return new AuditTrail({ write: audit, nowMs }, id, head, incoming);
}

const NO_BYTES = Buffer.alloc(0);

/** One request as it came in, and those who are told of its way. */
interface Arrival {
  readonly incoming: Incoming;
  readonly head: RequestHead;
  readonly trail: AuditTrail | undefined;
  readonly warn: (text: string) => void;
}

async function decide(
  options: HttpServerOptions,
  context: PipelineContext,
  { incoming, head, trail, warn }: Arrival,
): Promise<Answer> {
  try {
    if (!isLongRunning(head.info)) checkTimeout(head.query);
    const annotate = (key: string, value: string) => trail?.annotate(key, value);
    const admitted = admit(context, incoming, certificateOf(incoming), head, trail);
    const bytes = hasBody(incoming) ? await readBody(incoming) : NO_BYTES;
    const body = { bytes, contentType: head.headers["content-type"] };
    options.catchUp();
    const exchange = { ...head, body, caller: callerOf(head, admitted, { warn, annotate }) };
    return await answer(context, exchange, waitWithin(head.query, options.catchUp));
  } catch (error) {
    return failureAnswer(context, error);
  }
}

/** The columns of a custom kind: those that its definition asks for, or else its objects' age. */
function columnsOf(server: ApiServer, kind: Kind): readonly CustomColumn[] | undefined {
  const version = customVersionOf(server, kind);
  // Validated when the definition was made.
  return version && ((version.additionalPrinterColumns as readonly CustomColumn[] | undefined) ?? AGE_ONLY);
}

const AGE_ONLY: readonly CustomColumn[] = [
  { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
];

/** A server that is down does not say so: connections break. */
function hangUp(incoming: Incoming): void {
  if ("stream" in incoming) incoming.stream.session?.destroy();
  else incoming.socket.destroy();
}

/** RFC 7234's form, with the agent left open as real servers do. */
function warningHeader(text: string): string {
  const quoted = text.replace(/[\\"]/g, "\\$&").replace(/[^\x20-\x7e]/g, "?");
  return `299 - "${quoted}"`;
}

/** Remembers what is open, so that closing does not wait for clients that never leave. */
function trackConnections(listener: Http2SecureServer): { close(): Promise<void> } {
  const sockets = new Set<Socket>();
  listener.on("secureConnection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A connection that breaks has nobody left to tell.
    socket.on("error", () => {});
  });
  listener.on("sessionError", () => {});
  return {
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
