import { rangeText } from "../../report/duration-text.ts";
import { type SarifFinding, sarifLog } from "../../report/sarif.ts";
import type { InputPlace } from "../../view/input-error.ts";
import { type ProveResult, VERDICTS, type Verdict, type WorkloadVerdict } from "../result.ts";

const TEXTS: Readonly<Record<Exclude<Verdict, "safe">, string>> = {
  outage: "A loss leaves nothing of a workload ready, or less than its quorum or its budget's floor",
  stuck: "A loss takes pods that nothing brings back by itself",
  "data-at-risk": "A loss takes the only copy of data, or lets a second writer begin",
  degraded: "A loss leaves fewer pods ready than are wanted, for a time",
  unknown: "What a loss does depends on something that is not modelled",
};

const LEVELS: Readonly<Record<Exclude<Verdict, "safe">, SarifFinding["level"]>> = {
  outage: "error",
  stuck: "error",
  "data-at-risk": "error",
  degraded: "warning",
  unknown: "note",
};

/** One finding for each workload, verdict and cause: the losses that it comes from are told together. */
export function proveSarif(
  { losses }: ProveResult,
  placeOf: (workload: string) => InputPlace | undefined,
): string {
  const found = new Map<string, { readonly ids: string[]; readonly one: WorkloadVerdict }>();
  for (const { id, workloads } of losses) {
    for (const one of workloads) {
      if (one.verdict === "safe") continue;
      const key = `${one.verdict} ${one.kind} ${one.namespace}/${one.name}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { ids: [id], one });
      else known.ids.push(id);
    }
  }
  const order = ({ one }: { one: WorkloadVerdict }) => VERDICTS.indexOf(one.verdict);
  const findings = [...found.values()].sort((a, b) => order(a) - order(b)).map(findingOf(placeOf));
  const rules = Object.entries(TEXTS).map(([id, text]) => ({ id: `prove/${id}`, text }));
  return sarifLog({ name: "holdfast", rules }, findings);
}

const IDS_MAX = 5;

function findingOf(placeOf: (workload: string) => InputPlace | undefined) {
  return ({ ids, one }: { readonly ids: readonly string[]; readonly one: WorkloadVerdict }): SarifFinding => {
    const verdict = one.verdict as Exclude<Verdict, "safe">;
    const subject = `${one.kind} ${one.namespace}/${one.name}`;
    const time = one.downSeconds === undefined ? "" : `, for ${rangeText(one.downSeconds)}`;
    const which =
      ids.length > IDS_MAX
        ? `${ids.slice(0, IDS_MAX).join(", ")} and ${ids.length - IDS_MAX} more`
        : ids.join(", ");
    const help = one.fix === undefined ? "" : ` Would help: ${one.fix}.`;
    return {
      ruleId: `prove/${verdict}`,
      level: LEVELS[verdict],
      message: `${subject}: ${verdict} on the loss of ${which}${time}: ${one.cause}.${help}`,
      place: placeOf(subject),
      subject,
    };
  };
}
