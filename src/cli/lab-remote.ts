import { resolve } from "node:path";
import type { Command } from "commander";
import { ConnectionError } from "../client/client.ts";
import type { ClusterAccess } from "../client/http/cluster-access.ts";
import { createHttpClient, type HttpClient } from "../client/http/http-client.ts";
import { StatusError } from "../kube/status-error.ts";
import { servedKinds } from "../view/served-kinds.ts";
import { saveSnapshot } from "../view/snapshot.ts";
import { kubeconfigAccess } from "./kubeconfig-access.ts";
import { runningLabs, runtimeFolder } from "./lab-runtime.ts";

/** How a verb says which lab it means. */
export interface LabFlags {
  readonly kubeconfig?: string;
  readonly lab?: string;
}

/** What a lab says of itself. */
interface LabState {
  readonly now: string;
  readonly kubernetesVersion: string;
  readonly nodes: readonly { readonly name: string }[];
}

const LAB_PATH = "/holdfast.dev/lab";

/** Makes a node fail. */
export async function failNode(
  node: string,
  flags: LabFlags & { readonly how: string },
  command: Command,
): Promise<void> {
  await withLab(flags, async (lab, access) => {
    await stateOf(lab, access);
    await act(lab, "fail", { node, how: flags.how }, command);
    process.stdout.write(`Node ${node} fails: ${flags.how}. Undo it with: holdfast lab heal ${node}\n`);
  });
}

/** Undoes what was done to a node. */
export async function healNode(node: string, flags: LabFlags, command: Command): Promise<void> {
  await withLab(flags, async (lab, access) => {
    await stateOf(lab, access);
    await act(lab, "heal", { node }, command);
    process.stdout.write(`Node ${node} is healed.\n`);
  });
}

/** Saves the lab as a snapshot. */
export async function saveLab(file: string, flags: LabFlags): Promise<void> {
  await withLab(flags, async (lab, access) => {
    const { now, kubernetesVersion } = await stateOf(lab, access);
    const kinds = await servedKinds(lab);
    const saved = await saveSnapshot(file, lab, {
      takenAt: now,
      kubernetesVersion,
      source: access.server,
      kinds,
    });
    for (const { resource, why } of saved.omitted)
      process.stderr.write(`holdfast: ${resource} left out: ${why}\n`);
    process.stdout.write(`${saved.objects} objects of ${saved.kinds} kinds saved in ${file}\n`);
  });
}

async function withLab(
  flags: LabFlags,
  use: (lab: HttpClient, access: ClusterAccess) => Promise<void>,
): Promise<void> {
  const access = findLab(flags);
  const lab = createHttpClient(access, { agent: "holdfast-lab" });
  try {
    await use(lab, access);
  } finally {
    lab.close();
  }
}

/** The way into the lab that the flags mean. @throws {ConnectionError} when there is none @throws {InputError} */
export function findLab({ kubeconfig, lab }: LabFlags): ClusterAccess {
  const file = kubeconfig ?? lab;
  if (file !== undefined && !/^https:\/\//.test(file)) return kubeconfigAccess({ kubeconfig: resolve(file) });
  const labs = runningLabs(runtimeFolder());
  const found = file === undefined ? labs[0] : labs.find(({ url }) => url === file.replace(/\/+$/, ""));
  if (found !== undefined) return kubeconfigAccess({ kubeconfig: found.kubeconfig });
  if (file === undefined) throw new ConnectionError("No lab is running; start one with: holdfast lab up");
  const known = labs.length === 0 ? "none is running" : `there is ${labs.map(({ url }) => url).join(", ")}`;
  throw new ConnectionError(`No lab of this user answers at ${file}; ${known}`);
}

/** Asks a lab to do something. What it refuses is wrong usage: it says what would be right. */
async function act(lab: HttpClient, action: string, request: object, command: Command): Promise<void> {
  try {
    await lab.fetch({ method: "POST", path: `${LAB_PATH}/${action}`, body: JSON.stringify(request) });
  } catch (error) {
    if (error instanceof StatusError && (error.code === 404 || error.code === 400))
      command.error(`error: ${error.message}`);
    throw error;
  }
}

async function stateOf(lab: HttpClient, access: ClusterAccess): Promise<LabState> {
  try {
    return (await lab.fetch({ method: "GET", path: LAB_PATH })) as LabState;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    throw new ConnectionError(`${access.server} is no lab: ${error.message}`, { cause: error });
  }
}
