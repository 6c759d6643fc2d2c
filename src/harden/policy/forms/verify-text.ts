import { styleText } from "node:util";
import type { Screen } from "../../../report/screen.ts";
import { wrap } from "../../../report/text-table.ts";
import type { VerifiedWorkload } from "../verify.ts";

export interface VerifyResult {
  readonly policies: readonly {
    readonly policy: string;
    readonly workloads: readonly VerifiedWorkload[];
    readonly refused: readonly string[];
  }[];
  readonly nodes: readonly { readonly node: string; readonly pods: number }[];
}

const WIDTH_MAX = 120;

/** For a terminal or a pipe: each workload with its pods and nodes, and what is not as intended. */
export function verifyText({ policies, nodes }: VerifyResult, { colours, columns }: Screen): string {
  const width = Math.max(60, Math.min(WIDTH_MAX, columns ?? WIDTH_MAX));
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const told = (text: string, indent: number) => wrap(text, width - indent, " ".repeat(indent));
  const parts = policies.map(({ policy, workloads, refused }) => {
    const right = workloads.filter(({ deviations }) => deviations.length === 0).length;
    const lines = [`${paint("bold", policy)}: ${right} of ${workloads.length} workloads as intended`];
    for (const { workload, ready, replicas, nodes: on, deviations } of workloads) {
      const mark = deviations.length === 0 ? paint("green", "ok   ") : paint("red", "wrong");
      const where = on.length === 0 ? "" : ` on ${on.join(", ")}`;
      lines.push(`  ${mark}  ${told(`${workload}: ${ready} of ${replicas} ready${where}`, 9)}`);
      for (const { aspect, what } of deviations) lines.push(`         ${told(`${aspect}: ${what}`, 9)}`);
    }
    for (const each of refused) lines.push(`  ·      ${told(`not possible for ${each}`, 9)}`);
    return lines.join("\n");
  });
  const load = nodes.map(({ node, pods }) => `${node} ${pods}`).join(", ");
  return `${[...parts, `${paint("bold", "Pods per node")}: ${told(load, 2)}`].join("\n\n")}\n`;
}
