import { resolve } from "node:path";
import { deployManifests } from "../drill/deploy.ts";
import { kindsOf } from "../drill/kinds-of.ts";
import type { KubeObject } from "../kube/types/index.ts";
import type { CertificateAuthority } from "../lab/apiserver/http/certificates.ts";
import { labAuthority } from "../lab/apiserver/http/http-server.ts";
import { serveLab } from "../lab/apiserver/http/serve-lab.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import type { Replaceable } from "../lab/options.ts";
import { planRestore, type RestorePlan, restore } from "../lab/restore.ts";
import { type ServerFlags, serverOptions } from "../lab/server-flags.ts";
import { drive } from "../time/drive.ts";
import { wallNow } from "../time/wall-clock.ts";
import { InputError } from "../view/input-error.ts";
import { type Manifest, readManifests } from "../view/manifests.ts";
import { openSnapshot } from "../view/snapshot.ts";
import { type AuditFile, openAuditLog } from "./audit-file.ts";
import {
  announce,
  clearKubeconfig,
  defaultKubeconfig,
  runtimeFolder,
  withdraw,
  writeWhole,
} from "./lab-runtime.ts";

/** Flags of `holdfast lab up`. */
export interface UpFlags extends ServerFlags {
  readonly nodes?: number;
  readonly zones?: number;
  readonly port: number;
  readonly kubeconfig?: string;
  readonly snapshot?: string;
  readonly speed: number;
  readonly auditLog?: string;
  readonly without?: readonly Replaceable[];
  readonly filename?: readonly string[];
}

/** Time that a lab is given to boot before the present: its nodes are Ready when the first client asks. */
const BOOT_MS = 60_000;

/** Starts a lab and keeps it until the process is asked to stop. */
export async function labUp(flags: UpFlags): Promise<void> {
  const serverFlags = flagsOf(flags);
  const folder = runtimeFolder();
  const kubeconfig = resolve(flags.kubeconfig ?? defaultKubeconfig(folder));
  clearKubeconfig(kubeconfig);
  const manifests = flags.filename === undefined ? [] : readManifests(flags.filename);
  const plan = flags.snapshot === undefined ? undefined : await readPlan(flags.snapshot);
  const nodes = flags.nodes ?? Math.max(plan?.nodes.length ?? 3, 1);
  const zones = flags.zones ?? Math.min(plan?.zones ?? 1, nodes);

  const authority = labAuthority();
  const rootCertificates = authority.certificate;
  const lab = createLab({
    nodes,
    zones,
    rootCertificates,
    startMs: wallNow() - BOOT_MS,
    ...serverFlags,
    ...(flags.without === undefined ? {} : { without: flags.without }),
  });
  await fill(lab, plan, manifests);
  lab.engine.runUntil(wallNow());
  const stop = stopRequest();
  const audit = flags.auditLog === undefined ? undefined : openAuditLog(flags.auditLog);
  const server = await listen(lab, authority, audit, flags);
  process.once("exit", () => withdraw(folder, kubeconfig));
  writeWhole(kubeconfig, server.kubeconfig);
  announce(folder, { pid: process.pid, url: server.url, kubeconfig, startedMs: wallNow() });
  process.stdout.write(greeting({ nodes, zones, url: server.url, kubeconfig, speed: flags.speed }));
  await stop;
  withdraw(folder, kubeconfig);
  await server.close();
  audit?.close();
}

/** The flags for the API server. @throws {InputError} for those with which a real one does not start */
function flagsOf({ featureGates = {}, runtimeConfig = {} }: UpFlags): ServerFlags {
  try {
    serverOptions({ featureGates, runtimeConfig });
  } catch (error) {
    throw new InputError({ file: "--feature-gates" }, (error as Error).message, { cause: error });
  }
  return { featureGates, runtimeConfig };
}

async function readPlan(file: string): Promise<RestorePlan> {
  const objects: KubeObject[] = [];
  for await (const object of (await openSnapshot(file)).objects) objects.push(object);
  return planRestore(objects);
}

async function fill(lab: Lab, plan: RestorePlan | undefined, manifests: readonly Manifest[]): Promise<void> {
  await drive(lab.engine, lab.ready());
  const client = lab.client("kubernetes-admin");
  const note = (where: string, what: string) => process.stderr.write(`holdfast: ${where}: ${what}\n`);
  if (plan !== undefined) {
    const refused = await drive(lab.engine, restore(client, plan, lab.findKind));
    for (const { object, why } of refused) note(object, why);
  }
  if (manifests.length === 0) return;
  const deployed = await drive(lab.engine, deployManifests(client, manifests, kindsOf(lab, manifests)));
  for (const { where, what } of deployed.findings) note(where, what);
  for (const what of deployed.assumed) note("supplied", what);
}

async function listen(
  lab: Lab,
  authority: CertificateAuthority,
  audit: AuditFile | undefined,
  { port, speed }: UpFlags,
): ReturnType<typeof serveLab> {
  try {
    const onBug = (error: unknown) =>
      process.stderr.write(
        `holdfast: a request failed by a bug: ${error instanceof Error ? error.stack : error}\n`,
      );
    return await serveLab(lab, {
      authority,
      port,
      speed,
      onBug,
      ...(audit === undefined ? {} : { audit: audit.write }),
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const why = code === "EACCES" ? "may not be used by this user" : "is taken";
    throw new InputError({ file: `--port ${port}` }, `the port ${why}; --port 0 takes a free one`, {
      cause: error,
    });
  }
}

/** Settles when the process is asked to stop; asked again, it stops at once. */
function stopRequest(): Promise<void> {
  return new Promise((settle) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => settle());
  });
}

interface Greeting {
  readonly nodes: number;
  readonly zones: number;
  readonly url: string;
  readonly kubeconfig: string;
  readonly speed: number;
}

function greeting({ nodes, zones, url, kubeconfig, speed }: Greeting): string {
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`;
  const pace = speed === 1 ? "" : `, time running ${speed} times as fast`;
  return [
    `A lab of ${count(nodes, "node")} in ${count(zones, "zone")} answers at ${url}${pace}.`,
    "",
    `  export KUBECONFIG=${kubeconfig}`,
    "  kubectl get nodes",
    "",
    "Ctrl-C ends it.",
    "",
  ].join("\n");
}
