import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ClusterAccess } from "./cluster-access.ts";

/** Where a kubelet puts what a pod's service account signs in with. */
export const ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The way from a pod into its own cluster; none where no kubelet has prepared one.
 * @param env as the process has it: a kubelet names the API server in it
 * @see https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
export function inClusterAccess(
  env: Readonly<Record<string, string | undefined>>,
  folder = ACCOUNT_FOLDER,
): ClusterAccess | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port) return undefined;
  const certificateAuthority = read(join(folder, "ca.crt"));
  const tokenFile = join(folder, "token");
  if (certificateAuthority === undefined || read(tokenFile) === undefined) return undefined;
  return {
    server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    certificateAuthority,
    skipTlsVerify: false,
    namespace: read(join(folder, "namespace"))?.trim() || "default",
    context: "in-cluster",
    user: { tokenFile, impersonation: {} },
  };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
