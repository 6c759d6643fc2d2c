/** Volumes on the bed: real disks of a driver of ours, with the real attacher and provisioner. Takes root, Go and two minutes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HttpClient } from "../../src/client/http/http-client.ts";
import { deployManifests } from "../../src/drill/deploy.ts";
import {
  deployments,
  events,
  findKind,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  volumeAttachments,
} from "../../src/kube/kinds.ts";
import { TAINT_OUT_OF_SERVICE } from "../../src/kube/taints.ts";
import type { Pod } from "../../src/kube/types/index.ts";
import { parseManifests } from "../../src/view/manifests.ts";
import { CLAIM, IMAGE, MANIFESTS, NAMESPACE, SOURCE, secondPod } from "../volumes/application.ts";
import { csi, DISK_CLASS, disksFolder } from "./add-ons/csi/csi.ts";
import { Disks } from "./add-ons/csi/disks.ts";
import { DRIVER } from "./add-ons/csi/identity.ts";
import { addProgram, bringUp, clientOf, failNode, healNode, missingForBed, takeDown } from "./bed.ts";
import { waitFor } from "./processes.ts";
import { type Bed, findBed, memberOf } from "./state.ts";
import { traces } from "./traces.ts";

/** A lost node is noticed sooner than by itself, so that the tests wait less. */
const GRACE = "--node-monitor-grace-period=16s";

const missing = missingForBed();

