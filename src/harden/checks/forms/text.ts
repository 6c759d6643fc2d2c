/** Findings for a terminal or a pipe: the score, then workload by workload what is wrong, what would happen, what mends it. */
import { styleText } from "node:util";
import type { Screen } from "../../../report/screen.ts";
import { wrap } from "../../../report/text-table.ts";
import { type Finding, nameText, type Severity } from "../check.ts";
import type { FixProof } from "../fix-proof.ts";
import type { CheckResult } from "../run-checks.ts";
import { byWorkload, countsText, proofSentences } from "./wording.ts";

const WIDTH_MAX = 120;

const COLOURS: Readonly<Record<Severity, Parameters<typeof styleText>[0]>> = {
  critical: ["red", "bold"],
  warning: "yellow",
  advice: "blue",
};

export function checkText({ score, findings, assumed }: CheckResult, { colours, columns }: Screen): string {
  const width = Math.max(60, Math.min(WIDTH_MAX, columns ?? WIDTH_MAX));
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colours ? styleText(style, text, { validateStream: false }) : text;
  const parts = [
    [paint("bold", `Score ${score.value} of 100`), countsText(findings)].join(": "),
    ...byWorkload(findings).map(([name, theirs]) =>
      [paint("bold", name), ...theirs.map((finding) => findingText(finding, width, paint))].join("\n"),
    ),
  ];
  if (score.best !== undefined) {
    const { rule, value, findings: count } = score.best;
    parts.push(
      `Mending ${count === 1 ? "the finding" : `the ${count} findings`} of ${paint("bold", rule)} would raise the score most: to ${value}.`,
    );
  }
  if (findings.some(({ patch }) => patch !== undefined)) {
    parts.push("Patches that mend are in the JSON form: -o json");
  }
  if (assumed.length > 0) {
    const lines = assumed.map((item) => `  · ${wrap(item, width - 4, "    ")}`);
    parts.push([paint("bold", "Assumed"), ...lines].join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
}

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

function findingText(finding: Finding, width: number, paint: Paint): string {
  const { rule, severity, object, workload, field, message, consequence, patch, proof } = finding;
  const where = workload === undefined ? field : `${nameText(object)} ${field}`;
  const told = (text: string) => wrap(text, width - INDENT.length, INDENT);
  return [
    `  ${paint(COLOURS[severity], severity.padEnd(8))}  ${told(message)}`,
    `${INDENT}${told(consequence)}`,
    ...(proof === undefined ? [] : proofLines(proof, paint).map((line) => `${INDENT}${told(line)}`)),
    `${INDENT}${told(`${rule}, ${where}${patch === undefined ? "" : ", has a patch"}`)}`,
  ].join("\n");
}

const INDENT = " ".repeat(12);
function proofLines(proof: FixProof, paint: Paint): string[] {
  return proofSentences(proof).map(({ text, kind }) =>
    kind === undefined ? text : paint(kind === "worse" ? "red" : "green", text),
  );
}
