/** Starts the lab of `lab.ts` and speaks to it. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:https";
import { fileURLToPath } from "node:url";
import type { LabMessage } from "./lab.ts";

export interface Reply {
  readonly code: number;
  readonly body: string;
}

/** A lab in another process, which tells what its own tests cannot see: bugs and memory. */
export interface WatchedLab {
  readonly url: string;
  readonly token: string;
  /** What it told of bugs, each with its stack. */
  readonly bugs: readonly string[];
  /** Whether the process still runs. */
  readonly alive: boolean;
  /** One request over a connection that others share; a connection that breaks is code 0. */
  send(call: {
    readonly method: string;
    readonly target: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Buffer;
  }): Promise<Reply>;
  /** The most that it ever had in memory at once, in bytes. */
  peakBytes(): Promise<number>;
  close(): Promise<void>;
}

/** How long an answer may take. The longest are watches of a second. */
const ANSWER_MS_MAX = 20_000;

export async function startWatchedLab(): Promise<WatchedLab> {
  const child = fork(fileURLToPath(new URL("./lab.ts", import.meta.url)), [], {
    execArgv: ["--import", "tsx"],
  });
  const bugs: string[] = [];
  child.on("message", (message: LabMessage) => {
    if (message.kind === "bug") bugs.push(message.stack);
  });
  const { kubeconfig } = await messageOf(child, "ready");
  const url = /server: (\S+)/.exec(kubeconfig)?.[1] ?? "";
  const token = /token: (\S+)/.exec(kubeconfig)?.[1] ?? "";
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false, maxSockets: 8 });
  return {
    url,
    token,
    bugs,
    get alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    send: ({ method, target, headers = {}, body = Buffer.alloc(0) }) =>
      new Promise((resolve) => {
        const given = { authorization: `Bearer ${token}`, "content-length": String(body.length), ...headers };
        const { hostname, port } = new URL(url);
        const outgoing = request({ agent, hostname, port, method, path: target, headers: given });
        outgoing.setTimeout(ANSWER_MS_MAX, () => outgoing.destroy(new Error("no answer in time")));
        outgoing.on("error", (error) => resolve({ code: 0, body: error.message }));
        outgoing.on("response", (message) => {
          const parts: Buffer[] = [];
          message.on("data", (part: Buffer) => parts.push(part));
          message.on("error", (error) => resolve({ code: 0, body: error.message }));
          message.on("end", () =>
            resolve({ code: message.statusCode ?? 0, body: Buffer.concat(parts).toString("latin1") }),
          );
        });
        outgoing.end(body);
      }),
    async peakBytes() {
      const told = messageOf(child, "memory");
      child.send("memory");
      return (await told).peakBytes;
    },
    async close() {
      agent.destroy();
      if (child.exitCode !== null) return;
      child.disconnect();
      await once(child, "exit");
    },
  };
}

function messageOf<K extends LabMessage["kind"]>(
  child: ChildProcess,
  kind: K,
): Promise<LabMessage & { kind: K }> {
  return new Promise((resolve, reject) => {
    const take = (message: LabMessage) => {
      if (message.kind !== kind) return;
      child.off("message", take);
      resolve(message as LabMessage & { kind: K });
    };
    child.on("message", take);
    child.once("exit", (code) => reject(new Error(`The lab's process ended with ${code}`)));
  });
}
