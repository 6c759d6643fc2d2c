/**
 * A real control plane: etcd, kube-apiserver, kube-controller-manager and kube-scheduler, as processes on this machine.
 *
 * `startControlPlane` is all that tests of the API need: it wants no root, listens on the loopback and ends with the process
 * that asked for it. A whole bed (`bed.ts`) starts the same programs in its machines' network namespaces.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHttpClient } from "../../src/client/http/http-client.ts";
import { loadKubeconfig } from "../../src/client/http/kubeconfig.ts";
import { namespaces } from "../../src/kube/kinds.ts";
import { program } from "../programs/build.ts";
import { Credentials } from "./credentials.ts";
import { afterOurEnd } from "./keeper.ts";
import { logFile, processesIn, startProcess, stopProcesses, waitFor } from "./processes.ts";

const LOOPBACK = "127.0.0.1";
const ETCD_SECONDS = 30;
const API_SECONDS = 90;

/** More flags for each program, as "--name=value". */
export interface ExtraFlags {
  readonly apiServer?: readonly string[];
  readonly controllerManager?: readonly string[];
  readonly scheduler?: readonly string[];
}

export interface ControlPlaneOptions extends ExtraFlags {
  /** Which of the two run beside the API server; none unless asked for. */
  readonly with?: readonly ("controller-manager" | "scheduler")[];
}

/** A control plane on the loopback. */
export interface ControlPlane {
  /** The path of an administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** "https://127.0.0.1:40123" */
  readonly url: string;
  /** Where the logs are. */
  readonly folder: string;
  close(): Promise<void>;
}

