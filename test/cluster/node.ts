/** One real node: containerd, kubelet and kube-proxy in a machine's namespace. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { program } from "../programs/build.ts";
import type { Credentials } from "./credentials.ts";
import { PAUSE_IMAGE } from "./image.ts";
import { unmountAll } from "./mounts.ts";
import { logFile, pidOf, processesIn, signal, startProcess, stopProcesses, waitFor } from "./processes.ts";
import { type Bed, type Member, podRange, rangeOf } from "./state.ts";

const CONTAINERD_SECONDS = 30;
export const CLUSTER_DNS = (bed: Bed) => `${rangeOf(bed)}.240.10`;

const files = ({ folder }: Member) => ({
  cni: join(folder, "cni"),
  containerd: join(folder, "containerd.toml"),
  socket: join(folder, "containerd.sock"),
  kubelet: join(folder, "kubelet.yaml"),
  kubeletAccess: join(folder, "kubelet.kubeconfig"),
  proxy: join(folder, "kube-proxy.yaml"),
  proxyAccess: join(folder, "kube-proxy.kubeconfig"),
  added: join(folder, "added"),
});

/** Where the node's kubelet keeps what is its own: its pods' volumes, and the sockets of its plug-ins. */
export function kubeletFolder({ folder }: Member): string {
  return join(folder, "kubelet");
}

/** Writes everything that the node's programs read. */
export function writeNodeFiles(bed: Bed, node: Member, credentials: Credentials, url: string): void {
  const to = files(node);
  mkdirSync(to.cni, { recursive: true });
  credentials.kubeconfig(to.kubeletAccess, url, {
    commonName: `system:node:${node.name}`,
    organizations: ["system:nodes"],
  });
  credentials.kubeconfig(to.proxyAccess, url, { commonName: "system:kube-proxy" });
  writeFileSync(join(to.cni, "10-bed.conflist"), JSON.stringify(podNetwork(bed, node)));
  writeFileSync(to.containerd, containerdConfig(node));
  writeFileSync(to.kubelet, stringify(kubeletConfig(bed, node, credentials)));
  writeFileSync(to.proxy, stringify(proxyConfig(bed, node)));
}

