import { deepEqual } from "../../../base/deep.ts";
import type { LooseObject } from "../loose.ts";

/**
 * Who has yet to see what others did to an object: apiserver's `webhookReinvokeContext` and `policyReinvokeContext`. There are
 * two rounds at most, and in the second only those are asked who asked for it, were asked in the first, and have not seen the
 * object as it is now.
 */
export class Reinvocation {
  /** 0, then 1. */
  round = 0;
  /** Whether anybody changed the object. */
  changed = false;
  #last: LooseObject | undefined;
  readonly #seen = new Set<string>();
  readonly #outdated = new Set<string>();

  /** The second round begins, after the plugins looked at the object again. */
  beginAgain(object: LooseObject): void {
    this.round = 1;
    if (!deepEqual(object, this.#last)) this.#forget();
  }

  /** The first round is over. */
  end(object: LooseObject): void {
    this.#last = object;
  }

  /** One of those who are asked changed the object. */
  onChange(): void {
    this.changed = true;
    this.#forget();
  }

  /** One who wants to be asked again saw the object. */
  saw(id: string): void {
    this.#seen.add(id);
  }

  /** Whether somebody is to be asked in this round. */
  includes(id: string): boolean {
    return this.round === 0 || this.#outdated.has(id);
  }

  #forget(): void {
    for (const id of this.#seen) this.#outdated.add(id);
    this.#seen.clear();
  }
}
