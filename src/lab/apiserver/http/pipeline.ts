import { StatusError } from "../../../kube/status-error.ts";
import { attempt, type Wait } from "../attempts.ts";
import { RequestMemo } from "../request-memo.ts";
import type { ApiServer, Caller } from "../server.ts";
import { type AdminContext, adminAnswer, LAB_PATH } from "./admin.ts";
import type { Admitted, DoorContext } from "./admit.ts";
import type { Discovery } from "./discovery.ts";
import {
  type Answer,
  type Exchange,
  type Incoming,
  PAGE_NOT_FOUND,
  type RequestHead,
  statusAnswer,
  textAnswer,
} from "./exchange.ts";
import { HEALTH_PATHS, healthAnswer } from "./health.ts";
import { ISSUER_PATHS, issuerAnswer } from "./issuer.ts";
import { METRICS_PATHS, metricsAnswer } from "./metrics.ts";
import type { OpenApiDocuments } from "./openapi.ts";
import { TextRefusal } from "./refusals.ts";
import { type RequestInfo, requestInfo } from "./request-info.ts";
import { readRequestLine } from "./request-line.ts";
import type { RequestMetrics } from "./request-metrics.ts";
import { handleResource } from "./resources.ts";
import { reviewAnswer } from "./reviews.ts";
import { isServed } from "./routes.ts";
import { versionAnswer } from "./version.ts";

/** What requests are handled with. */
export interface PipelineContext extends DoorContext {
  readonly server: ApiServer;
  /** "https://127.0.0.1:40123" */
  readonly url: string;
  readonly discovery: Discovery;
  readonly admin: Omit<AdminContext, "nowMs">;
  /** Minor version of Kubernetes that the lab is like. */
  readonly minor: number;
  readonly speed: number;
  readonly openApi: OpenApiDocuments;
  readonly requests: RequestMetrics;
  /** Told of every failure that is a bug of ours, not an answer. */
  readonly onBug: (error: unknown) => void;
}

/** Reads the request line and what says who reads the answer; undefined when the line is none. */
export function readHead(incoming: Incoming): RequestHead | undefined {
  const { method = "GET", headers, url = "/" } = incoming;
  const line = understood(method, url);
  if (line === undefined) return undefined;
  const { info, query, pretty } = line;
  const requester = { accept: headers.accept, userAgent: headers["user-agent"], pretty };
  return { info, method, query, headers, requester };
}

/** A request line, understood. */
interface Line {
  readonly info: RequestInfo;
  readonly query: URLSearchParams;
  readonly pretty: string | null;
}

/** Clients ask for the same things over and over; most lines have been read before. */
const lines = new Map<string, Line>();
const LINES_MAX = 1_000;
/** Lines that are longer are not kept: a thousand of them would be many megabytes. */
const LINE_CHARS_MAX = 500;

function understood(method: string, target: string): Line | undefined {
  const key = `${method} ${target}`;
  const known = lines.get(key);
  if (known !== undefined) return known;
  const line = readRequestLine(target);
  if (line === undefined) return undefined;
  const { path, query } = line;
  const read = { info: requestInfo(method, path, query), query, pretty: query.get("pretty") };
  if (lines.size >= LINES_MAX) lines.clear();
  if (key.length <= LINE_CHARS_MAX) lines.set(key, read);
  return read;
}

/** Whether requests with such a path and verb are counted: those for objects that are served, and for the server's health. */
export function isCounted({ kinds }: ApiServer, info: RequestInfo): boolean {
  if (info.type === "path") return HEALTH_ROOTS.has(info.path);
  const kind = kinds.findResource(info.group, info.version, info.resource);
  return kind !== undefined && isServed(kind, info);
}

const HEALTH_ROOTS: ReadonlySet<string> = new Set(["/healthz", "/livez", "/readyz"]);

/** The caller as the registry knows it; `tell` collects what becomes Warning headers and annotations in the audit log. */
export function callerOf(
  head: RequestHead,
  { user, access }: Admitted,
  tell: Required<Pick<Caller, "warn" | "annotate">>,
): Caller {
  const [agent = ""] = (head.headers["user-agent"] ?? "").split("/");
  return { user, access, agent: agent === "" ? "unknown" : agent, ...tell, memo: new RequestMemo() };
}

/** Decides what to answer. Refusals are answers too; everything else that is thrown is a bug, told and hidden. */
export async function answer(context: PipelineContext, exchange: Exchange, wait: Wait): Promise<Answer> {
  try {
    return await attempt(() => route(context, exchange), wait);
  } catch (error) {
    return failureAnswer(context, error);
  }
}

/** What a client is told of something thrown. */
export function failureAnswer(context: Pick<PipelineContext, "onBug">, error: unknown): Answer {
  if (error instanceof StatusError) return statusAnswer(error);
  if (error instanceof TextRefusal) return textAnswer(error.code, error.message);
  // Whatever calls itself for every level of an object ends so when patch upon patch has made it too deep.
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return statusAnswer(new StatusError("BadRequest", "exceeded max depth"));
  }
  context.onBug(error);
  const message = error instanceof Error ? error.message : String(error);
  return statusAnswer(new StatusError("InternalError", `Internal error occurred: ${message}`));
}

function route(context: PipelineContext, exchange: Exchange): Answer {
  const { info } = exchange;
  // The router in front of everything knows no empty first part.
  if (info.path.startsWith("//")) return PAGE_NOT_FOUND;
  const nowMs = context.server.engine.now();
  if (info.type === "path") {
    const admin = adminAnswer({ ...context.admin, nowMs }, exchange);
    if (admin !== undefined) return admin;
    const health = healthAnswer(exchange);
    if (health !== undefined) return health;
    return pathAnswer(context, exchange);
  }
  const kind = context.server.kinds.findResource(info.group, info.version, info.resource);
  const review = kind && reviewAnswer({ ...context, nowMs }, exchange, kind, info);
  return review ?? handleResource(context, exchange, info);
}

function pathAnswer(context: PipelineContext, exchange: Exchange): Answer {
  const { path } = exchange.info;
  if (path === "/" || path === "/index.html")
    return { type: "json", code: 200, text: JSON.stringify({ paths: paths(context) }, null, 2) };
  if (path === "/version" || path === "/version/") return versionAnswer(exchange, context.minor);
  return (
    context.discovery.answer(exchange) ??
    context.openApi.answer(exchange) ??
    metricsAnswer(context, path) ??
    issuerAnswer({ tokens: context.server.tokens, url: context.url }, path) ??
    PAGE_NOT_FOUND
  );
}

function paths({ discovery }: Pick<PipelineContext, "discovery">): readonly string[] {
  const groups = discovery.groups().filter(({ name }) => name !== "");
  return [
    "/api",
    "/apis",
    ...groups.map(({ name }) => `/apis/${name}`),
    ...discovery.groupVersions().map((each) => (each.includes("/") ? `/apis/${each}` : `/api/${each}`)),
    ...HEALTH_PATHS,
    LAB_PATH,
    ...METRICS_PATHS,
    ...ISSUER_PATHS,
    "/openapi/v2",
    "/openapi/v3",
    "/version",
  ].sort();
}