function podNetwork(bed: Bed, node: Member) {
  return {
    cniVersion: "0.3.1",
    name: "bed",
    plugins: [
      {
        type: "bridge",
        bridge: "cni0",
        isGateway: true,
        ipMasq: false,
        hairpinMode: true,
        ipam: {
          type: "host-local",
          dataDir: join(node.folder, "ipam"),
          ranges: [[{ subnet: podRange(bed, node.name) }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
      },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

function containerdConfig(node: Member): string {
  const { cni, socket } = files(node);
  // restrict_oom_score_adj: where the machine lacks CAP_SYS_RESOURCE, runc may not lower a container's OOM score.
  return `version = 2
root = "${join(node.folder, "containerd")}"
state = "${join(node.folder, "containerd-state")}"
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${cni}"
`;
}

function kubeletConfig(bed: Bed, node: Member, credentials: Credentials) {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: false },
      x509: { clientCAFile: credentials.authorityFile },
    },
    authorization: { mode: "AlwaysAllow" },
    cgroupDriver: "cgroupfs",
    // The machine's own cgroups are not ours to arrange.
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failSwapOn: false,
    failCgroupV1: false,
    localStorageCapacityIsolation: false,
    containerRuntimeEndpoint: `unix://${files(node).socket}`,
    clusterDNS: [CLUSTER_DNS(bed)],
    clusterDomain: "cluster.local",
    // All nodes share one disk and one memory: none of them may think that it is short.
    evictionHard: { "memory.available": "0%", "nodefs.available": "0%", "imagefs.available": "0%" },
  };
}

function proxyConfig(bed: Bed, node: Member) {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "iptables",
    clusterCIDR: `${rangeOf(bed)}.0.0/16`,
    hostnameOverride: node.name,
    // The node's own address: what scrapes it is another machine.
    metricsBindAddress: `${node.ip}:10249`,
    clientConnection: { kubeconfig: files(node).proxyAccess },
    // These are settings of the whole machine, which no namespace may change.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  };
}

/** Boots what of the node does not run: its container runtime, with the images that it needs, then kubelet and kube-proxy. */
export async function startNode(node: Member, images: readonly string[]): Promise<void> {
  const { folder, namespace } = node;
  const { containerd, socket, kubelet, kubeletAccess, proxy } = files(node);
  const isRunning = (name: string) => pidOf(folder, name) !== undefined;
  if (!isRunning("containerd")) {
    startProcess({ folder, name: "containerd", namespace, command: ["containerd", "-c", containerd] });
  }
  await waitFor(
    "containerd",
    CONTAINERD_SECONDS,
    () => ctr(socket, "version"),
    logFile(folder, "containerd"),
  );
  for (const image of images) loadImage(node, image);
  startProcess({
    folder,
    name: "kubelet",
    namespace,
    command: [
      await program("kubelet"),
      `--config=${kubelet}`,
      `--kubeconfig=${kubeletAccess}`,
      `--root-dir=${kubeletFolder(node)}`,
      `--cert-dir=${join(folder, "pki")}`,
      `--hostname-override=${node.name}`,
      `--node-ip=${node.ip}`,
    ],
  });
  if (!isRunning("kube-proxy")) {
    const command = [await program("kube-proxy"), `--config=${proxy}`];
    startProcess({ folder, name: "kube-proxy", namespace, command });
  }
  startAddedPrograms(node);
}

/** Gives the node one more program, which it runs from now on, and again whenever it boots. */
export function addNodeProgram(node: Member, name: string, command: readonly string[]): void {
  const { added } = files(node);
  mkdirSync(added, { recursive: true });
  writeFileSync(join(added, name), JSON.stringify(command));
  startAddedPrograms(node);
}

function startAddedPrograms(node: Member): void {
  const { folder, namespace } = node;
  const { added } = files(node);
  const names = existsSync(added) ? readdirSync(added) : [];
  for (const name of names.filter((each) => pidOf(folder, each) === undefined)) {
    const command = JSON.parse(readFileSync(join(added, name), "utf8")) as readonly string[];
    startProcess({ folder, name, namespace, command });
  }
}

function ctr(socket: string, ...args: readonly string[]): boolean {
  try {
    execFileSync("ctr", ["-a", socket, ...args], { stdio: ["ignore", "ignore", "ignore"] });
    return true;
  } catch {
    return false;
  }
}

/** Gives a node an image, as a registry would. `archive` is a file as `image.ts` makes them. */
export function loadImage(node: Member, archive: string): void {
  const args = ["-a", files(node).socket, "-n", "k8s.io", "images", "import", archive];
  execFileSync("ctr", args, { stdio: ["ignore", "ignore", "pipe"] });
}

/** Cuts the power: everything that runs on the node ends at once, and nothing is told. */
export async function cutPower(node: Member): Promise<void> {
  await stopProcesses(node.folder, processesIn(node.folder), 0);
  for (const pid of containerPids(node)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended with another one.
    }
  }
  // A machine that boots has nothing mounted.
  unmountAll(kubeletFolder(node));
}

/** Ends the kubelet, and nothing else: the pods go on. */
export async function stopKubelet(node: Member): Promise<void> {
  await stopProcesses(node.folder, ["kubelet"]);
}

/** Makes the kubelet hang, or go on. */
export function hangKubelet(node: Member, hangs: boolean): void {
  signal(node.folder, "kubelet", hangs ? "SIGSTOP" : "SIGCONT");
}

/** The shims of the node's containers, and every process whose root lies in one of its image layers. */
function containerPids(node: Member): readonly number[] {
  const mark = `${node.folder}/`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => isShim(pid, mark) || hasRootIn(pid, mark))
    .map(Number);
}

function isShim(pid: string, mark: string): boolean {
  const command = readOrNothing(`/proc/${pid}/cmdline`);
  return command.includes("containerd-shim") && command.includes(mark);
}

function hasRootIn(pid: string, mark: string): boolean {
  return readOrNothing(`/proc/${pid}/mountinfo`)
    .split("\n")
    .some((line) => line.split(" ")[4] === "/" && line.includes(`upperdir=${mark}`));
}

function readOrNothing(file: string): string {
  try {
    return existsSync(file) ? readFileSync(file, "utf8") : "";
  } catch {
    return "";
  }
}
