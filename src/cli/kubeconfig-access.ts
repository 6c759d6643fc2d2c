import type { ClusterAccess } from "../client/http/cluster-access.ts";
import { KubeconfigError, loadKubeconfig } from "../client/http/kubeconfig.ts";
import { InputError } from "../view/input-error.ts";

/** How a verb says which kubeconfig, and what in it, it means. */
export interface KubeconfigFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** The cluster that the flags lead to. @throws {InputError} when the kubeconfig cannot be used */
export function kubeconfigAccess({ kubeconfig: path, context }: KubeconfigFlags): ClusterAccess {
  try {
    return loadKubeconfig({ path, context });
  } catch (error) {
    if (error instanceof KubeconfigError)
      throw new InputError({ file: path ?? "kubeconfig" }, error.message, { cause: error });
    throw error;
  }
}
