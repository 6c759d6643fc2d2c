/** Does what `holdfast check` is told: reads, checks, prints. */
import type { Command } from "commander";
import { knownTraits } from "../drill/known-traits.ts";
import { type Finding, type ObjectName, SEVERITIES } from "../harden/checks/check.ts";
import { checkCluster } from "../harden/checks/check-cluster.ts";
import type { CheckResult } from "../harden/checks/run-checks.ts";
import { DEFAULT_NODES } from "../prove/stage/assumed-nodes.ts";
import { screenOf } from "../report/screen.ts";
import type { InputPlace } from "../view/input-error.ts";
import type { CheckFlags } from "./check-flags.ts";
import { manifestsByName } from "./manifest-names.ts";
import { type ProveSource, readSource } from "./prove-source.ts";
import { scopeOf } from "./scope.ts";

export async function runCheck(flags: CheckFlags, command: Command): Promise<void> {
  const source = await readSource(flags, command, { keepsObjects: true });
  const { model, profiles, objects = [] } = source;
  const result = checkCluster({
    objects,
    model,
    ...(profiles && { profiles }),
    traitsOf: (workload) => knownTraits(profiles ?? {}, workload),
    scope: await scopeOf(flags),
    ...(flags.proveFixes && { provesFixesOn: source.nodes ?? DEFAULT_NODES }),
  });
  const whole = { ...result, assumed: [...source.assumed, ...result.assumed] };
  await print(whole, flags, source);
  const limit = SEVERITIES.indexOf(flags.failOn);
  if (whole.findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= limit)) process.exitCode = 1;
}

async function print(result: CheckResult, { output }: CheckFlags, source: ProveSource): Promise<void> {
  const { stdout } = process;
  switch (output) {
    case "json":
      stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
      return;
    case "html": {
      const { checkHtml } = await import("../harden/checks/forms/html.ts");
      stdout.write(checkHtml(result));
      return;
    }
    case "junit": {
      const { checkJunit } = await import("../harden/checks/forms/junit.ts");
      stdout.write(checkJunit(result));
      return;
    }
    case "sarif": {
      const { checkSarif } = await import("../harden/checks/forms/sarif.ts");
      stdout.write(checkSarif(result, placeOf(source)));
      return;
    }
    case "markdown": {
      const { checkMarkdown } = await import("../harden/checks/forms/markdown.ts");
      stdout.write(checkMarkdown(result));
      return;
    }
    case "table": {
      const { checkText } = await import("../harden/checks/forms/text.ts");
      stdout.write(checkText(result, screenOf(stdout)));
    }
  }
}

/** Where the field stands, or the field above it that does; of files. */
function placeOf({ manifests }: ProveSource) {
  const byName = manifestsByName(manifests);
  return ({ object, field }: Finding): InputPlace | undefined => {
    const manifest = byName.get(keyOf(object));
    if (manifest === undefined) return undefined;
    const line = manifest.lineOf(field) ?? manifest.place.line;
    return { ...manifest.place, ...(line !== undefined && { line }) };
  };
}

function keyOf({ kind, namespace, name }: ObjectName): string {
  return `${kind} ${namespace ?? "default"}/${name}`;
}
