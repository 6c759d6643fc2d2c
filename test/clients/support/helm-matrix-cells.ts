/** The cells of the Helm matrix, for whichever cluster it is played on, and the tables of docs/helm.md that they have to agree with. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Against, Helm, HelmMatrix, Played, UpgradeCommand } from "./helm-matrix.ts";

const COMMANDS: readonly UpgradeCommand[] = [
  { helm: 3, flags: "" },
  { helm: 4, flags: "" },
  { helm: 4, flags: "--force-conflicts" },
  { helm: 4, flags: "--server-side=true" },
  { helm: 4, flags: "--server-side=true --force-conflicts" },
  { helm: 4, flags: "--server-side=false" },
  { helm: 4, flags: "--server-side=false --force-conflicts" },
];
const HELMS: readonly Helm[] = ["helm3", "helm4"];

const CELLS = HELMS.flatMap((installedBy) =>
  COMMANDS.map((command, i) => ({
    installedBy,
    command,
    text: textOf(command),
    cell: `${installedBy}-${i}`,
  })),
);

/** The chart that is upgraded to: one field as the plan has it, two that it wants otherwise, and what it took away. */
const NEXT = ["--set=grace=60", '--set-json=tolerations=[{"key":"spot","operator":"Exists"}]', "--set=tag=2"];

/** Charts that a release seldom goes to without trouble. */
const CHANGES = [
  { name: "no longer names the replicas", id: "none", values: ["--set=replicas=null"] },
  { name: "stops before it starts", id: "recreate", values: ["--set=strategy=Recreate"] },
  { name: "brings a budget of its own", id: "budget", values: ["--set=budget=true"] },
];

/** Each way of writing once, from each way in which a release can have been written. */
const BY_CHANGE: Readonly<Record<Helm, readonly UpgradeCommand[]>> = {
  helm3: [COMMANDS[0], COMMANDS[3], COMMANDS[4]] as UpgradeCommand[],
  helm4: [COMMANDS[1], COMMANDS[2], COMMANDS[5]] as UpgradeCommand[],
};

const CHANGE_CELLS = HELMS.flatMap((installedBy) =>
  CHANGES.flatMap((change) =>
    BY_CHANGE[installedBy].map((command, i) => ({
      installedBy,
      command,
      text: textOf(command),
      ...change,
      cell: `${installedBy}-${change.id}-${i}`,
    })),
  ),
);

export function describeMatrix(of: () => HelmMatrix): void {
  describe("the policy applied, then", () => {
    const [table] = tables();
    test.each(CELLS)("$text of what $installedBy installed", async ({ installedBy, command, text, cell }) => {
      const matrix = of();
      await matrix.install(installedBy, cell);
      const played = await asForetold(matrix, command, cell, NEXT);
      expect(table?.get(text)?.get(installedBy)).toBe(summaryOf(played));
    });
  });

  describe("an upgrade, the policy applied, then an upgrade by the same helm", () => {
    const [, table] = tables();
    test.each(CELLS)("$text of what $installedBy installed", async ({ installedBy, command, text, cell }) => {
      const matrix = of();
      const namespace = `again-${cell}`;
      await matrix.install(installedBy, namespace);
      const { code, output } = await matrix.upgrade(command, namespace, "--set=tag=1b");
      expect(code, output).toBe(isContradiction(command, installedBy) ? 1 : 0);
      const played = await asForetold(matrix, { helm: command.helm, flags: "" }, namespace, NEXT);
      expect(table?.get(text)?.get(installedBy)).toBe(summaryOf(played));
    });
  });

  describe("the policy applied, then a chart that", () => {
    test.each(CHANGE_CELLS)("$name, by $text of what $installedBy installed", async (change) => {
      const { installedBy, command, values, cell } = change;
      await of().install(installedBy, cell);
      await asForetold(of(), command, cell, values);
    });
  });
}

/** Applies the policy and upgrades; what is foretold before and after the one is what comes of the other. */
async function asForetold(
  matrix: HelmMatrix,
  command: UpgradeCommand,
  namespace: string,
  values: readonly string[],
): Promise<Played> {
  const planned = await matrix.against(namespace, ...values);
  await matrix.apply(namespace);
  const foretold = await matrix.against(namespace, ...values);
  expect(outcomesOf(foretold)).toEqual(outcomesOf(planned));
  expect(foretold.release?.toldBy).toBe("record");
  const expected = await matrix.expected(command, namespace, foretold);
  const played = await matrix.play(command, namespace, foretold, ...values);
  const { output, ...seen } = played;
  expect(seen, output).toEqual(expected);
  return played;
}

function outcomesOf({ fields, commands, objects }: Against) {
  return { fields, commands, objects };
}

/** helm 4 forces nothing where it does not apply. */
function isContradiction({ flags }: UpgradeCommand, installedBy: Helm): boolean {
  if (flags === "--force-conflicts") return installedBy === "helm3";
  return flags === "--server-side=false --force-conflicts";
}

/** As the tables of docs/helm.md say it: what became of a field that both name, and of one that the policy took away. */
function summaryOf({ code, output, values, conflicts }: Played): string {
  if (/forceConflicts enabled when serverSideApply disabled/.test(output)) return "refused by helm";
  if (conflicts.includes("spec.replicas")) return `conflict, ends with ${code}`;
  const removed = values['spec.template.spec.containers[name="main"].livenessProbe.initialDelaySeconds'];
  const both = values["spec.replicas"] === 1 ? "overwritten" : "kept";
  return `${both}; ${removed === 10 ? "put back" : "stays away"}`;
}

/** The tables of docs/helm.md whose rows begin with a command: what they say of a release, by who installed it. */
function tables(): ReadonlyMap<string, ReadonlyMap<Helm, string>>[] {
  const text = readFileSync("docs/helm.md", "utf8");
  return text
    .split(/^\|.*\|\n\|(?: --- \|)+\n/m)
    .slice(1)
    .map((table) => {
      const rows = [...table.matchAll(/^\| `(helm \d upgrade[^`]*)` \| ([^|]*) \| ([^|]*) \|$/gm)];
      return new Map(
        rows.map(([, command = "", by3 = "", by4 = ""]) => [
          command,
          new Map<Helm, string>([
            ["helm3", by3],
            ["helm4", by4],
          ]),
        ]),
      );
    })
    .filter((table) => table.size > 0);
}

function textOf({ helm, flags }: UpgradeCommand): string {
  return `helm ${helm} upgrade ${flags}`.trimEnd();
}
