/** Nodes that are there for the scheduler only: objects whose heartbeats KWOK keeps, on which nothing runs. */
import type { Client } from "../../src/client/client.ts";
import { isConditionTrue } from "../../src/kube/conditions.ts";
import { nodes } from "../../src/kube/kinds.ts";
import { program } from "../programs/build.ts";
import { startProcess, waitFor } from "./processes.ts";

const ZONES = 3;
const ROOM = { cpu: "32", memory: "256Gi", pods: "110" };
const READY_SECONDS = 60;
const MANAGED = { type: "kwok" };

/**
 * Adds so many nodes, in three zones, labelled type=kwok, and starts what keeps them ready. Resolves when they take pods, for which
 * a controller manager has to be there.
 */
export async function addFakeNodes(
  client: Client,
  count: number,
  options: {
    readonly folder: string;
    readonly namespace?: string;
    readonly kubeconfig: string;
    /** What each has to give, where it is not to be plenty. */
    readonly room?: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const { folder, namespace, kubeconfig, room = ROOM } = options;
  startProcess({
    folder,
    name: "kwok",
    ...(namespace !== undefined && { namespace }),
    // Its own cache and settings belong to the bed.
    env: { HOME: folder },
    command: [
      await program("kwok"),
      `--kubeconfig=${kubeconfig}`,
      "--manage-nodes-with-label-selector=type=kwok",
      "--node-lease-duration-seconds=40",
    ],
  });
  for (let i = 1; i <= count; i++) {
    const name = `kwok-${i}`;
    await client.create(nodes, undefined, {
      metadata: {
        name,
        labels: {
          ...MANAGED,
          "kubernetes.io/hostname": name,
          "topology.kubernetes.io/zone": `zone-${(i % ZONES) + 1}`,
        },
      },
      status: { allocatable: room, capacity: room },
    });
  }
  await waitFor("Nodes that take pods", READY_SECONDS, async () => {
    const { items } = await client.list(nodes, { labelSelector: "type=kwok" });
    return items.every(
      ({ spec, status }) => isConditionTrue(status.conditions, "Ready") && (spec.taints ?? []).length === 0,
    );
  });
}

/** Nobody keeps the node's heartbeats any more, or what is on it: as when its machine is off. */
export async function failFakeNode(client: Client, name: string): Promise<void> {
  await client.patch(nodes, undefined, name, "merge", { metadata: { labels: { type: null } } });
}

export async function healFakeNode(client: Client, name: string): Promise<void> {
  await client.patch(nodes, undefined, name, "merge", { metadata: { labels: MANAGED } });
}