/** Starts etcd and kube-apiserver, and what else is asked for; they end with this process, however it ends.
 * @throws {ProgramMissing} when one of the programs cannot be had here */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-control-plane-"));
  const callOff = afterOurEnd(import.meta.url, folder);
  const close = async () => {
    await endControlPlane(folder);
    callOff();
  };
  try {
    const [etcdPort = 0, peerPort = 0, apiPort = 0, managerPort = 0, schedulerPort = 0] = await freePorts(5);
    const credentials = new Credentials(join(folder, "credentials"));
    const url = `https://${LOOPBACK}:${apiPort}`;
    const kubeconfig = credentials.kubeconfig(join(folder, "kubeconfig"), url, ADMIN);
    const place = { folder, ip: LOOPBACK, credentials };
    await startEtcd({ ...place, name: "etcd", port: etcdPort, peerPort, members: { etcd: LOOPBACK } });
    await startApiServer({
      ...place,
      port: apiPort,
      etcd: [`http://${LOOPBACK}:${etcdPort}`],
      addresses: [LOOPBACK],
      serviceRange: "10.96.0.0/16",
      // It may not say of itself that it is on the loopback, so it says nothing.
      flags: ["--endpoint-reconciler-type=none", ...(options.apiServer ?? [])],
    });
    await isServing(url, credentials.authorityFile, kubeconfig, logFile(folder, "kube-apiserver"));
    for (const part of options.with ?? []) {
      const [port, flags] =
        part === "scheduler" ? [schedulerPort, options.scheduler] : [managerPort, options.controllerManager];
      await START[part]({ ...place, url, port, elections: false, flags: flags ?? [] });
    }
    return { kubeconfig, url, folder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Ends what runs in a control plane's folder, and the folder. */
export default async function endControlPlane(folder: string): Promise<void> {
  const names = [...processesIn(folder)];
  // etcd last: the others would wait for it.
  await stopProcesses(
    folder,
    names.filter((name) => name !== "etcd"),
    2_000,
  );
  await stopProcesses(folder, names, 2_000);
  rmSync(folder, { recursive: true, force: true });
}

/** Who may do everything. */
export const ADMIN = { commonName: "holdfast-admin", organizations: ["system:masters"] };

/** Where one of the programs runs. */
interface Place {
  readonly folder: string;
  readonly namespace?: string;
  readonly ip: string;
  readonly credentials: Credentials;
}

/** Starts a member of etcd. `members` has every member's name and address. */
export async function startEtcd(
  options: Omit<Place, "credentials"> & {
    readonly name: string;
    readonly port: number;
    readonly peerPort: number;
    readonly members: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { folder, namespace, ip, name, port, peerPort, members } = options;
  const client = `http://${ip}:${port}`;
  const peer = `http://${ip}:${peerPort}`;
  const cluster = Object.entries(members).map(
    ([member, address]) => `${member}=http://${address}:${peerPort}`,
  );
  startProcess({
    folder,
    name: "etcd",
    ...(namespace !== undefined && { namespace }),
    command: [
      await program("etcd"),
      `--name=${name}`,
      `--data-dir=${join(folder, "etcd")}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=${cluster.join(",")}`,
      // What is stored here is of no value: it need not survive a power cut.
      "--unsafe-no-fsync",
    ],
  });
  await waitFor("etcd", ETCD_SECONDS, () => answers(`${client}/health`), logFile(folder, "etcd"));
}

async function answers(url: string): Promise<boolean> {
  return await fetch(url).then(
    // A member that waits for the others is there too.
    () => true,
    () => false,
  );
}

export async function startApiServer(
  options: Place & {
    readonly port: number;
    readonly etcd: readonly string[];
    /** Everything that clients may call it by. */
    readonly addresses: readonly string[];
    readonly serviceRange: string;
    readonly flags: readonly string[];
  },
): Promise<void> {
  const { folder, namespace, ip, credentials, port, etcd, addresses, serviceRange, flags } = options;
  const serving = credentials.server("kube-apiserver", addresses);
  const kubelets = credentials.client("kube-apiserver-kubelet", { ...ADMIN, commonName: "kube-apiserver" });
  startProcess({
    folder,
    name: "kube-apiserver",
    ...(namespace !== undefined && { namespace }),
    command: [
      await program("kube-apiserver"),
      `--etcd-servers=${etcd.join(",")}`,
      `--bind-address=${ip}`,
      `--advertise-address=${ip}`,
      `--secure-port=${port}`,
      `--tls-cert-file=${serving.certificate}`,
      `--tls-private-key-file=${serving.key}`,
      `--client-ca-file=${credentials.authorityFile}`,
      `--kubelet-client-certificate=${kubelets.certificate}`,
      `--kubelet-client-key=${kubelets.key}`,
      "--kubelet-preferred-address-types=InternalIP",
      "--authorization-mode=Node,RBAC",
      "--allow-privileged",
      `--service-account-key-file=${credentials.accountKeyFile}`,
      `--service-account-signing-key-file=${credentials.accountKeyFile}`,
      "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
      `--service-cluster-ip-range=${serviceRange}`,
      ...flags,
    ],
  });
}

interface ClientProgram extends Place {
  /** Of the API server. */
  readonly url: string;
  readonly port: number;
  /** Whether several of them choose one that works. */
  readonly elections: boolean;
  readonly flags: readonly string[];
}

export async function startControllerManager({ credentials, ...options }: ClientProgram): Promise<void> {
  const user = { commonName: "system:kube-controller-manager" };
  await startClientProgram("kube-controller-manager", user, credentials, options, [
    `--service-account-private-key-file=${credentials.accountKeyFile}`,
    `--root-ca-file=${credentials.authorityFile}`,
    "--use-service-account-credentials",
  ]);
}

export async function startScheduler({ credentials, ...options }: ClientProgram): Promise<void> {
  await startClientProgram(
    "kube-scheduler",
    { commonName: "system:kube-scheduler" },
    credentials,
    options,
    [],
  );
}

const START = { "controller-manager": startControllerManager, scheduler: startScheduler } as const;

async function startClientProgram(
  name: "kube-controller-manager" | "kube-scheduler",
  user: { readonly commonName: string },
  credentials: Credentials,
  { folder, namespace, ip, url, port, elections, flags }: Omit<ClientProgram, "credentials">,
  own: readonly string[],
): Promise<void> {
  const kubeconfig = credentials.kubeconfig(join(folder, `${name}.kubeconfig`), url, user);
  startProcess({
    folder,
    name,
    ...(namespace !== undefined && { namespace }),
    command: [
      await program(name),
      `--kubeconfig=${kubeconfig}`,
      // Whoever asks for its metrics is checked by the API server.
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      `--leader-elect=${elections}`,
      `--bind-address=${ip}`,
      `--secure-port=${port}`,
      `--cert-dir=${join(folder, `${name}-certificates`)}`,
      ...own,
      ...flags,
    ],
  });
}

/** Waits until an API server is ready, has its stock roles, and has made the namespaces that every cluster begins with. */
export async function isServing(
  url: string,
  authorityFile: string,
  kubeconfig: string,
  log: string,
): Promise<void> {
  const ca = readFileSync(authorityFile);
  // Somebody who does not say who he is may ask this once the stock roles are there.
  await waitFor("The API server", API_SECONDS, () => isOk(`${url}/readyz`, ca), log);
  const client = createHttpClient(loadKubeconfig({ path: kubeconfig }));
  const isThere = async () => (await client.get(namespaces, undefined, "default")) !== undefined;
  await waitFor("The default namespace", API_SECONDS, isThere, log);
  client.close();
}

function isOk(url: string, ca: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, { ca, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    }).on("error", () => resolve(false));
  });
}

/** Ports of the loopback that nobody listens on. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once("error", reject);
          server.listen(0, LOOPBACK, () => resolve((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
