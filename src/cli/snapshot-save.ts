import { createHttpClient } from "../client/http/http-client.ts";
import { type ClusterAccess, KubeconfigError, loadKubeconfig } from "../client/http/kubeconfig.ts";
import { formatTime } from "../kube/time.ts";
import { wallNow } from "../time/wall-clock.ts";
import { InputError } from "../view/input-error.ts";
import { Redaction } from "../view/redaction.ts";
import { servedKinds } from "../view/served-kinds.ts";
import { saveSnapshot } from "../view/snapshot.ts";

export interface SaveFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Whether names are replaced. */
  readonly redact?: boolean;
}

/** Saves the kubeconfig's cluster. @throws {InputError} @throws {ConnectionError} */
export async function saveCluster(file: string, flags: SaveFlags): Promise<void> {
  const access = accessOf(flags);
  const client = createHttpClient(access, { agent: "holdfast-snapshot" });
  try {
    const { gitVersion } = (await client.fetch({ method: "GET", path: "/version" })) as {
      gitVersion: string;
    };
    const saved = await saveSnapshot(file, client, {
      takenAt: formatTime(wallNow()),
      kubernetesVersion: gitVersion,
      source: access.server,
      kinds: await servedKinds(client),
      ...(flags.redact && { redaction: new Redaction() }),
    });
    for (const { resource, why } of saved.omitted)
      process.stderr.write(`holdfast: ${resource} left out: ${why}\n`);
    process.stdout.write(`${saved.objects} objects of ${saved.kinds} kinds saved in ${file}\n`);
  } finally {
    client.close();
  }
}

function accessOf({ kubeconfig: path, context }: SaveFlags): ClusterAccess {
  try {
    return loadKubeconfig({ path, context });
  } catch (error) {
    if (error instanceof KubeconfigError)
      throw new InputError({ file: path ?? "kubeconfig" }, error.message, { cause: error });
    throw error;
  }
}
