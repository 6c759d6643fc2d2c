import { styleText } from "node:util";
import type { Screen } from "../../../report/screen.ts";
import { textTable, wrap } from "../../../report/text-table.ts";
import { policyText } from "../read-policy.ts";
import type { PolicyStatusRows, StatusRow } from "../status-rows.ts";

const COLUMNS = [
  { title: "WORKLOAD" },
  { title: "REPLICAS" },
  { title: "READY" },
  { title: "SPREAD" },
  { title: "BUDGET" },
  { title: "REVISION" },
  { title: "AS INTENDED" },
] as const;

/** A table a policy: configured → intended where they differ. */
export function statusText(
  policies: readonly PolicyStatusRows[],
  { colours, columns = 120 }: Screen,
): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const parts = policies.map(({ policy, tier, rows }) => {
    const heading = `${paint("bold", policyText(policy))}, tier ${tier}`;
    const table = textTable(
      COLUMNS.map((column) => ({ ...column })),
      rows.map((row) => [
        row.workload,
        replicasText(row),
        String(row.replicas.ready),
        row.spread.join(", ") || "none",
        row.budget === undefined ? "none" : "yes",
        row.revision === undefined
          ? "none"
          : `${row.revision}${row.state === "applied" ? "" : ` (${row.state})`}`,
        row.differs.length === 0 ? paint("green", "yes") : paint("red", "no"),
      ]),
    );
    const notes = rows.flatMap(({ workload, differs, refused }) => [
      ...(differs.length === 0 ? [] : [`${workload} differs in ${differs.join(", ")}`]),
      ...refused.map((each) => `${workload}, not possible: ${each}`),
    ]);
    const lines = notes.map((note) => `  · ${wrap(note, Math.min(120, columns) - 4, "    ")}`);
    return [heading, table, ...lines].join("\n");
  });
  return `${parts.join("\n\n")}\n`;
}

function replicasText({ replicas: { configured, intended } }: StatusRow): string {
  return configured === intended ? String(configured) : `${configured} → ${intended}`;
}
