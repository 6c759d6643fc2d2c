import type { Engine } from "../../time/engine.ts";
import { RequestMemo } from "./request-memo.ts";

/** How many questions' answers wait for them to come back; those who asked may have changed their minds. */
const QUESTIONS_MAX = 1_000;
/** Moments, numbers of objects and revisions differ from one attempt to the next, though the same is meant. */
const PASSING =
  /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|"resourceVersion":"\d+"/g;
/** A generated name, with the prefix that it was made from. */
const GENERATED = /"name":"[^"]*",("generateName":"[^"]*")/g;

/**
 * The memo of those who cannot wait: the lab's own parts. Their request fails, and when they come back with the same one, it
 * is a new request with moments and numbers of its own. So answers are kept by what their question means, until the
 * request that they are for has been answered.
 */
export class KeptAnswers extends RequestMemo {
  /** Several who mean the same may have asked, each for a request of their own. */
  readonly #answers = new Map<string, unknown[]>();
  readonly #made = new Map<string, unknown>();
  /** What the attempt under way has been given. */
  readonly #used = new Set<string>();
  readonly #taken = new Set<string>();

  /** What was made up stays until a request that took it has been answered: nothing is handed out twice. */
  override once<T>(label: string, make: () => T): T {
    if (!this.#made.has(label)) this.#made.set(label, make());
    this.#taken.add(label);
    return this.#made.get(label) as T;
  }

  override moment(engine: Engine): number {
    return engine.now();
  }

  override answer<T>(question: string): T | undefined {
    if (this.#answers.size === 0) return undefined;
    const meant = meaning(question);
    const [answer] = this.#answers.get(meant) ?? [];
    if (answer !== undefined) this.#used.add(meant);
    return answer as T | undefined;
  }

  override async learn<T>(question: string, ask: () => Promise<T>): Promise<void> {
    const meant = meaning(question);
    const answer = await ask();
    this.#answers.set(meant, [...(this.#answers.get(meant) ?? []), answer]);
    const oldest = this.#answers.keys().next().value;
    if (this.#answers.size > QUESTIONS_MAX && oldest !== undefined) this.#answers.delete(oldest);
  }

  /** The request lacks an answer, and will come back. */
  suspend(): void {
    this.#taken.clear();
    this.#used.clear();
  }

  /** The request has been answered: what was learnt for it is good for no other. */
  settle(): void {
    for (const label of this.#taken) this.#made.delete(label);
    this.#taken.clear();
    for (const question of this.#used) {
      const [, ...rest] = this.#answers.get(question) ?? [];
      if (rest.length === 0) this.#answers.delete(question);
      else this.#answers.set(question, rest);
    }
    this.#used.clear();
  }
}

function meaning(question: string): string {
  return question.replace(GENERATED, "$1").replace(PASSING, "");
}
