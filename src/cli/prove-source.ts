/** Where a cluster to be looked at comes from: files, a snapshot, a lab or a kubeconfig. Reads only. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type { KubeObject } from "../kube/types/index.ts";
import type { ProfileFile } from "../lab/node/profile.ts";
import { ModelBuilder } from "../prove/model/builder.ts";
import type { Model } from "../prove/model/model.ts";
import { modelOf } from "../prove/model-of.ts";
import type { AssumedNodes } from "../prove/stage/assumed-nodes.ts";
import { InputError } from "../view/input-error.ts";
import type { Manifest } from "../view/manifests.ts";
import type { Omission } from "../view/snapshot.ts";
import type { SourceFlags } from "./source-options.ts";

export interface ProveSource {
  readonly model: Model;
  readonly profiles?: ProfileFile;
  /** What was supplied, because the input presupposes it. */
  readonly assumed: readonly string[];
  /** What is wrong before anything is lost. */
  readonly findings: readonly string[];
  /** Of files: what stands where. */
  readonly manifests?: readonly Manifest[];
  /** Every object, for those who change some or replay them. */
  readonly objects?: readonly KubeObject[];
  /** The nodes that files were put on. */
  readonly nodes?: AssumedNodes;
}

export interface ReadingOptions {
  readonly keepsObjects: boolean;
  /** For those who replay the objects, or make files of them; others do not ask what a custom kind is like. */
  readonly needsDefinitions?: boolean;
}

/** Reads what the flags name. @throws {InputError} @throws {ConnectionError} */
export async function readSource(
  flags: SourceFlags,
  command: Command,
  { keepsObjects, needsDefinitions = false }: ReadingOptions,
): Promise<ProveSource> {
  if (flags.filename !== undefined) {
    const listed = keepsObjects ? undefined : await fromLists(flags, flags.filename);
    return listed ?? fromFiles(flags, flags.filename, command, !needsDefinitions);
  }
  if (flags.snapshot !== undefined && !keepsObjects) return fromSnapshot(flags, flags.snapshot);
  const { openSnapshotSource, readCluster } = await import("./prove-cluster.ts");
  const { objects, kubernetesMinor, omitted, name } =
    flags.snapshot === undefined ? await readCluster(flags) : await openSnapshotSource(flags.snapshot);
  const builder = new ModelBuilder({ kubernetesMinor });
  const kept: KubeObject[] = [];
  for await (const object of objects) {
    builder.add(object);
    if (keepsObjects) kept.push(object);
  }
  const model = builder.build();
  return { ...(await clusterSource(flags, model, omitted, name)), ...(keepsObjects && { objects: kept }) };
}

/** A snapshot whose objects nobody wants to see again is read byte by byte. */
async function fromSnapshot(flags: SourceFlags, file: string): Promise<ProveSource> {
  const { readSnapshot } = await import("../prove/reading/read-cluster.ts");
  const { model, omitted } = await readSnapshot(file);
  return clusterSource(flags, model, omitted, file);
}

/** A cluster as it is: nothing of it is assumed, and what could not be read is a finding. */
async function clusterSource(
  { profile }: SourceFlags,
  model: Model,
  omitted: readonly Omission[],
  name: string,
): Promise<ProveSource> {
  checkNodes(model, name);
  const missing = omitted.map(({ resource, why }) => `${resource} could not be read: ${why}`);
  return {
    model,
    ...(await profilesOf(profile)),
    assumed: [],
    findings: [...missing, ...waiting(model)],
  };
}

const JSON_FILE = /\.json(\.gz)?$/;
const YAML_FILE = /\.ya?ml$/;
/** Nobody writes that much by hand, and what is kept with a place for every line would take gigabytes. */
const LARGE_YAML_BYTES = 8 << 20;

/** JSON files and large YAML files with nodes and pods in them are a cluster as it is, not manifests of one to be. */
async function fromLists(flags: SourceFlags, paths: readonly string[]): Promise<ProveSource | undefined> {
  if (flags.nodes !== undefined || !paths.every(mayHoldCluster)) return undefined;
  const { isJsonFile, readLists } = await import("../prove/reading/read-cluster.ts");
  for (const path of paths) if (JSON_FILE.test(path) && !(await isJsonFile(path))) return undefined;
  const model = await readLists(paths);
  if (model.nodes.length === 0 || model.podCount === 0) return undefined;
  return { model, ...(await profilesOf(flags.profile)), assumed: [], findings: waiting(model) };
}

