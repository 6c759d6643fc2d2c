/**
 * The lab's own endpoints, below /holdfast.dev/lab: what a second terminal needs to break and mend a running lab.
 * They speak plain JSON, refuse with a Status like everything else here, and go on answering while the API server is down.
 */
import { StatusError } from "../../../kube/status-error.ts";
import { formatTime } from "../../../kube/time.ts";
import type { FailureControl, FailureKind, Machine } from "../../node/world.ts";
import { decodeOptions } from "./decode.ts";
import type { Answer, Exchange } from "./exchange.ts";
import { methodNotAllowed, noSuchResource } from "./refusals.ts";

/** Where the lab's own endpoints are. */
export const LAB_PATH = "/holdfast.dev/lab";

/** Ways to fail that the endpoint takes. */
export const FAILURE_KINDS: readonly FailureKind[] = [
  "power-off",
  "partition",
  "kubelet-stop",
  "kubelet-hang",
  "disk-full",
  "flap",
];

/** What the endpoints look at and act on. */
export interface AdminContext {
  readonly machines: ReadonlyMap<string, Machine>;
  readonly failures: FailureControl;
  readonly nowMs: number;
  /** What the lab answers when asked what it is. */
  readonly about: Readonly<Record<string, unknown>>;
}

/** The answer for one of the lab's own paths; undefined for every other. */
export function adminAnswer(context: AdminContext, exchange: Exchange): Answer | undefined {
  const { path } = exchange.info;
  if (path !== LAB_PATH && !path.startsWith(`${LAB_PATH}/`)) return undefined;
  const action = path.slice(LAB_PATH.length + 1);
  if (action === "") {
    if (exchange.method !== "GET") throw methodNotAllowed();
    return stateAnswer(context);
  }
  if (action !== "fail" && action !== "heal") throw noSuchResource();
  if (exchange.method !== "POST") throw methodNotAllowed();
  const request = requestOf(exchange);
  const node = nodeOf(context, request);
  if (action === "fail") context.failures.fail(node, failureOf(request));
  else context.failures.heal(node);
  return stateAnswer(context);
}

function stateAnswer({ machines, nowMs, about }: AdminContext): Answer {
  const state = { ...about, now: formatTime(nowMs), nodes: [...machines.values()] };
  return { type: "json", code: 200, text: `${JSON.stringify(state, null, 2)}\n` };
}

function requestOf(exchange: Exchange): Readonly<Record<string, unknown>> {
  const read = decodeOptions(exchange.body);
  if (!read.ok) throw new StatusError("BadRequest", read.error);
  return (read.value.value ?? {}) as Record<string, unknown>;
}

function nodeOf({ machines }: AdminContext, { node }: Readonly<Record<string, unknown>>): string {
  if (typeof node === "string" && machines.has(node)) return node;
  const known = [...machines.keys()].join(", ");
  throw new StatusError(
    "NotFound",
    `the lab has no node ${JSON.stringify(node ?? "")}; its nodes are ${known}`,
    {
      kind: "nodes",
      ...(typeof node === "string" ? { name: node } : {}),
    },
  );
}

function failureOf({ how }: Readonly<Record<string, unknown>>): FailureKind {
  const found = FAILURE_KINDS.find((kind) => kind === how);
  if (found !== undefined) return found;
  throw new StatusError(
    "BadRequest",
    `a node cannot fail by ${JSON.stringify(how ?? "")}; it can by ${FAILURE_KINDS.join(", ")}`,
  );
}
