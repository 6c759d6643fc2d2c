import { createHttpClient } from "../client/http/http-client.ts";
import { formatTime } from "../kube/time.ts";
import { wallNow } from "../time/wall-clock.ts";
import { Redaction } from "../view/redaction.ts";
import { servedKinds } from "../view/served-kinds.ts";
import { saveSnapshot } from "../view/snapshot.ts";
import { type KubeconfigFlags, kubeconfigAccess } from "./kubeconfig-access.ts";

export interface SaveFlags extends KubeconfigFlags {
  /** Whether names are replaced. */
  readonly redact?: boolean;
}

/** Saves the kubeconfig's cluster. @throws {InputError} @throws {ConnectionError} */
export async function saveCluster(file: string, flags: SaveFlags): Promise<void> {
  const access = kubeconfigAccess(flags);
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
