import { rangeText } from "../../report/duration-text.ts";
import { type JunitSuite, junitXml } from "../../report/junit.ts";
import { LOSS_KINDS, type LossResult, type ProveResult, type Verdict } from "../result.ts";

/** Each loss a case, which fails when a workload has one of those verdicts. */
export function proveJunit({ losses }: ProveResult, failOn: readonly Verdict[]): string {
  const suites = LOSS_KINDS.flatMap((kind): JunitSuite[] => {
    const theirs = losses.filter((loss) => loss.kind === kind);
    return theirs.length === 0
      ? []
      : [{ name: `loss of a ${kind}`, cases: theirs.map((loss) => caseOf(loss, failOn)) }];
  });
  return junitXml("holdfast prove", suites);
}

function caseOf({ id, kind, verdict, workloads }: LossResult, failOn: readonly Verdict[]) {
  const bad = workloads.filter((one) => failOn.includes(one.verdict));
  const base = { name: id, className: `holdfast.prove.${kind}` };
  if (bad.length === 0) return base;
  const details = bad.map(
    ({ kind: of, namespace, name, verdict: what, cause, downSeconds, message, fix }) => {
      const time = downSeconds === undefined ? "" : ` (${rangeText(downSeconds)})`;
      const more = [message && `  scheduler: ${message}`, fix && `  would help: ${fix}`].filter(Boolean);
      return [`${what}${time}: ${of} ${namespace}/${name}: ${cause}`, ...more].join("\n");
    },
  );
  const message = `${bad.length} workload${bad.length === 1 ? "" : "s"}: ${bad
    .slice(0, 3)
    .map((one) => `${one.namespace}/${one.name}`)
    .join(", ")}${bad.length > 3 ? ", …" : ""}`;
  return { ...base, failure: { type: verdict, message, details: details.join("\n") } };
}
