/** Which `helm upgrade` writes in which way, and what is to be done about a field before it. */
import type { UpgradeWay } from "./helm-upgrade.ts";
import type { FieldForecast, ObjectForecast, UpgradeForecast } from "./predict-upgrade.ts";

/** helm 4 forces nothing that it merges by itself. */
export type CommandWay = UpgradeWay | "refused";

export interface UpgradeCommand {
  readonly helm: 3 | 4;
  /** Behind `helm upgrade`. */
  readonly flags: string;
  readonly way: CommandWay;
}

/** Every form of the command, and how it writes this release. Of one that is not known, helm 4 writes on the server. */
export function upgradeCommands({ release }: UpgradeForecast): UpgradeCommand[] {
  const isMerged = release?.lastMethod === "client-side";
  return [
    { helm: 3, flags: "", way: "client-side" },
    { helm: 4, flags: "", way: isMerged ? "client-side" : "server-side" },
    { helm: 4, flags: "--force-conflicts", way: isMerged ? "refused" : "forced" },
    { helm: 4, flags: "--server-side=true", way: "server-side" },
    { helm: 4, flags: "--server-side=true --force-conflicts", way: "forced" },
    { helm: 4, flags: "--server-side=false", way: "client-side" },
    { helm: 4, flags: "--server-side=false --force-conflicts", way: "refused" },
  ];
}

/** What keeps the plan's value through every upgrade. */
export function fieldAdvice({ planned, chart, outcomes }: FieldForecast): string {
  if (Object.values(outcomes).every((outcome) => outcome === "kept")) return "leave it: chart and plan agree";
  if (planned === undefined) return "take it out of the chart";
  const value = JSON.stringify(planned);
  if (chart === undefined) return `say ${value} in the chart`;
  return `say ${value} in the chart's values`;
}

export function objectAdvice({ what }: ObjectForecast): string {
  switch (what) {
    case "not-imported":
      return "leave it out of the chart, or let helm have it with --take-ownership";
    case "deleted":
      return "keep it in the chart, or annotate it with helm.sh/resource-policy: keep";
    case "invalid":
      return "settle the fields above first";
  }
}
