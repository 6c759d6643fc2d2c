/** What a coming helm upgrade would do, for a terminal or a pipe, and as Markdown. */
import { markdownTable } from "../../../report/markdown.ts";
import { wrap } from "../../../report/text-table.ts";
import { fieldText } from "../../fields/field-path.ts";
import { targetText } from "../../step.ts";
import { type CommandWay, fieldAdvice, objectAdvice, upgradeCommands } from "../../upgrade/advice.ts";
import type { UpgradeWay } from "../../upgrade/helm-upgrade.ts";
import {
  type FieldForecast,
  type ObjectForecast,
  type UpgradeForecast,
  WAYS,
} from "../../upgrade/predict-upgrade.ts";
import { short } from "./short-value.ts";

type Bold = (text: string) => string;

/** @param width columns that lines may take */
export function upgradeText(forecast: UpgradeForecast, width: number, bold: Bold): string {
  const told = (text: string, indent: number) =>
    " ".repeat(indent) + wrap(text, width - indent, " ".repeat(indent + 2));
  const lines = [bold(headingOf(forecast))];
  for (const [way, commands] of waysOf(forecast)) lines.push(told(`${way}: ${commands.join(", ")}`, 2));
  const { fields, objects, otherConflicts } = forecast;
  let object = "";
  for (const field of fields) {
    const name = targetText(field.target);
    if (name !== object) lines.push(`  ${bold(name)}`);
    object = name;
    lines.push(
      told(`${fieldText(field.path)}: plan ${short(field.planned)}, chart ${short(field.chart)}`, 4),
    );
    lines.push(told(`${outcomesText(field)}; ${fieldAdvice(field)}`, 6));
  }
  for (const each of objects) lines.push(told(`${objectText(each)}; ${objectAdvice(each)}`, 2));
  for (const { target, field, manager } of otherConflicts)
    lines.push(told(`server-side: ${targetText(target)} ${field.slice(1)} conflicts with ${manager} too`, 2));
  if (isQuiet(forecast)) lines.push(told(NOTHING, 2));
  return lines.join("\n");
}

export function upgradeMarkdown(forecast: UpgradeForecast): string {
  const { fields, objects, otherConflicts } = forecast;
  const commands = waysOf(forecast).map(([way, names]) => [way, names.join(", ")]);
  const rows = fields.map((field) => [
    targetText(field.target),
    fieldText(field.path),
    short(field.planned),
    short(field.chart),
    ...WAYS.map((way) => outcomeText(field, way)),
    fieldAdvice(field),
  ]);
  const wholes = [
    ...objects.map((each) => [
      targetText(each.target),
      `${each.ways.join(", ")}: ${each.what.replace("-", " ")}: ${each.why}`,
      objectAdvice(each),
    ]),
    ...otherConflicts.map(({ target, field, manager }) => [
      targetText(target),
      `server-side: ${field.slice(1)} conflicts with ${manager} too`,
      "settle it between the two",
    ]),
  ];
  return [
    `## ${headingOf(forecast)}`,
    markdownTable(["Writes", "Commands"], commands),
    ...(rows.length === 0
      ? []
      : [
          markdownTable(
            ["Object", "Field", "Plan", "Chart", "Client-side", "Server-side", "Forced", "What to do"],
            rows,
          ),
        ]),
    ...(wholes.length === 0 ? [] : [markdownTable(["Object", "What happens", "What to do"], wholes)]),
    ...(isQuiet(forecast) ? [NOTHING] : []),
  ].join("\n\n");
}

const NOTHING = "The chart sets no field that is ours or will be.";

function isQuiet({ fields, objects, otherConflicts }: UpgradeForecast): boolean {
  return fields.length + objects.length + otherConflicts.length === 0;
}

function headingOf({ release }: UpgradeForecast): string {
  if (release === undefined) return "helm upgrade to this chart; nothing of it is a release's yet";
  const { namespace, name, lastMethod, deployed } = release;
  const source = deployed === undefined ? ", as managedFields tell" : "";
  return `helm upgrade of ${namespace}/${name}, last written ${lastMethod}${source}`;
}

function waysOf(forecast: UpgradeForecast): [way: CommandWay, commands: string[]][] {
  const ways = new Map<CommandWay, string[]>();
  for (const { helm, flags, way } of upgradeCommands(forecast))
    ways.set(way, [...(ways.get(way) ?? []), `helm ${helm}${flags === "" ? "" : ` ${flags}`}`]);
  return [...ways];
}

function outcomesText(field: FieldForecast): string {
  return WAYS.map((way) => `${way}: ${outcomeText(field, way)}`).join(", ");
}

function outcomeText({ outcomes, overwrittenWith }: FieldForecast, way: UpgradeWay): string {
  const outcome = outcomes[way];
  return outcome === "overwritten" ? `becomes ${short(overwrittenWith)}` : outcome;
}

function objectText({ target, what, ways, why }: ObjectForecast): string {
  return `${ways.join(", ")}: ${targetText(target)} is ${what.replace("-", " ")}: ${why}`;
}