function mayHoldCluster(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) return false;
  return JSON_FILE.test(path) || (YAML_FILE.test(path) && found.size > LARGE_YAML_BYTES);
}

function checkNodes({ nodes }: Model, file: string): void {
  if (nodes.length === 0) throw new InputError({ file }, "holds no node: there is nothing to lose in it");
}

/** The same source with changes, once they are through: what is missing is made and placed, all else stays where it is. */
export async function restaged(source: ProveSource, changes: readonly Manifest[]): Promise<ProveSource> {
  const [{ BOTH_SETTLED, stagedWith }, { DEFAULT_NODES }] = await Promise.all([
    import("../prove/stage/with-changes.ts"),
    import("../prove/stage/assumed-nodes.ts"),
  ]);
  const { objects = [], nodes = DEFAULT_NODES } = source;
  const staged = stagedWith(changes, { objects, nodes });
  const model = modelOf(staged.objects, { kubernetesMinor: source.model.kubernetesMinor });
  return {
    ...source,
    model,
    assumed: [...staged.assumed, BOTH_SETTLED],
    findings: staged.findings,
    manifests: staged.manifests,
    objects: staged.objects,
  };
}

/** A folder of a stack holds its manifests in a folder of their own, beside what is known of its workloads. */
const STACK = { manifests: "manifests", profile: "profile.yaml" };

async function fromFiles(
  flags: SourceFlags,
  paths: readonly string[],
  command: Command,
  definitionHeads: boolean,
): Promise<ProveSource> {
  const [{ readManifests }, { stageManifests }, nodesModule] = await Promise.all([
    import("../view/manifests.ts"),
    import("../prove/stage/stage.ts"),
    import("../prove/stage/assumed-nodes.ts"),
  ]);
  const stacks = paths.filter(isStack);
  const read = paths.map((path) => (isStack(path) ? join(path, STACK.manifests) : path));
  const manifests = readManifests(read, { definitionHeads });
  const bringsNodes = manifests.some(({ object }) => object.kind === "Node" && object.apiVersion === "v1");
  if (bringsNodes && flags.nodes !== undefined)
    command.error("error: --nodes is for files that define no node, and these define some");
  const nodes = parseNodes(flags.nodes, nodesModule, command);
  const staged = stageManifests(manifests, { nodes, seed: 1 });
  const profile = flags.profile ?? stacks.map((path) => join(path, STACK.profile))[0];
  return {
    model: modelOf(staged.objects),
    ...(await profilesOf(profile)),
    assumed: staged.assumed,
    findings: staged.findings,
    manifests,
    objects: staged.objects,
    ...(!bringsNodes && { nodes }),
  };
}

function isStack(path: string): boolean {
  // Not by stat, which throws for what would be below a file.
  return existsSync(join(path, STACK.profile)) && existsSync(join(path, STACK.manifests));
}

function parseNodes(
  text: string | undefined,
  { parseAssumedNodes, DEFAULT_NODES }: typeof import("../prove/stage/assumed-nodes.ts"),
  command: Command,
): AssumedNodes {
  if (text === undefined) return DEFAULT_NODES;
  try {
    return parseAssumedNodes(text);
  } catch (error) {
    return command.error(`error: option '--nodes' is invalid: ${(error as Error).message}`);
  }
}

async function profilesOf(file: string | undefined): Promise<{ readonly profiles?: ProfileFile }> {
  if (file === undefined) return {};
  const { readProfile } = await import("../lab/node/profile-file.ts");
  return { profiles: readProfile(file) };
}

const NAMED_MAX = 5;

/** Pods that have no node now: nothing that a loss does. */
function waiting(model: Model): string[] {
  const found: string[] = [];
  for (let pod = 0; pod < model.podCount; pod++) {
    if ((model.nodeOf[pod] as number) < 0) found.push(model.keyOf(pod));
  }
  if (found.length === 0) return [];
  const more = found.length > NAMED_MAX ? ` and ${found.length - NAMED_MAX} more` : "";
  return [
    `${found.length} pod${found.length === 1 ? "" : "s"} without a node before anything is lost: ${found.slice(0, NAMED_MAX).join(", ")}${more}`,
  ];
}
