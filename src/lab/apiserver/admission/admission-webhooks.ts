import { Pending } from "../../../base/pending.ts";
import type { Kind } from "../../../kube/kind.ts";
import type { LooseObject } from "../loose.ts";
import type { WriteRequest } from "../write-request.ts";
import type { AdmissionPlugin, AdmissionRequest, ReinvokingPlugin } from "./chain.ts";
import { Reinvocation } from "./reinvocation.ts";
import { configurationKind, type HookType } from "./webhooks/configuration-kinds.ts";
import type { WebhookContext } from "./webhooks/webhook-context.ts";
import type * as Loaded from "./webhooks/webhooks.ts";

/**
 * MutatingAdmissionWebhook and ValidatingAdmissionWebhook: programs outside that are asked before anything is stored. As
 * long as no configuration is stored nothing of this is loaded, and a write asks no more than whether there is any.
 */
export class AdmissionWebhooks implements ReinvokingPlugin {
  readonly #context: WebhookContext;
  readonly #configured = new Map<HookType, Set<string>>();
  #dispatcher: Loaded.WebhookDispatcher | undefined;
  #loading: Promise<void> | undefined;

  constructor(context: WebhookContext) {
    this.#context = context;
    for (const type of ["mutating", "validating"] as const) this.#follow(type, configurationKind(type));
    context.kinds.onChange(() => this.#dispatcher?.forget());
  }

  /** Whoever cannot wait has nobody asked. */
  concerns({ caller }: Pick<WriteRequest, "caller">): boolean {
    return this.#isActive && caller.memo !== undefined;
  }

  mutate(request: AdmissionRequest, object: LooseObject, reinvocation: Reinvocation): LooseObject {
    return this.#loaded().mutate({ ...request, object }, reinvocation) ?? object;
  }

  /** Asks validating webhooks; about a deletion also the mutating ones, which can only refuse it. */
  validatingPlugin(): AdmissionPlugin {
    return {
      name: "ValidatingAdmissionWebhook",
      handlesConnect: true,
      validate: (request) => {
        if (!this.concerns(request)) return;
        const dispatcher = this.#loaded();
        if (request.operation === "DELETE") dispatcher.mutate(request, new Reinvocation());
        dispatcher.validate(request);
      },
    };
  }

  get #isActive(): boolean {
    return this.#configured.size > 0 && this.#context.outside.call !== undefined;
  }

  #follow(type: HookType, kind: Kind): void {
    if (this.#context.kinds.served(kind) === undefined) return;
    this.#context.api.onChange(kind, ({ type: change, object }) => {
      this.#dispatcher?.forget();
      const names = this.#configured.get(type) ?? new Set();
      if (change === "DELETED") names.delete(object.metadata.name);
      else names.add(object.metadata.name);
      if (names.size === 0) this.#configured.delete(type);
      else this.#configured.set(type, names);
      // So that the first write to be asked about need not wait for it.
      if (this.#isActive) void this.#context.engine.hold(this.#load());
    });
  }

  /** @throws {Pending} the first time */
  #loaded(): Loaded.WebhookDispatcher {
    if (this.#dispatcher !== undefined) return this.#dispatcher;
    throw new Pending("what asks webhooks", this.#load());
  }

  #load(): Promise<void> {
    this.#loading ??= import("./webhooks/webhooks.ts").then(({ WebhookDispatcher }) => {
      this.#dispatcher = new WebhookDispatcher(this.#context);
    });
    return this.#loading;
  }
}
