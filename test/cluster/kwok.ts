/** Nodes that are there for the scheduler only: objects whose heartbeats KWOK keeps, on which nothing runs. */
import type { Client } from "../../src/client/client.ts";
import { nodes } from "../../src/kube/kinds.ts";
import { program } from "../programs/build.ts";
import { startProcess } from "./processes.ts";

const ZONES = 3;
const ROOM = { cpu: "32", memory: "256Gi", pods: "110" };

/** Adds so many nodes, in three zones, labelled type=kwok, and starts what keeps them ready. */
export async function addFakeNodes(
  client: Client,
  count: number,
  options: { readonly folder: string; readonly namespace?: string; readonly kubeconfig: string },
): Promise<void> {
  const { folder, namespace, kubeconfig } = options;
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
          type: "kwok",
          "kubernetes.io/hostname": name,
          "topology.kubernetes.io/zone": `zone-${(i % ZONES) + 1}`,
        },
      },
      status: { allocatable: ROOM, capacity: ROOM },
    });
  }
}
