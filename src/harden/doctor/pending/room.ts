/** Too little CPU, memory or places for pods: how much is missing, and where the most is free. */
import { formatQuantity, milliQuantityOf, quantityOf } from "../../../base/quantity.ts";
import { nodes } from "../../../kube/kinds.ts";
import type { Node } from "../../../kube/types/index.ts";
import { podRequests, type Resources, resourcesOf } from "../../../scheduler/pod-resources.ts";
import { eligibleNodes } from "../../eligible-nodes.ts";
import type { Examined } from "../examined.ts";
import type { Explained, WaitingPod } from "./waiting-pod.ts";

const SHOWN_MAX = 3;

export function explainRoom({ examined, pod, refused }: WaitingPod): Explained {
  const what = /^Insufficient (\S+)/.exec(refused.reason)?.[1];
  if (what === undefined) return ofPlaces(refused.reason);
  const amount = (resources: Resources) => amountOf(resources, what);
  const wanted = amount(podRequests(pod).requests);
  const eligible = eligibleNodes(pod.spec, examined.view);
  const candidates = eligible.length > 0 ? eligible : examined.view.list(nodes);
  const rooms = candidates
    .map((node) => ({
      node,
      free: freeOn(node, examined, amount),
      whole: amount(resourcesOf(node.status.allocatable)),
    }))
    .sort((a, b) => b.free - a.free);
  const [best] = rooms;
  const text = (value: number) => amountText(value, what);
  const largest = Math.max(0, ...rooms.map(({ whole }) => whole));
  const evidence = rooms
    .slice(0, SHOWN_MAX)
    .map(
      ({ node, free, whole }) =>
        `${node.metadata.name}: ${text(Math.max(0, free))} of ${text(whole)} ${what} not asked for by others`,
    );
  if (wanted > largest) {
    return {
      cause: `it asks for ${text(wanted)} of ${what}, and no node that may take it is larger than ${text(largest)}`,
      evidence,
      remedies: [
        {
          says: `ask for at most ${text(largest)} of ${what} in its containers' resources.requests, or add a larger node`,
        },
      ],
    };
  }
  const missing = wanted - (best?.free ?? 0);
  return {
    cause: `it asks for ${text(wanted)} of ${what}, and the most is free on ${best?.node.metadata.name}: ${text(Math.max(0, best?.free ?? 0))}, so ${text(missing)} is missing`,
    evidence,
    remedies: [
      {
        says: `ask for less of ${what} (resources.requests count, not what is used), scale something else down, or add a node`,
      },
      {
        command: `kubectl describe node ${best?.node.metadata.name}`,
        says: "shows what asks for the room on the node where the most is free",
      },
    ],
  };
}

function ofPlaces(reason: string): Explained {
  return {
    cause: /pods/.test(reason)
      ? "nodes have as many pods as they may (status.allocatable.pods)"
      : "nodes have as many volumes attached as they may",
    evidence: [],
    remedies: [{ says: "scale something down, or add a node" }],
  };
}

function freeOn(node: Node, examined: Examined, amount: (resources: Resources) => number): number {
  const used = examined
    .podsOn(node.metadata.name)
    .filter(({ status: { phase } }) => phase !== "Succeeded" && phase !== "Failed")
    .reduce((sum, pod) => sum + amount(podRequests(pod).requests), 0);
  return amount(resourcesOf(node.status.allocatable)) - used;
}

function amountOf(
  { milliCpu, memoryBytes, ephemeralStorageBytes, scalars }: Resources,
  what: string,
): number {
  if (what === "cpu") return milliCpu;
  if (what === "memory") return memoryBytes;
  if (what === "ephemeral-storage") return ephemeralStorageBytes;
  return scalars.get(what) ?? 0;
}

const MEBIBYTE = 1024 * 1024;

function amountText(amount: number, what: string): string {
  if (what === "cpu") return formatQuantity(milliQuantityOf(amount));
  if (what === "memory" || what === "ephemeral-storage")
    return amount < MEBIBYTE
      ? String(amount)
      : formatQuantity(quantityOf(Math.round(amount / MEBIBYTE) * MEBIBYTE, "BinarySI"));
  return String(amount);
}
