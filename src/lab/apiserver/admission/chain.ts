/**
 * Admission: the policies between a decoded request and the store. One file per plugin, named as kube-apiserver's; the
 * registry in `plugins.ts` has them in kube-apiserver's order. First every plugin may change the object, then the registry
 * prepares and validates it, then every plugin may refuse it. Plugins read the cluster through an `Api`; none of them
 * remembers anything. Mutating policies and webhooks come last of those that change objects, and when any of them did, all
 * plugins look at the object once more.
 */
import { type Kind, resourceName } from "../../../kube/kind.ts";
import type { Engine } from "../../../time/engine.ts";
import type { Api } from "../api.ts";
import type { LooseObject } from "../loose.ts";
import type { WriteRequest } from "../write-request.ts";
import { Reinvocation } from "./reinvocation.ts";

export type OperationName = "CREATE" | "UPDATE" | "DELETE" | "CONNECT";

/** What is done to an object. */
export interface Operation {
  readonly operation: OperationName;
  /** Absent for DELETE. */
  readonly object: LooseObject | undefined;
  /** Absent for CREATE. */
  readonly old: LooseObject | undefined;
}

/** One write as admission plugins see it. */
export interface AdmissionRequest extends WriteRequest, Operation {}

/** A plugin that changes objects by what users configure, and asks some of those it asked again (`reinvocation.ts`). */
export interface ReinvokingPlugin {
  /** Whether it has anybody to ask: all that it costs a write when it has not. */
  concerns(request: WriteRequest): boolean;
  /** The object as those it asks would have it. Round 1 comes when round 0 of any such plugin changed it. */
  mutate(request: AdmissionRequest, object: LooseObject, reinvocation: Reinvocation): LooseObject;
}

/** What plugins may ask about the cluster. */
export interface AdmissionContext {
  readonly engine: Engine;
  /** In the server's own name. */
  readonly api: Api;
}

/** One admission plugin. Both parts throw a `StatusError` to refuse. */
export interface AdmissionPlugin {
  readonly name: string;
  /** The resources it looks at, as "pods" or "deployments.apps"; all when absent. */
  readonly resources?: readonly string[];
  /** Whether it is asked about requests that store nothing, too. */
  readonly handlesConnect?: boolean;
  /** Gives the object back, changed where the plugin has something to say. Not called for DELETE. */
  mutate?(request: AdmissionRequest, object: LooseObject): LooseObject;
  validate?(request: AdmissionRequest): void;
}

interface Stages {
  readonly mutating: readonly Required<Pick<AdmissionPlugin, "mutate">>[];
  readonly validating: readonly (Required<Pick<AdmissionPlugin, "validate">> &
    Pick<AdmissionPlugin, "handlesConnect">)[];
}

/** The plugins in the order in which kube-apiserver runs them; reinvoking ones change objects after all others. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #reinvoking: readonly ReinvokingPlugin[];
  readonly #stages = new Map<Kind, Stages>();

  constructor(plugins: readonly AdmissionPlugin[], reinvoking: readonly ReinvokingPlugin[]) {
    this.#plugins = plugins;
    this.#reinvoking = reinvoking;
  }

  /** The object as the plugins would have it. @throws {StatusError} when one refuses it */
  mutate(request: WriteRequest, operation: Operation & { readonly object: LooseObject }): LooseObject {
    return this.#mutate(request, operation, this.#stagesOf(request.kind).mutating);
  }

  /** @throws {StatusError} when a plugin refuses the object */
  validate(request: WriteRequest, operation: Operation): void {
    this.#validate(request, operation, this.#stagesOf(request.kind).validating);
  }

  /** A request that stores nothing, but reaches into a pod: `options` says how. @throws {StatusError} when one refuses it */
  connect(request: WriteRequest, options: LooseObject): void {
    const asked = this.#stagesOf(request.kind).validating.filter(({ handlesConnect }) => handlesConnect);
    const operation = { operation: "CONNECT", old: undefined } as const;
    const object = this.#mutate(request, { ...operation, object: options }, []);
    this.#validate(request, { ...operation, object }, asked);
  }

  #mutate(
    request: WriteRequest,
    operation: Operation & { readonly object: LooseObject },
    mutating: Stages["mutating"],
  ): LooseObject {
    const concerned = this.#reinvoking.filter((plugin) => plugin.concerns(request));
    if (mutating.length === 0 && concerned.length === 0) return operation.object;
    const whole = admissionRequest(request, operation);
    const asked = concerned.map((plugin) => ({ plugin, reinvocation: new Reinvocation() }));
    let { object } = operation;
    for (const plugin of mutating) object = plugin.mutate(whole, object);
    for (const { plugin, reinvocation } of asked) {
      object = plugin.mutate(whole, object, reinvocation);
      reinvocation.end(object);
    }
    if (!asked.some(({ reinvocation }) => reinvocation.changed)) return object;
    for (const plugin of mutating) object = plugin.mutate(whole, object);
    for (const { plugin, reinvocation } of asked) {
      reinvocation.beginAgain(object);
      object = plugin.mutate(whole, object, reinvocation);
    }
    return object;
  }

  #validate(request: WriteRequest, operation: Operation, validating: Stages["validating"]): void {
    if (validating.length === 0) return;
    const whole = admissionRequest(request, operation);
    for (const plugin of validating) plugin.validate(whole);
  }

  #stagesOf(kind: Kind): Stages {
    let stages = this.#stages.get(kind);
    if (stages === undefined) {
      const resource = resourceName(kind);
      const plugins = this.#plugins.filter(({ resources }) => resources?.includes(resource) ?? true);
      stages = {
        mutating: plugins.filter((plugin) => plugin.mutate !== undefined) as Stages["mutating"],
        validating: plugins.filter((plugin) => plugin.validate !== undefined) as Stages["validating"],
      };
      this.#stages.set(kind, stages);
    }
    return stages;
  }
}

/** Field by field: this runs twice for every write, and a spread would take longer than the plugins. */
function admissionRequest(request: WriteRequest, { operation, object, old }: Operation): AdmissionRequest {
  const { caller, kind, collection, strategy, namespace, name, subresource } = request;
  const { dryRun, parameters, face, ofCollection } = request;
  return {
    caller,
    kind,
    collection,
    strategy,
    namespace,
    name,
    subresource,
    dryRun,
    parameters,
    face,
    ofCollection,
    operation,
    object,
    old,
  };
}
