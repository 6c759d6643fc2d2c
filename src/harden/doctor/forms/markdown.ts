import { escapeMarkdown } from "../../../report/markdown.ts";
import { nameText } from "../../checks/check.ts";
import type { DoctorResult } from "../diagnose.ts";

/** For tickets and chats: a heading for each object, commands in blocks. */
export function doctorMarkdown({ target, diagnoses, unseen }: DoctorResult): string {
  const count = diagnoses.filter(({ expected }) => !expected).length;
  const parts = [
    `## ${target === undefined ? "Cluster" : escapeMarkdown(target)}: ${count === 0 ? "nothing found that is wrong" : `${count} trouble${count === 1 ? "" : "s"}`}`,
  ];
  for (const { trouble, object, cause, evidence, remedies, unseen: missing = [] } of diagnoses) {
    parts.push(
      `### ${escapeMarkdown(nameText(object))} (${trouble})`,
      escapeMarkdown(`${cause[0]?.toUpperCase()}${cause.slice(1)}.`),
    );
    const seen = [...evidence, ...missing.map((text) => `not seen: ${text}`)];
    if (seen.length > 0) parts.push(seen.map((line) => `- ${escapeMarkdown(line)}`).join("\n"));
    for (const { command, says } of remedies) {
      const sentence = escapeMarkdown(`${says[0]?.toUpperCase()}${says.slice(1)}`);
      parts.push(
        command === undefined ? `${sentence}.` : `${sentence}:\n\n\`\`\`console\n${command}\n\`\`\``,
      );
    }
  }
  if (unseen.length > 0)
    parts.push("### Could not be looked at", unseen.map((line) => `- ${escapeMarkdown(line)}`).join("\n"));
  return `${parts.join("\n\n")}\n`;
}
