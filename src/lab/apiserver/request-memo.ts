import { Pending } from "../../base/pending.ts";
import type { Engine } from "../../time/engine.ts";

/**
 * What one request remembers while it waits for an answer from outside. The server's core cannot wait: a request that needs
 * an answer is dropped before it has changed anything, and run again from the start once the answer has come. What was made
 * up on the way, names and moments, is the same each time; answers are found by the whole of what was asked, so that a
 * question that another writer has changed in between is asked anew.
 */
export class RequestMemo {
  // Most requests need neither.
  #made: Map<string, unknown> | undefined;
  #answers: Map<string, unknown> | undefined;

  /** What `make` gave the first time that the request came by here. */
  once<T>(label: string, make: () => T): T {
    this.#made ??= new Map();
    if (!this.#made.has(label)) this.#made.set(label, make());
    return this.#made.get(label) as T;
  }

  /** When the request was made: at its first attempt. */
  moment(engine: Engine): number {
    return this.once("moment", () => engine.now());
  }

  /** The answer to a question asked before. */
  answer<T>(question: string): T | undefined {
    return this.#answers?.get(question) as T | undefined;
  }

  /** Asks, and remembers what is answered. `ask` gives failures as answers. */
  async learn<T>(question: string, ask: () => Promise<T>): Promise<void> {
    const answer = await ask();
    this.#answers ??= new Map();
    this.#answers.set(question, answer);
  }
}

/** Whoever makes a request, as far as it is remembered what has been answered to it. */
interface Remembering {
  readonly memo?: RequestMemo;
}

/** A question to somebody outside. */
export interface Question<T> {
  /** Whom, for people: 'webhook "x"'. */
  readonly of: string;
  /** Everything that is asked, but for what differs each time, such as the number of a review. */
  readonly text: string;
  readonly ask: () => Promise<T>;
}

/** The answers to questions that are asked at once. @throws {Pending} until all of them are there */
export function answersTo<T>({ memo }: Remembering, questions: readonly Question<T>[]): readonly T[] {
  const answers = questions.map(({ text }) => memo?.answer<T>(text));
  const open = questions.filter((_, i) => answers[i] === undefined);
  if (open.length === 0) return answers as readonly T[];
  const asked = open.map(({ text, ask }) => memo?.learn(text, ask));
  throw new Pending(open.map(({ of }) => of).join(", "), Promise.all(asked));
}

/** What is made up for a request: the same each time that it is run. */
export function madeFor<T>({ memo }: Remembering, label: string, make: () => T): T {
  return memo === undefined ? make() : memo.once(label, make);
}

/** When a request was made. */
export function momentOf({ memo }: Remembering, engine: Engine): number {
  return memo === undefined ? engine.now() : memo.moment(engine);
}
