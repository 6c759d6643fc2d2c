/** Does what `holdfast prove` is told: reads, proves, prints. */
import { readFileSync } from "node:fs";
import type { Command } from "commander";
import type { Comparison } from "../prove/comparison.ts";
import { placingFor } from "../prove/placing.ts";
import { prove, type Scope } from "../prove/prove.ts";
import type { ProveResult, Verdict } from "../prove/result.ts";
import { pooled } from "../prove/workers/pooled-placing.ts";
import { screenOf } from "../report/screen.ts";
import { InputError } from "../view/input-error.ts";
import { manifestsByName } from "./manifest-names.ts";
import { Progress } from "./progress.ts";
import type { ProveFlags } from "./prove-flags.ts";
import { type ProveSource, readSource } from "./prove-source.ts";
import { scopeOf } from "./scope.ts";

export async function runProve(flags: ProveFlags, command: Command): Promise<void> {
  const earlier = flags.baseline === undefined ? undefined : readResult(flags.baseline);
  const scope = await scopeOf(flags);
  const given = await readSource(flags, command, {
    keepsObjects: (flags.with ?? flags.explain) !== undefined,
    needsDefinitions: flags.explain !== undefined,
  });
  const [before, source] = flags.with === undefined ? [given, given] : await bothSides(given, flags.with);
  const result = proveSource(source, flags, scope);
  if (flags.explain !== undefined) return explain(flags.explain, result, source, flags, command);
  const compared = flags.with === undefined ? earlier : proveSource(before, flags, scope);
  const comparison = compared === undefined ? undefined : await compare(compared, result);
  await print(result, flags, source, comparison);
  if (fails(result, flags.failOn, comparison)) process.exitCode = 1;
}

/** The cluster without and with what the files say. @throws {InputError} when they cannot be read, or would be refused */
async function bothSides(source: ProveSource, paths: readonly string[]): Promise<[ProveSource, ProveSource]> {
  const [{ readManifests }, { restaged }] = await Promise.all([
    import("../view/manifests.ts"),
    import("./prove-source.ts"),
  ]);
  return [await restaged(source, []), await restaged(source, readManifests(paths))];
}

async function explain(
  id: string,
  result: ProveResult,
  source: ProveSource,
  { output }: ProveFlags,
  command: Command,
): Promise<void> {
  const { explainLoss, explainedText } = await import("./prove-explain.ts");
  const explained = await explainLoss(id, result, source, command);
  process.stdout.write(
    output === "json" ? `${JSON.stringify(explained, undefined, 2)}\n` : explainedText(explained),
  );
}

/** Works through the losses; how far it is shows on a terminal meanwhile. */
function proveSource(
  { model, profiles, assumed, findings }: ProveSource,
  flags: ProveFlags,
  scope: Scope,
): ProveResult {
  const progress = new Progress(process.stderr);
  const { losses, nodesAtOnce, within, all } = flags;
  const placing = pooled(placingFor(model), model);
  try {
    const result = prove(model, placing, {
      losses,
      scope,
      ...(nodesAtOnce !== undefined && { nodesAtOnce }),
      ...(within !== undefined && { withinSeconds: within / 1000 }),
      ...(profiles !== undefined && { profiles }),
      ...(all !== undefined && { all }),
      onLoss: (done, total, { id }) => progress.step(done, total, id),
    });
    return {
      ...result,
      assumed: [...assumed, ...result.assumed],
      findings: [...findings, ...result.findings],
    };
  } finally {
    placing.end();
    progress.end();
  }
}

async function compare(earlier: ProveResult, result: ProveResult): Promise<Comparison> {
  const { compareResults } = await import("../prove/comparison.ts");
  return compareResults(earlier, result);
}

/** With something to compare with only what got worse counts. */
function fails(
  { losses }: ProveResult,
  failOn: readonly Verdict[],
  comparison: Comparison | undefined,
): boolean {
  if (comparison !== undefined) return comparison.worse.some(({ after }) => failOn.includes(after));
  return losses.some(({ workloads }) => workloads.some(({ verdict }) => failOn.includes(verdict)));
}

/** @throws {InputError} when the file is no result */
function readResult(file: string): ProveResult {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const why = error instanceof SyntaxError ? "is not valid JSON" : "cannot be read";
    throw new InputError({ file }, `${why}: ${(error as Error).message}`, { cause: error });
  }
  const { losses, workloads, summary } = (content ?? {}) as Partial<ProveResult>;
  if (Array.isArray(losses) && Array.isArray(workloads) && summary !== undefined)
    return content as ProveResult;
  throw new InputError(
    { file },
    "is no result of holdfast prove: expected what -o json prints, with summary, losses and workloads",
  );
}

async function print(
  result: ProveResult,
  flags: ProveFlags,
  source: ProveSource,
  comparison: Comparison | undefined,
): Promise<void> {
  const { stdout } = process;
  switch (flags.output) {
    case "json": {
      const { proveJson } = await import("../prove/forms/json.ts");
      for (const part of proveJson(result, comparison)) stdout.write(part);
      return;
    }
    case "html": {
      const { proveHtml } = await import("../prove/forms/html.ts");
      stdout.write(proveHtml(result, source.model, comparison));
      return;
    }
    case "junit": {
      const { proveJunit } = await import("../prove/forms/junit.ts");
      stdout.write(proveJunit(result, flags.failOn));
      return;
    }
    case "sarif": {
      const { proveSarif } = await import("../prove/forms/sarif.ts");
      const byName = manifestsByName(source.manifests);
      stdout.write(proveSarif(result, (workload) => byName.get(workload)?.place));
      return;
    }
    case "markdown": {
      const { proveMarkdown } = await import("../prove/forms/markdown.ts");
      stdout.write(proveMarkdown(result, comparison));
      return;
    }
    case "table": {
      const { proveText } = await import("../prove/forms/text.ts");
      stdout.write(proveText(result, screenOf(stdout), comparison));
    }
  }
}
