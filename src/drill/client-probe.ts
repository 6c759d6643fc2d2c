import type { DrillTarget, ProbeAction, ProbeAnswer, ProbeSession } from "./target.ts";

export interface ClientProbeOptions {
  readonly target: DrillTarget;
  /** Knocked at in turn. */
  readonly nodes: readonly string[];
  readonly nodePort: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Rows are written too, and remembered once acknowledged. */
  readonly writes: boolean;
  /** A person logs in and comes back. */
  readonly logins: boolean;
}

/** One request as the users' side saw it. */
export interface Sample {
  readonly client: "reader" | "user" | "writer";
  readonly sentMs: number;
  readonly node: string;
  readonly answer: ProbeAnswer;
}

/**
 * The users' side of a drill: a reader that asks for something out of the database, a person who logged in once,
 * and a writer that remembers which rows were acknowledged. Each sends at its own pace, whether or not earlier requests
 * were answered, as independent users do.
 */
export class ClientProbe {
  readonly samples: Sample[] = [];
  /** Rows that the application acknowledged. */
  readonly acknowledged = new Set<string>();
  readonly #options: ClientProbeOptions;
  #session: ProbeSession;
  #running = false;
  readonly #turns = new Map<Sample["client"], number>();
  #row = 0;
  readonly #loops: Promise<void>[] = [];

  constructor(options: ClientProbeOptions) {
    this.#options = options;
  }

  /** Whether a person is logged in, so that losing the login can be seen. */
  get loggedIn(): boolean {
    return this.#session !== undefined;
  }

  /** Logs in, trying for up to a minute, then starts all clients. */
  async start(): Promise<void> {
    const { target, intervalMs, logins } = this.#options;
    const giveUpMs = target.clock.now() + 60_000;
    while (logins && this.#session === undefined && target.clock.now() < giveUpMs) {
      const answer = await this.#ask({ kind: "login" });
      if (answer.ok) this.#session = answer.session;
      else await target.sleep(intervalMs);
    }
    this.#running = true;
    this.#loops.push(this.#loop("reader", intervalMs, () => ({ kind: "read" })));
    if (this.loggedIn) this.#loops.push(this.#loop("user", intervalMs * 4, () => ({ kind: "whoami" })));
    if (this.#options.writes) {
      this.#loops.push(
        this.#loop("writer", intervalMs * 2, () => ({ kind: "write", row: `row-${++this.#row}` })),
      );
    }
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
  }

  async #loop(client: Sample["client"], intervalMs: number, next: () => ProbeAction): Promise<void> {
    const { target } = this.#options;
    while (this.#running) {
      const sentMs = target.clock.now();
      const node = this.#nextNode(client);
      const action = next();
      const noted = (answer: ProbeAnswer) => {
        this.samples.push({ client, sentMs, node, answer });
        if (action.kind === "write" && answer.ok) this.acknowledged.add(action.row);
      };
      const answer = this.#send(node, action);
      // An answer that is still to come is waited for beside the loop: a slow request holds up no other user.
      if (answer instanceof Promise) this.#loops.push(answer.then(noted));
      else noted(answer);
      await target.sleep(intervalMs);
    }
  }

  #ask(action: ProbeAction): ProbeAnswer | Promise<ProbeAnswer> {
    return this.#send(this.#nextNode("user"), action);
  }

  #send(node: string, action: ProbeAction): ProbeAnswer | Promise<ProbeAnswer> {
    const { target, nodePort, timeoutMs } = this.#options;
    const session = action.kind === "whoami" && this.loggedIn ? { session: this.#session } : {};
    return target.send({ node, nodePort, action, timeoutMs, ...session });
  }

  /** Each client goes its own round: in a common one, some paces would keep a client from ever meeting some node. */
  #nextNode(client: Sample["client"]): string {
    const { nodes } = this.#options;
    const turn = this.#turns.get(client) ?? 0;
    this.#turns.set(client, turn + 1);
    return nodes[turn % nodes.length] as string;
  }
}
