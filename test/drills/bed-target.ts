/** A bed as the target of a drill: the same runner as on the lab, on real machines' stand-ins and in real time. */
import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpClient } from "../../src/client/http/http-client.ts";
import type { DrillTarget, ProbeAnswer, ProbeRequest } from "../../src/drill/target.ts";
import { wallNow } from "../../src/time/wall-clock.ts";
import { failNode, healNode, type NodeFailure } from "../cluster/bed.ts";
import { type Bed, memberOf } from "../cluster/state.ts";

const FAILURES: readonly string[] = ["power-off", "partition", "kubelet-stop", "kubelet-hang"];

/** Clients are programs of this host, which is outside of the cluster; every request has a connection of its own. */
export function bedTarget(bed: Bed, client: HttpClient): DrillTarget {
  return {
    clock: { now: wallNow },
    sleep: async (durationMs) => {
      await sleep(durationMs);
    },
    client,
    send: (request) => ask(memberOf(bed, request.node).ip, request),
    async failNode(node, how) {
      if (!FAILURES.includes(how)) throw new Error(`A bed's node cannot fail by ${how}`);
      await failNode(bed, node, how as NodeFailure);
    },
    healNode: (node) => healNode(bed, node),
    storedRows: async () => undefined,
  };
}

/** What the codes of a failed connection are called in a drill. */
const FAILURE_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  // How a host says that nobody at that address answers.
  EHOSTUNREACH: "timeout",
};

function ask(host: string, { nodePort, timeoutMs }: ProbeRequest): Promise<ProbeAnswer> {
  const sentMs = wallNow();
  return new Promise((resolve) => {
    const answered = (answer: Omit<ProbeAnswer, "latencyMs">) => {
      clearTimeout(deadline);
      resolve({ ...answer, latencyMs: wallNow() - sentMs });
    };
    const request = get({ host, port: nodePort, path: "/", agent: false }, (response) => {
      response.resume();
      response.on("end", () => answered(response.statusCode === 200 ? { ok: true } : SERVER_ERROR));
      response.on("error", () => answered({ ok: false, failure: "reset" }));
    });
    // Of the whole request: a connection that is never made counts as much as an answer that never comes.
    const deadline = setTimeout(() => {
      answered({ ok: false, failure: "timeout" });
      request.destroy();
    }, timeoutMs);
    request.on("error", (error: NodeJS.ErrnoException) =>
      answered({ ok: false, failure: FAILURE_WORDS[error.code ?? ""] ?? "reset", why: error.message }),
    );
  });
}

const SERVER_ERROR = { ok: false, failure: "server-error" } as const;
