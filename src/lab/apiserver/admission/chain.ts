/**
 * Admission: the policies between a decoded request and the store. One file per plugin, named as kube-apiserver's; the
 * registry in `plugins.ts` has them in kube-apiserver's order. First every plugin may change the object, then the registry
 * prepares and validates it, then every plugin may refuse it. Plugins read the cluster through an `Api`; none of them
 * remembers anything.
 */
import { resourceName } from "../../../kube/kind.ts";
import type { Engine } from "../../../time/engine.ts";
import type { Api } from "../api.ts";
import type { LooseObject } from "../loose.ts";
import type { WriteRequest } from "../registry/context.ts";

/** One write as admission plugins see it. */
export interface AdmissionRequest extends WriteRequest {
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  /** Absent for DELETE. */
  readonly object: LooseObject | undefined;
  /** Absent for CREATE. */
  readonly old: LooseObject | undefined;
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

/** The plugins in the order in which kube-apiserver runs them. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #stages = new Map<string, Stages>();

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins;
  }

  mutate(request: AdmissionRequest): LooseObject {
    let object = request.object as LooseObject;
    for (const plugin of this.#stagesOf(request).mutating) object = plugin.mutate(request, object);
    return object;
  }

  validate(request: AdmissionRequest): void {
    for (const plugin of this.#stagesOf(request).validating) plugin.validate(request);
  }

  #stagesOf({ kind }: AdmissionRequest): Stages {
    const resource = resourceName(kind);
    let stages = this.#stages.get(resource);
    if (stages === undefined) {
      const plugins = this.#plugins.filter(({ resources }) => resources?.includes(resource) ?? true);
      stages = {
        mutating: plugins.filter((plugin) => plugin.mutate !== undefined) as Stages["mutating"],
        validating: plugins.filter((plugin) => plugin.validate !== undefined) as Stages["validating"],
      };
      this.#stages.set(resource, stages);
    }
    return stages;
  }
}
