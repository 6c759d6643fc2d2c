/**
 * What the page's script draws from, small enough for thousands of nodes: what losses do is the same again and again, but for names.
 * It is written once for all of them, with a mark where the lost node's name stands.
 */
import type { ProveResult, WorkloadResult, WorkloadVerdict } from "../result.ts";

/** Stands for the name of the node that is lost; no name and no message has it. */
export const LOST_NAME = "\u0001";

export interface PageData {
  /** Names of nodes and of their zones. */
  readonly nodes: readonly (readonly [name: string, zone: string])[];
  readonly workloads: readonly Pick<
    WorkloadResult,
    "kind" | "namespace" | "name" | "verdict" | "nodesToBreak" | "zonesToBreak"
  >[];
  /** What is said of a workload after a loss, as JSON, without whom it is about. */
  readonly said: readonly string[];
  /** Id, kind, verdict, and whom it touches: pairs of indexes into `workloads` and `said`, one after the other. */
  readonly losses: readonly (readonly [
    id: string,
    kind: string,
    verdict: string,
    touched: readonly number[],
  ])[];
}

export function pageData({ losses, workloads }: ProveResult, nodes: PageData["nodes"]): PageData {
  const indexes = new Map(workloads.map((workload, index) => [keyOf(workload), index]));
  const said = new Map<string, number>();
  const numberOf = (text: string) => {
    const known = said.get(text);
    if (known !== undefined) return known;
    said.set(text, said.size);
    return said.size - 1;
  };
  return {
    nodes,
    workloads: workloads.map(({ kind, namespace, name, verdict, nodesToBreak, zonesToBreak }) => ({
      kind,
      namespace,
      name,
      verdict,
      nodesToBreak,
      zonesToBreak,
    })),
    losses: losses.map(({ id, kind, lost, verdict, workloads: touched }) => {
      const [name = ""] = kind === "node" ? lost : [];
      return [
        id,
        kind,
        verdict,
        touched.flatMap((one) => [indexes.get(keyOf(one)) ?? -1, numberOf(textOf(one, name))]),
      ];
    }),
    said: [...said.keys()],
  };
}

function keyOf({ kind, namespace, name }: Pick<WorkloadVerdict, "kind" | "namespace" | "name">): string {
  return `${kind} ${namespace}/${name}`;
}

function textOf({ kind: _kind, namespace: _namespace, name: _name, ...rest }: WorkloadVerdict, lost: string) {
  const text = JSON.stringify(rest);
  if (lost === "") return text;
  // Whole names only: node-1 is not part of node-12.
  const parts = text.split(lost);
  return parts.reduce((whole, part, i) => {
    const isWhole = !/[a-z0-9.-]$/.test(whole) && !/^(?:[a-z0-9-]|\.[a-z0-9])/.test(part);
    return `${whole}${i === 0 ? "" : isWhole ? MARK : lost}${part}`;
  }, "");
}

const MARK = JSON.stringify(LOST_NAME).slice(1, -1);
