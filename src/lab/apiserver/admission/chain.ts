/**
 * Admission: the policies between a decoded request and the store. One file per plugin, named as kube-apiserver's; the
 * registry in `plugins.ts` has them in kube-apiserver's order. First every plugin may change the object, then the registry
 * prepares and validates it, then every plugin may refuse it. Plugins read the cluster through an `Api`; none of them
 * remembers anything.
 */
import { type Kind, resourceName } from "../../../kube/kind.ts";
import type { Engine } from "../../../time/engine.ts";
import type { Api } from "../api.ts";
import type { LooseObject } from "../loose.ts";
import type { WriteRequest } from "../write-request.ts";

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

/** Those outside who have a say in writes. */
export interface OutsideAdmission {
  /** Whether there is anybody: all that they cost a write when there is not. */
  readonly active: boolean;
  /** The object as they would have it; `again` is what the plugins make of it once somebody changed it. */
  mutate(
    request: AdmissionRequest,
    object: LooseObject,
    again: (object: LooseObject) => LooseObject,
  ): LooseObject;
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
  /** Gives the object back, changed where the plugin has something to say. Not called for DELETE. */
  mutate?(request: AdmissionRequest, object: LooseObject): LooseObject;
  validate?(request: AdmissionRequest): void;
}

interface Stages {
  readonly mutating: readonly Required<Pick<AdmissionPlugin, "mutate">>[];
  readonly validating: readonly Required<Pick<AdmissionPlugin, "validate">>[];
}

/** The plugins in the order in which kube-apiserver runs them; those outside change objects after all of them. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #outside: OutsideAdmission;
  readonly #stages = new Map<Kind, Stages>();

  constructor(plugins: readonly AdmissionPlugin[], outside: OutsideAdmission) {
    this.#plugins = plugins;
    this.#outside = outside;
  }

  /** The object as the plugins would have it. @throws {StatusError} when one refuses it */
  mutate(request: WriteRequest, operation: Operation & { readonly object: LooseObject }): LooseObject {
    const { mutating } = this.#stagesOf(request.kind);
    const active = this.#outside.active && request.caller.memo !== undefined;
    if (mutating.length === 0 && !active) return operation.object;
    const whole = admissionRequest(request, operation);
    const run = (given: LooseObject) => {
      let object = given;
      for (const plugin of mutating) object = plugin.mutate(whole, object);
      return object;
    };
    const object = run(operation.object);
    return active ? this.#outside.mutate(whole, object, run) : object;
  }

  /** @throws {StatusError} when a plugin refuses the object */
  validate(request: WriteRequest, operation: Operation): void {
    const { validating } = this.#stagesOf(request.kind);
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