describe.skipIf(missing !== undefined)(`volumes${missing === undefined ? "" : ` (${missing})`}`, () => {
  const name = `volumes-${process.pid}`;
  let bed: Bed;
  let client: HttpClient;
  let disks: Disks;

  beforeAll(async () => {
    bed = await bringUp({ name, nodes: 2, addOns: [csi], controllerManager: [GRACE] });
    client = clientOf(bed);
    disks = new Disks(disksFolder(bed));
    addProgram(bed, { name: IMAGE, source: SOURCE });
    await deploy(MANIFESTS);
  });
  afterAll(async () => {
    client?.close();
    const left = findBed(name);
    if (left !== undefined) await takeDown(left);
  });

  const deploy = (text: string) => deployManifests(client, parseManifests(text, "notebook.yaml"), findKind);
  /** The deployment's pod that is not going, once it is Ready. */
  const readyPod = async (): Promise<Pod | undefined> => {
    const { items } = await client.list(pods, { namespace: NAMESPACE, labelSelector: "app=notebook" });
    return items.find(
      ({ metadata, status }) =>
        metadata.deletionTimestamp === undefined &&
        status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True"),
    );
  };
  const settled = async (): Promise<Pod> => {
    await waitFor("A notebook that is Ready", 120, async () => (await readyPod()) !== undefined);
    return (await readyPod()) as Pod;
  };
  /** The nodes that have an attachment. */
  const attached = async () => (await client.list(volumeAttachments)).items.map(({ spec }) => spec.nodeName);
  const volumeName = async () =>
    (await client.get(persistentVolumeClaims, NAMESPACE, CLAIM)).spec.volumeName ?? "";
  /** All that stands in a pod's notebook. */
  const namesIn = async (pod: Pod) => {
    const answer = await fetch(`http://${pod.status.podIP}:8080`);
    return (await answer.text()).trim().split("\n");
  };
  const isReady = async (node: string) => {
    const { status } = await client.get(nodes, undefined, node);
    return status.conditions?.find(({ type }) => type === "Ready")?.status === "True";
  };
  /** Changes what stands in a node's spec, whoever else writes at the same time. */
  const changeNode = async (node: string, change: Readonly<Record<string, unknown>>) => {
    await client.patch(nodes, undefined, node, "merge", { spec: change });
  };
  const disksMountedOn = (node: string) =>
    readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .filter(
        (line) => line.includes(`${memberOf(bed, node).folder}/`) && line.includes("kubernetes.io~csi"),
      );
  const other = (node: string | undefined) => bed.nodes.find((each) => each !== node) as string;

  test("are made for the claim and mounted in its pod, and the driver gives them to the pod's node", async () => {
    const pod = await settled();
    const volume = await client.get(persistentVolumes, undefined, await volumeName());
    expect(volume.spec.csi?.driver).toBe(DRIVER);
    expect(volume.spec.storageClassName).toBe(DISK_CLASS);
    const { items } = await client.list(volumeAttachments);
    expect(items.map(({ spec, status }) => [spec.nodeName, status.attached])).toEqual([
      [pod.spec.nodeName, true],
    ]);
    expect(disks.nodeOf(volume.spec.csi?.volumeHandle ?? "")).toBe(pod.spec.nodeName);
    expect(await namesIn(pod)).toEqual([pod.metadata.name]);
    expect(readFileSync(join(disks.dataOf(await volumeName()), "names"), "utf8")).toBe(
      `${pod.metadata.name}\n`,
    );
  });

  test("are refused to a second node: by the controller with an event, by the driver with an error", async () => {
    const pod = await settled();
    const second = other(pod.spec.nodeName);
    const volume = await volumeName();
    await deploy(secondPod(second));
    const told = async () =>
      (await client.list(events, { namespace: NAMESPACE })).items.find(
        ({ involvedObject, reason }) => involvedObject.name === "second" && reason === "FailedAttachVolume",
      );
    await waitFor("The Multi-Attach error", 60, async () => (await told()) !== undefined);
    expect((await told())?.message).toBe(
      `Multi-Attach error for volume ${JSON.stringify(volume)} Volume is already used by pod(s) ${pod.metadata.name}`,
    );
    expect(await attached()).toEqual([pod.spec.nodeName]);
    await client.delete(pods, NAMESPACE, "second", { gracePeriodSeconds: 0 });

    await client.create(volumeAttachments, undefined, {
      metadata: { name: "by-hand" },
      spec: { attacher: DRIVER, nodeName: second, source: { persistentVolumeName: volume } },
    });
    const error = async () =>
      (await client.get(volumeAttachments, undefined, "by-hand")).status.attachError?.message;
    await waitFor("The driver's refusal", 30, async () => (await error()) !== undefined);
    expect(await error()).toBe(
      `rpc error: code = FailedPrecondition desc = disk ${volume} is already attached to node ${pod.spec.nodeName}`,
    );
    await client.delete(volumeAttachments, undefined, "by-hand");
    await waitFor("The end of the attachment", 30, async () => (await attached()).length === 1);
    expect(disks.nodeOf(volume)).toBe(pod.spec.nodeName);
  });

  test("move with their pod, and the data with them", async () => {
    const pod = await settled();
    const from = pod.spec.nodeName as string;
    await changeNode(from, { unschedulable: true });
    await client.delete(pods, NAMESPACE, pod.metadata.name);
    const moved = await settled();
    expect(moved.spec.nodeName).toBe(other(from));
    expect(await namesIn(moved)).toEqual([pod.metadata.name, moved.metadata.name]);
    expect(await attached()).toEqual([moved.spec.nodeName]);
    await changeNode(from, { unschedulable: false });
  });

  test("stay with a node that has lost its power, until that is declared out of service", async () => {
    const pod = await settled();
    const lost = pod.spec.nodeName as string;
    await failNode(bed, lost, "power-off");
    await waitFor("The loss of the node", 60, async () => !(await isReady(lost)));
    await client.delete(pods, NAMESPACE, pod.metadata.name);
    // The kubelet cannot say that the pod has ended.
    expect(await attached()).toEqual([lost]);
    const { spec } = await client.get(nodes, undefined, lost);
    const taint = { key: TAINT_OUT_OF_SERVICE, value: "nodeshutdown", effect: "NoExecute" } as const;
    await changeNode(lost, { taints: [...(spec.taints ?? []), taint] });
    const from = performance.now();
    const moved = await settled();
    // The pod's collector looks every 20 s; without the taint the controller would wait for six minutes.
    expect(performance.now() - from).toBeLessThan(60_000);
    expect(moved.spec.nodeName).toBe(other(lost));
    expect((await namesIn(moved)).slice(-2)).toEqual([pod.metadata.name, moved.metadata.name]);
    expect(await attached()).toEqual([moved.spec.nodeName]);
    await healNode(bed, lost);
    await waitFor("The return of the node", 60, () => isReady(lost));
    expect(disksMountedOn(lost)).toEqual([]);
  });

  test("end with their claim", async () => {
    await client.delete(deployments, NAMESPACE, "notebook");
    await client.delete(persistentVolumeClaims, NAMESPACE, CLAIM);
    await waitFor("The end of the disk", 60, () => disks.ids().length === 0);
    await waitFor(
      "The end of the volume",
      60,
      async () => (await client.list(persistentVolumes)).items.length === 0,
    );
    expect(await attached()).toEqual([]);
  });

  test("leave nothing behind, mounted as they are", async () => {
    await deploy(MANIFESTS);
    await settled();
    await takeDown(bed);
    expect(traces(bed)).toEqual([]);
  });
});
