/**
 * Storage as clouds have it: disks that one node has at a time, from a CSI driver of ours, with the real external-provisioner
 * and external-attacher between it and the cluster. What the driver makes of a disk is a folder that all nodes can see.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deployManifests } from "../../../../src/drill/deploy.ts";
import { csiNodes, findKind } from "../../../../src/kube/kinds.ts";
import { parseManifests } from "../../../../src/view/manifests.ts";
import { moduleFolder, programs } from "../../../programs/build.ts";
import { CSI_SPEC, STAGING } from "../../../programs/recipes.ts";
import type { AddOn } from "../../bed.ts";
import { addNodeProgram, kubeletFolder } from "../../node.ts";
import { logFile, startProcess, waitFor } from "../../processes.ts";
import { addOnFolder, type Bed, kubeconfigFile, memberOf } from "../../state.ts";
import { DRIVER } from "./identity.ts";

const KNOWN_SECONDS = 60;

/** The class whose claims get a disk; the one that claims get which name none. */
export const DISK_CLASS = "disk";

export const csi: AddOn = async (bed, client) => {
  const { "csi-attacher": attacher, "csi-provisioner": provisioner } = await programs(
    "csi-attacher",
    "csi-provisioner",
  );
  const spec = join(moduleFolder("github.com/container-storage-interface/spec", CSI_SPEC), "csi.proto");
  const kubelet = moduleFolder("k8s.io/kubelet", STAGING);
  const registration = join(kubelet, "pkg/apis/pluginregistration/v1/api.proto");
  startController(bed, spec, { attacher, provisioner });
  for (const name of bed.nodes) {
    const node = memberOf(bed, name);
    const args = [spec, registration, name, kubeletFolder(node), disksFolder(bed)];
    addNodeProgram(node, "csi-plugin", script("node-plugin.ts", ...args));
  }
  await deployManifests(client, parseManifests(DISK_MANIFESTS, "csi.yaml"), findKind);
  const log = bed.nodes[0] && logFile(memberOf(bed, bed.nodes[0]).folder, "csi-plugin");
  const isKnown = async () => {
    const { items } = await client.list(csiNodes);
    const knowing = items.filter(({ spec }) => spec.drivers?.some(({ name }) => name === DRIVER));
    return bed.nodes.every((node) => knowing.some(({ metadata }) => metadata.name === node));
  };
  await waitFor("The CSI driver on every node", KNOWN_SECONDS, isKnown, log);
};

/** Where the disks stand. */
export function disksFolder(bed: Bed): string {
  return join(addOnFolder(bed), "disks");
}

/** The driver's half that gives out disks, and the two programs that ask it; they stand on the first control plane. */
function startController(
  bed: Bed,
  spec: string,
  { attacher, provisioner }: { readonly attacher: string; readonly provisioner: string },
): void {
  const folder = addOnFolder(bed);
  mkdirSync(folder, { recursive: true });
  const { namespace } = memberOf(bed, bed.controlPlanes[0] as string);
  const socket = join(folder, "csi.sock");
  const kubeconfig = kubeconfigFile(bed);
  const start = (name: string, command: readonly string[]) =>
    // One of them would rather take whoever's cluster the variable names than that of its flag.
    startProcess({ folder, name, namespace, command, env: { KUBECONFIG: kubeconfig } });
  start("csi-controller", script("controller-plugin.ts", spec, socket, disksFolder(bed)));
  // Each waits for the driver by itself.
  const common = [`--csi-address=${socket}`, `--kubeconfig=${kubeconfig}`];
  start("csi-attacher", [attacher, ...common]);
  start("csi-provisioner", [provisioner, ...common]);
}

function script(name: string, ...args: readonly string[]): readonly string[] {
  return [process.execPath, "--import", "tsx", fileURLToPath(new URL(name, import.meta.url)), ...args];
}

/** What a cluster has to be told of the driver. */
export const DISK_MANIFESTS = `
apiVersion: storage.k8s.io/v1
kind: CSIDriver
metadata: {name: ${DRIVER}}
spec: {attachRequired: true, podInfoOnMount: false, fsGroupPolicy: File}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: ${DISK_CLASS}
  annotations: {storageclass.kubernetes.io/is-default-class: "true"}
provisioner: ${DRIVER}
volumeBindingMode: WaitForFirstConsumer
`;
