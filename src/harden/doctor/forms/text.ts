/** Diagnoses for a terminal or a pipe: object, cause, evidence, and the commands that mend, ready to be copied. */
import { styleText } from "node:util";
import type { Screen } from "../../../report/screen.ts";
import { wrap } from "../../../report/text-table.ts";
import { nameText } from "../../checks/check.ts";
import { counted } from "../commands.ts";
import type { DoctorResult } from "../diagnose.ts";
import type { Diagnosis, Remedy } from "../trouble.ts";
import { commandLines } from "./command-lines.ts";

const WIDTH_MAX = 120;
const WIDTH_MIN = 60;

export function doctorText(
  { target, diagnoses, unseen }: DoctorResult,
  { colours, columns }: Screen,
): string {
  const width = Math.max(WIDTH_MIN, Math.min(WIDTH_MAX, columns ?? WIDTH_MAX));
  const paint: Paint = (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text);
  const parts = [
    headline(target, diagnoses, paint),
    ...diagnoses.map((diagnosis) => diagnosisText(diagnosis, width, paint)),
  ];
  if (unseen.length > 0) {
    const lines = unseen.map((item) => `  · ${wrap(item, width - 4, "    ")}`);
    parts.push([paint("bold", "Could not be looked at"), ...lines].join("\n"));
  }
  return `${parts.join("\n\n")}\n`;
}

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

function headline(target: string | undefined, diagnoses: readonly Diagnosis[], paint: Paint): string {
  const count = diagnoses.filter(({ expected }) => !expected).length;
  const nothing = target === undefined ? "Nothing found that is wrong" : "nothing found that is wrong";
  const found = count === 0 ? paint("green", nothing) : paint("bold", counted(count, "trouble"));
  return target === undefined ? found : `${target}: ${found}`;
}

function diagnosisText(diagnosis: Diagnosis, width: number, paint: Paint): string {
  const { trouble, object, cause, evidence, remedies, unseen = [], expected } = diagnosis;
  const label = (style: Parameters<typeof styleText>[0], title: string) =>
    paint(style, title.padEnd(INDENT.length - 2));
  const told = (text: string) => wrap(text, width - INDENT.length, INDENT);
  const first = (title: string, style: Parameters<typeof styleText>[0], lines: readonly string[]) =>
    lines.map((line, i) => `  ${i === 0 ? label(style, title) : " ".repeat(INDENT.length - 2)}${told(line)}`);
  return [
    `${paint("bold", nameText(object))}  ${paint("dim", trouble)}`,
    ...first(expected ? "expected" : "cause", expected ? "blue" : ["red", "bold"], [cause]),
    ...first("seen", "cyan", evidence),
    ...first("not seen", "yellow", unseen),
    ...remedies.flatMap((remedy, i) =>
      remedyLines(remedy, i === 0 ? label("green", "mend") : "", width, paint),
    ),
  ].join("\n");
}

const INDENT = " ".repeat(12);
/** What a command does stands below it. */
const BELOW = " ".repeat(14);

/** A command stands on lines of its own, from which it can be copied. */
function remedyLines({ command, says }: Remedy, label: string, width: number, paint: Paint): string[] {
  const lead = label === "" ? INDENT : `  ${label}`;
  if (command === undefined) return [`${lead}${wrap(says, width - INDENT.length, INDENT)}`];
  return [
    ...commandLines(command, width - INDENT.length).map(
      (line, at) => `${at === 0 ? lead : INDENT}${paint("bold", line)}`,
    ),
    `${BELOW}${paint("dim", wrap(says, width - BELOW.length, BELOW))}`,
  ];
}
