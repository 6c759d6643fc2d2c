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

/** One admission plugin. Both parts throw a `StatusError` to refuse. */
export interface AdmissionPlugin {
  readonly name: string;
  /** Gives the object back, changed where the plugin has something to say. Not called for DELETE. */
  mutate?(request: AdmissionRequest, object: LooseObject): LooseObject;
  validate?(request: AdmissionRequest): void;
}

/** The plugins in the order in which kube-apiserver runs them. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins;
  }

  mutate(request: AdmissionRequest): LooseObject {
    let object = request.object as LooseObject;
    for (const plugin of this.#plugins) {
      if (plugin.mutate !== undefined) object = plugin.mutate({ ...request, object }, object);
    }
    return object;
  }

  validate(request: AdmissionRequest): void {
    for (const plugin of this.#plugins) plugin.validate?.(request);
  }
}
