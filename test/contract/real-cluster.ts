/** The real API server that the contract is held to: one that is started for the run, or one that a kubeconfig leads to. */
import type { ClusterAccess } from "../../src/client/http/cluster-access.ts";
import { loadKubeconfig } from "../../src/client/http/kubeconfig.ts";
import { startControlPlane } from "../cluster/control-plane.ts";
import { ProgramMissing, programs } from "../programs/build.ts";

export interface RealCluster {
  readonly access: ClusterAccess;
  close(): Promise<void>;
}

/** `HOLDFAST_CONTRACT_KUBECONFIG` names a cluster; without it etcd and kube-apiserver are started on the loopback. */
export async function openRealCluster(): Promise<RealCluster> {
  const path = process.env.HOLDFAST_CONTRACT_KUBECONFIG;
  if (path !== undefined) return { access: loadKubeconfig({ path }), close: async () => {} };
  return await startRealCluster();
}

/** Started with what mutating admission policies take; always one of the run's own. */
export async function openOptionalCluster(): Promise<RealCluster> {
  return await startRealCluster([
    "--feature-gates=MutatingAdmissionPolicy=true",
    "--runtime-config=admissionregistration.k8s.io/v1beta1=true",
  ]);
}

async function startRealCluster(apiServer: readonly string[] = []): Promise<RealCluster> {
  const { kubeconfig, close } = await startControlPlane({ apiServer });
  return { access: loadKubeconfig({ path: kubeconfig }), close };
}

/** Why there can be no real one here, if that is so; builds its programs on the way. A skip is a failure in CI. */
export async function whyNoRealCluster(): Promise<string | undefined> {
  if (process.env.HOLDFAST_CONTRACT_KUBECONFIG !== undefined) return undefined;
  try {
    await programs("etcd", "kube-apiserver");
    return undefined;
  } catch (error) {
    if (error instanceof ProgramMissing) return error.message;
    throw error;
  }
}
