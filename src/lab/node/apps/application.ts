import type { RandomStream } from "../../../base/random.ts";
import type { FarEnd } from "../proxy/network.ts";
import { titleOf } from "../proxy/network.ts";
import type { AppAction, Session } from "../traffic.ts";
import type { IoState } from "./data-store.ts";
import { formatNeed, type Need } from "./needs.ts";
import { type Step, unanswered, went, wentWrong } from "./outcome.ts";

/** What the network does for applications. */
export interface Reach {
  /** What the container's profile says that it needs, or what is assumed of it. */
  readonly needsOf: (end: FarEnd) => readonly Need[];
  /** Connects from the container to something that it needs. */
  readonly connect: (from: FarEnd, need: Need) => Step<FarEnd>;
}

/** Time in a program for one request, and for one row of a database. */
const WEB_MS = [1, 6] as const;
const DATABASE_MS = [0.3, 3] as const;

/** What a process answered. */
export interface Answer {
  readonly session?: Session;
}

/**
 * How applications behave: a web server asks what it needs, a database reads and writes its volume, caches and queues only
 * have to be there. One request is worked out as it is at this moment; each opens its own connections.
 */
export class Applications {
  readonly #reach: Reach;
  readonly #random: RandomStream;
  #sessions = 0;

  constructor(reach: Reach, random: RandomStream) {
    this.#reach = reach;
    this.#random = random;
  }

  /** What comes of asking the process at the end of a connection. */
  answer(end: FarEnd, action: AppAction, session: Session | undefined): Step<Answer> {
    const { process } = end.container;
    if (process.plan.profile.role !== "web") return this.#data(end, action);
    const workMs = this.#random.between(...WEB_MS);
    switch (action.kind) {
      case "ping":
        return went({}, workMs);
      case "login":
        return this.#login(end, workMs);
      case "whoami":
        return this.#whoami(end, session, workMs);
      case "read":
      case "write":
        return this.#readOrWrite(end, action, workMs);
    }
  }

  /** Whether everything that a container needs answers now. */
  checkNeeds(end: FarEnd): Step<Answer> {
    return this.#askNeeds(end, { kind: "ping" }, 0);
  }

  #login(end: FarEnd, workMs: number): Step<Answer> {
    const { process } = end.container;
    const id = `session-${++this.#sessions}`;
    const kept = process.plan.profile.sessions;
    const session: Session = { id, kept, by: end.container.id };
    if (kept === "memory") process.sessions.add(id);
    if (kept !== "store") return went({ session }, workMs);
    const stored = this.#inStore(end, { kind: "write", row: sessionRow(id) });
    return stored.ok ? went({ session }, workMs + stored.tookMs) : stored;
  }

  #whoami(end: FarEnd, session: Session | undefined, workMs: number): Step<Answer> {
    const unknown = wentWrong("unauthorized", `${titleOf(end.container)} does not know the login`, workMs);
    if (session === undefined) return unknown;
    switch (session.kept) {
      case "cookie":
        // Signed with a key that every replica has: the cookie itself is the proof.
        return went({}, workMs);
      case "memory":
        return end.container.process.sessions.has(session.id) ? went({}, workMs) : unknown;
      case "store": {
        const store = this.#store(end);
        if (!store.ok) return store;
        const { process } = store.value.container;
        const io = ioStep(process.plan.store.readState(), titleOf(store.value.container));
        if (!io.ok) return io;
        return process.plan.store.rows.has(sessionRow(session.id))
          ? went({}, workMs + store.tookMs)
          : unknown;
      }
    }
  }

  #readOrWrite(end: FarEnd, action: AppAction, workMs: number): Step<Answer> {
    const { store } = end.container.process.plan;
    const state = action.kind === "write" ? store.writeState() : store.readState();
    const own = ioStep(state, titleOf(end.container));
    if (!own.ok) return own;
    return this.#askNeeds(end, action, workMs);
  }

  /** Asks everything that the container needs, one after the other; databases are asked for what was asked of it. */
  #askNeeds(end: FarEnd, action: AppAction, workMs: number): Step<Answer> {
    let tookMs = workMs;
    for (const need of this.#reach.needsOf(end)) {
      const step = this.#askNeed(end, need, action);
      tookMs += step.tookMs;
      if (!step.ok) return { ...asServerError(step), need: formatNeed(need), tookMs };
    }
    return went({}, tookMs);
  }

  #askNeed(end: FarEnd, need: Need, action: AppAction): Step<Answer> {
    const connected = this.#reach.connect(end, need);
    if (!connected.ok) return connected;
    const { role } = connected.value.container.process.plan.profile;
    const asked: AppAction = role === "database" ? action : { kind: "ping" };
    const answer = this.#data(connected.value, asked);
    return { ...answer, tookMs: answer.tookMs + connected.tookMs };
  }

  /** What a database, a cache or a queue does. */
  #data(end: FarEnd, action: AppAction): Step<Answer> {
    const { process } = end.container;
    const { store } = process.plan;
    const title = titleOf(end.container);
    const tookMs = this.#random.between(...DATABASE_MS);
    if (action.kind === "write") {
      const io = ioStep(store.writeState(), title);
      if (!io.ok) return io;
      store.write(action.row);
    } else if (action.kind === "read" || process.plan.profile.role === "database") {
      const io = ioStep(store.readState(), title);
      if (!io.ok) return io;
    }
    return went({}, tookMs);
  }

  #inStore(end: FarEnd, action: AppAction): Step<Answer> {
    const store = this.#store(end);
    if (!store.ok) return store;
    const answer = this.#data(store.value, action);
    return answer.ok ? { ...answer, tookMs: answer.tookMs + store.tookMs } : asServerError(answer);
  }

  /** Where logins are kept: the first cache among the needs, else the first database. */
  #store(end: FarEnd): Step<FarEnd> {
    let failed: Step<FarEnd> | undefined;
    let database: Step<FarEnd> | undefined;
    for (const need of this.#reach.needsOf(end)) {
      const step = this.#reach.connect(end, need);
      if (!step.ok) {
        failed ??= asServerError(step);
        continue;
      }
      const { role } = step.value.container.process.plan.profile;
      if (role === "cache") return step;
      if (role === "database") database ??= step;
    }
    return (
      database ?? failed ?? wentWrong("server-error", `${titleOf(end.container)} has no store for logins`, 1)
    );
  }
}

function sessionRow(id: string): string {
  return `login/${id}`;
}

function ioStep(state: IoState, title: string): Step<undefined> {
  if (state === "ok") return went(undefined, 0);
  if (state === "stalled") return unanswered(`the disk of ${title} does not answer`);
  return wentWrong("server-error", `the disk of ${title} reports errors`, 1);
}

/** A client does not see why a server could not do its work: it gets a 5xx, or waits in vain. */
function asServerError<T>(step: Extract<Step<T>, { ok: false }>): Extract<Step<T>, { ok: false }> {
  return step.failure === "timeout" ? step : { ...step, failure: "server-error" };
}
