/**
 * Runs Kubernetes' own conformance specs, from its own end-to-end binary, against labs that this starts.
 *
 *   npm run conformance                  all that are listed as passing
 *   npm run conformance -- --ci          those of them that CI runs
 *   npm run conformance -- PATTERN       all whose names match, listed or not
 *   npm run conformance -- --document    writes docs/fidelity/conformance.md
 *
 * Ends with the plain line "N passed, N failed"; `--result FILE` writes the counts, and the specs that took longest.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { program } from "../programs/build.ts";
import { KUBERNETES } from "../programs/recipes.ts";
import { conformancePage } from "./document.ts";
import { runInLabs } from "./runner.ts";
import { conformanceSpecs, type SpecResult } from "./specs.ts";
import { passing, verdicts } from "./verdicts.ts";

const PAGE = "docs/fidelity/conformance.md";
const DEFAULT_WORKERS = "6";
const LONGEST = 5;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ci: { type: "boolean", default: false },
    document: { type: "boolean", default: false },
    result: { type: "string" },
    workers: { type: "string", default: DEFAULT_WORKERS },
  },
});

if (values.document) writeFileSync(PAGE, conformancePage(verdicts(), KUBERNETES));
else await run();

async function run(): Promise<void> {
  const e2e = await program("e2e.test");
  const known = await conformanceSpecs(e2e);
  const names = wanted(known);
  const strangers = names.filter((name) => !known.includes(name));
  if (strangers.length > 0)
    throw new Error(`Kubernetes ${KUBERNETES} has no spec ${strangers.join(", no spec ")}`);
  const onResult = ({ state, name, seconds, why }: SpecResult) => {
    process.stdout.write(`${state === "passed" ? "ok    " : "FAILED"} ${name} (${seconds} s)\n`);
    if (why !== undefined) process.stdout.write(`       ${why.replaceAll("\n", "\n       ")}\n`);
  };
  const results = await runInLabs(names, {
    e2e,
    kubectl: await program("kubectl"),
    workers: Number(values.workers),
    onResult,
  });
  const passed = results.filter(({ state }) => state === "passed").length;
  const failed = results.filter(({ state }) => state !== "passed").map(({ name }) => name);
  const longest = results.toSorted((a, b) => b.seconds - a.seconds).slice(0, LONGEST);
  if (values.result !== undefined) {
    const figures = {
      kubernetes: KUBERNETES,
      known: known.length,
      passed,
      failed: failed.length,
      failedSpecs: failed,
      labs: Number(values.workers),
      longest: Object.fromEntries(longest.map(({ name, seconds }) => [name, seconds])),
    };
    writeFileSync(values.result, JSON.stringify(figures));
  }
  process.stdout.write(`${passed} passed, ${results.length - passed} failed\n`);
  process.exitCode = passed === results.length && passed > 0 ? 0 : 1;
}

function wanted(known: readonly string[]): readonly string[] {
  if (positionals.length === 0) return passing(values.ci);
  const pattern = new RegExp(positionals.join(" "));
  return known.filter((name) => pattern.test(name));
}
