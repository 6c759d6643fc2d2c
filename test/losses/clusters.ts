/** What both sorts of real clusters have in common: manifests go in, they come to rest, and what would happen to them is proved. */
import { type ExecFileException, execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import type { HttpClient } from "../../src/client/http/http-client.ts";
import { findKind, namespaces, pods, serviceAccounts } from "../../src/kube/kinds.ts";
import type { LossResult, ProveResult } from "../../src/prove/result.ts";
import { waitFor } from "../cluster/processes.ts";
import type { Difference } from "./compare.ts";
import { serves } from "./ready.ts";
import { type Manifest, NAMESPACE } from "./workloads.ts";

const HOLDFAST = ["--import", "tsx", resolve(import.meta.dirname, "../../src/cli/main.ts")];
const QUIET_MS = 5_000;
const OUTPUT_BYTES_MAX = 1 << 28;

/** One loss: what was proved of it, and where that is not what happened. */
export interface Run {
  /** What was lost, as `prove` names it: "node/node-1". */
  readonly loss: string;
  readonly verdict: string;
  readonly workloads: number;
  readonly differences: readonly Difference[];
}

/** Puts them into the namespace of losses, which is made first. */
export async function create(client: HttpClient, manifests: readonly Manifest[]): Promise<void> {
  await client.create(namespaces, undefined, { metadata: { name: NAMESPACE } });
  await waitFor("The namespace's account", 60, () => hasAccount(client));
  for (const manifest of manifests) {
    const kind = findKind(manifest.apiVersion, manifest.kind);
    if (kind === undefined) throw new Error(`no kind ${manifest.kind}`);
    await client.create(kind, kind.namespaced ? NAMESPACE : undefined, manifest);
  }
}

/** Before it is there no pod is let in. */
async function hasAccount(client: HttpClient): Promise<boolean> {
  return (await client.list(serviceAccounts, { namespace: NAMESPACE })).items.length > 0;
}

/** Until nothing has moved for five seconds. */
export async function settled(client: HttpClient): Promise<void> {
  let last = "";
  let since = performance.now();
  await waitFor("Quiet", 240, async () => {
    const { items } = await client.list(pods, { namespace: NAMESPACE });
    const text = JSON.stringify(
      items.map((pod) => [pod.metadata.uid, pod.spec.nodeName, pod.status.phase, serves(pod)]),
    );
    if (text !== last) since = performance.now();
    last = text;
    return performance.now() - since > QUIET_MS;
  });
}

/** What each loss of these kinds would do to what is there. @param profile the path of a file with start times and the like */
export async function prove(
  kubeconfig: string,
  kinds: string,
  profile?: string,
): Promise<readonly LossResult[]> {
  const about = ["--losses", kinds, "-n", NAMESPACE, "--all", "-o", "json"];
  if (profile !== undefined) about.push("--profile", profile);
  const command = [...HOLDFAST, "prove", "--kubeconfig", kubeconfig, ...about];
  // Others are being watched meanwhile.
  const text = await promisify(execFile)(process.execPath, command, { maxBuffer: OUTPUT_BYTES_MAX }).then(
    ({ stdout }) => stdout,
    // 1: it found something, as it should.
    (error: ExecFileException) => {
      if (error.code === 1 && error.stdout) return error.stdout;
      throw error;
    },
  );
  return (JSON.parse(text) as ProveResult).losses;
}
