import { formatQuantity, parseQuantity, wholeValue } from "../../base/quantity.ts";
import type { Node } from "../../kube/types/index.ts";
import { nodeFacts, nodeLabels } from "../../lab/node/kubelet/node-object.ts";

/** The nodes that manifests without any are put on. */
export interface AssumedNodes {
  readonly nodes: number;
  readonly cpu: string;
  readonly memory: string;
  readonly zones: number;
}

export const DEFAULT_NODES: AssumedNodes = { nodes: 3, cpu: "4", memory: "8Gi", zones: 1 };

export const NODES_MAX = 10_000;

/**
 * Reads "3" or "6,cpu=8,memory=32Gi,zones=3".
 * @throws {RangeError} that says what is wrong and what would be right
 */
export function parseAssumedNodes(text: string): AssumedNodes {
  const [count = "", ...rest] = text.split(",");
  const found: { -readonly [K in keyof AssumedNodes]: AssumedNodes[K] } = {
    ...DEFAULT_NODES,
    nodes: wholeNumber("the number of nodes", count, NODES_MAX),
  };
  for (const part of rest) {
    const [name = "", value = ""] = part.split(/=(.*)/s);
    if (name === "cpu" || name === "memory") found[name] = amount(name, value);
    else if (name === "zones") found.zones = wholeNumber("zones", value, found.nodes);
    else
      throw new RangeError(
        `${JSON.stringify(part)} is unknown; expected cpu=…, memory=… or zones=… after the number`,
      );
  }
  return found;
}

function wholeNumber(what: string, text: string, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= max) return value;
  throw new RangeError(`${what} is ${JSON.stringify(text)}; expected a whole number from 1 to ${max}`);
}

function amount(name: string, text: string): string {
  const parsed = parseQuantity(text);
  if (parsed.ok && wholeValue(text) > 0) return formatQuantity(text);
  throw new RangeError(
    `${name} is ${JSON.stringify(text)}; expected an amount above 0, such as 4, 500m or 8Gi`,
  );
}

/** The nodes as their kubelets would show them: the lab's machines, named node-1 … and dealt over zone-1 …. */
export function assumedNodes({ nodes, cpu, memory, zones }: AssumedNodes): readonly Node[] {
  return Array.from({ length: nodes }, (_, index) => {
    const name = `node-${index + 1}`;
    const machine = {
      name,
      zone: `zone-${(index % zones) + 1}`,
      ip: `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`,
      bootId: 1,
    } as Parameters<typeof nodeLabels>[0];
    return {
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name,
        uid: `node/${name}`,
        resourceVersion: "1",
        creationTimestamp: CREATED,
        labels: nodeLabels(machine),
      },
      spec: {},
      status: {
        ...nodeFacts(machine, { cpu, memory, podCidr: "" }),
        conditions: [{ type: "Ready", status: "True", lastTransitionTime: CREATED }],
      },
    } as Node;
  });
}

/** No clock is asked: what is made here was always there. */
export const CREATED = "2020-01-01T00:00:00Z";

/** "3 nodes with 4 CPU and 8Gi each, in 1 zone" */
export function describeNodes({ nodes, cpu, memory, zones }: AssumedNodes): string {
  const each = nodes === 1 ? "" : " each";
  return `${nodes} node${nodes === 1 ? "" : "s"} with ${cpu} CPU and ${memory} of memory${each}, in ${zones} zone${zones === 1 ? "" : "s"}`;
}
