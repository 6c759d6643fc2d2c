/** The page that says how many cases of each kind the contract has, and which answers differ. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GROUPS as ACCESS } from "./access/access-contract.ts";
import { GROUPS as CLIENT } from "./client-contract.ts";
import { FOLDER, OPTIONAL_FOLDER } from "./exchange/exchanges.ts";
import { parseExchanges } from "./exchange/parse.ts";
import { PIECES } from "./sequences/fragments.ts";
import { SEQUENCES, STEPS } from "./sequences/sequences.ts";
import { GROUPS as WEBHOOKS } from "./webhooks/webhook-contract.ts";
import { GROUPS as WIRE } from "./wire/wire-contract.ts";

type Groups = Readonly<Record<string, readonly unknown[]>>;

/** The rows of the table of answers that differ, in the page of what the lab models. */
export function allowedDifferences(fidelity: string): readonly string[] {
  const [, section = ""] = /^## Answers that differ\n(.*?)^## /ms.exec(fidelity) ?? [];
  return section.split("\n").filter((line) => /^\| (?!---|request \|)/.test(line));
}

export function contractPage(version: string, fidelity: string): string {
  const areas = [...areasIn(FOLDER), ...areasIn(OPTIONAL_FOLDER)];
  const differences = allowedDifferences(fidelity);
  return `# The contract, in numbers

Cases of \`test/contract/\` that pass on the lab and on a real kube-apiserver ${version} (\`npm run contract\`). This page is made from
the suite by \`npm run test:update\`.

## Exchanges

One or more requests each, with the answers that the real one gave; played against the lab in process, over HTTPS, and the real one.

| exchanges | cases | requests |
| --- | --- | --- |
${areas.map(({ area, cases, requests }) => `| ${area} | ${cases} | ${requests} |`).join("\n")}
| all | ${sum(areas.map(({ cases }) => cases))} | ${sum(areas.map(({ requests }) => requests))} |

## Cases in TypeScript

For what takes more than requests one after another. Those of access and of the wire run over HTTPS.

${table("cases", { ...CLIENT, ...WEBHOOKS })}

${table("access", ACCESS)}

${table("letter by letter", WIRE)}

## Random sequences

${SEQUENCES} sequences of ${STEPS} random requests, drawn from seeds (\`test/contract/sequences/\`), are played against the lab and the real one
side by side: creating, updating, patching, applying with conflicts, deleting, listing, watching, subresources, finalizers and dry runs
over ${Object.keys(PIECES).length} kinds in two namespaces. Everything but moments, uids and allocated addresses must be equal.

## Answers that differ

${differences.length} differences are left, with the reasons that [the page of what the lab models](../fidelity.md) gives:

| request | how the answer differs | why it is left |
| --- | --- | --- |
${differences.join("\n")}
`;
}

function areasIn(folder: string) {
  return readdirSync(folder)
    .sort()
    .map((file) => {
      const { exchanges } = parseExchanges(readFileSync(join(folder, file), "utf8"));
      const requests = exchanges.reduce((sum, { steps }) => sum + steps.length, 0);
      return { area: file.replace(".txt", "").replaceAll("-", " "), cases: exchanges.length, requests };
    });
}

function table(what: string, groups: Groups): string {
  const rows = Object.entries(groups).map(([group, cases]) => `| ${group} | ${cases.length} |`);
  const all = sum(Object.values(groups).map(({ length }) => length));
  return [`| ${what} | number |`, "| --- | --- |", ...rows, `| all | ${all} |`].join("\n");
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, each) => all + each, 0);
}
