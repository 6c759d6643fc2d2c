/**
 * Asking admission webhooks. A request passes: rules (`candidates.ts`, an index) → selectors (`selects.ts`) → the review
 * in the version asked for (`../shown.ts`, `review.ts`) → the call (`invoke.ts`, through the request's memo) → what the answer
 * means (`verdict.ts`). `mutating.ts` and `validating.ts` say in which order. Loaded with the first configuration.
 */
import type { LooseObject } from "../../loose.ts";
import type { AdmissionRequest } from "../chain.ts";
import type { Reinvocation } from "../reinvocation.ts";
import { CandidateIndex } from "./candidates.ts";
import type { HookType } from "./configuration-kinds.ts";
import { hooksOf } from "./hooks.ts";
import { askMutating } from "./mutating.ts";
import { askValidating } from "./validating.ts";
import type { WebhookContext } from "./webhook-context.ts";

/** Asks the webhooks that are configured now. */
export class WebhookDispatcher {
  readonly #context: WebhookContext;
  readonly #indexes = new Map<HookType, CandidateIndex>();

  constructor(context: WebhookContext) {
    this.#context = context;
  }

  /** Configurations or kinds have changed. */
  forget(): void {
    this.#indexes.clear();
  }

  mutate(request: AdmissionRequest, reinvocation: Reinvocation): LooseObject | undefined {
    return askMutating(this.#context, this.#index("mutating"), request, reinvocation);
  }

  validate(request: AdmissionRequest): void {
    askValidating(this.#context, this.#index("validating"), request);
  }

  #index(type: HookType): CandidateIndex {
    let index = this.#indexes.get(type);
    if (index === undefined) {
      index = new CandidateIndex(hooksOf(this.#context.api, type), this.#context.kinds);
      this.#indexes.set(type, index);
    }
    return index;
  }
}
