import { REASONS, type Reason, type Verdict } from "./verdicts.ts";

/** The page that says which conformance specs pass, and why each of the others is left out. */
export function conformancePage(verdicts: Readonly<Record<string, Verdict>>, version: string): string {
  const entries = Object.entries(verdicts).sort(([a], [b]) => (a < b ? -1 : 1));
  const passing = entries.filter(([, verdict]) => verdict.startsWith("passes"));
  const inCi = passing.filter(([, verdict]) => verdict === "passes, in CI too");
  const sections = (Object.keys(REASONS) as Reason[]).map((reason) => {
    const specs = entries.filter(([, verdict]) => verdict.split(": ")[0] === reason);
    const lines = specs.map(([name, verdict]) => `- ${line(name)}${detail(verdict)}`);
    return `### It ${REASONS[reason]} (${specs.length})\n\n${lines.join("\n")}\n`;
  });
  return `# Kubernetes' own conformance specs against the lab

Kubernetes ${version} has ${entries.length} conformance specs. **${passing.length}** of them pass, unmodified, against \`holdfast lab up\`;
${inCi.length} of these run with every change. The others need what a lab does not have, and are listed below with the reason.
The last whole run: [results/conformance.json](../results/conformance.json); \`npm run long -- conformance\` runs it again.

This page is made from \`test/conformance/verdicts.data.json\` by \`npm run conformance -- --document\`.

## Those that pass

${passing.map(([name, verdict]) => `- ${line(name)}${verdict === "passes, in CI too" ? " (in CI too)" : ""}`).join("\n")}

## Those that are left out

${sections.filter((section) => !section.includes("(0)")).join("\n")}`;
}

function line(name: string): string {
  return name.replace(/ ?\[Conformance\]/, "").replace(/([*_<>])/g, "\\$1");
}

function detail(verdict: Verdict): string {
  const mark = verdict.indexOf(": ");
  return mark < 0 ? "" : `: ${verdict.slice(mark + 2)}`;
}
