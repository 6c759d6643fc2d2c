import type { Kind } from "../../../../kube/kind.ts";
import type { KindRegistry } from "../../kind-registry.ts";
import type { AdmissionRequest, OperationName } from "../chain.ts";
import { isExempt, ruleSelects } from "../rules.ts";
import type { Hook } from "./hooks.ts";

/** A webhook whose rules select a request, and the version of the resource that it is to be shown it in. */
export interface Candidate {
  readonly hook: Hook;
  readonly kind: Kind;
}

/**
 * Webhooks by what they are asked about. Rules look at nothing but the operation and the resource, so what they select is
 * worked out once for each pair; a write looks at those webhooks only that want to hear of its like.
 */
export class CandidateIndex {
  readonly #hooks: readonly Hook[];
  readonly #kinds: KindRegistry;
  readonly #found = new Map<Kind, Map<string, readonly Candidate[]>>();

  constructor(hooks: readonly Hook[], kinds: KindRegistry) {
    this.#hooks = hooks;
    this.#kinds = kinds;
  }

  of({ kind, operation, subresource = "" }: AdmissionRequest): readonly Candidate[] {
    let byOperation = this.#found.get(kind);
    if (byOperation === undefined) {
      byOperation = new Map();
      this.#found.set(kind, byOperation);
    }
    const key = `${operation} ${subresource}`;
    let found = byOperation.get(key);
    if (found === undefined) {
      found = this.#select(kind, operation, subresource);
      byOperation.set(key, found);
    }
    return found;
  }

  #select(kind: Kind, operation: OperationName, subresource: string): readonly Candidate[] {
    if (isExempt(kind)) return [];
    const selects = (hook: Hook, as: Kind) =>
      hook.rules.some((rule) => ruleSelects(rule, as, operation, subresource));
    return this.#hooks.flatMap((hook) => {
      if (selects(hook, kind)) return [{ hook, kind }];
      if (!hook.takesEquivalents) return [];
      const other = this.#equivalents(kind).find((each) => selects(hook, each));
      return other === undefined ? [] : [{ hook, kind: other }];
    });
  }

  /** Other versions of the same resource. */
  #equivalents(kind: Kind): readonly Kind[] {
    const storage = this.#kinds.storageOf(kind);
    return this.#kinds.all().filter((each) => each !== kind && this.#kinds.storageOf(each) === storage);
  }
}
