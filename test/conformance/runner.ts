import { startLabProcess } from "../support/lab-process.ts";
import { runSpecs, type SpecResult } from "./specs.ts";

/** Long enough for the slowest spec, which waits for a CronJob's minutes. */
const SPEC_TIMEOUT_MS = 600_000;
/** A fresh lab from time to time: specs leave namespaces behind that are still going away. */
const SPECS_PER_LAB = 12;

export interface RunOptions {
  readonly e2e: string;
  readonly kubectl: string;
  /** Labs at a time, each with one series of specs. */
  readonly workers: number;
  /** Called as each series ends. */
  readonly onResult: (result: SpecResult) => void;
}

/** Runs the named specs, each in one of several labs; specs of the same lab run one after another. */
export async function runInLabs(
  names: readonly string[],
  options: RunOptions,
): Promise<readonly SpecResult[]> {
  const { workers, onResult } = options;
  const results: SpecResult[] = [];
  const series = dealt(names, Math.max(workers, Math.ceil(names.length / SPECS_PER_LAB)));
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (let next = series.pop(); next !== undefined; next = series.pop()) {
        for (const result of await runSeries(options, next)) {
          results.push(result);
          onResult(result);
        }
      }
    }),
  );
  return results.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function runSeries(
  { e2e, kubectl }: RunOptions,
  names: readonly string[],
): Promise<readonly SpecResult[]> {
  const lab = await startLabProcess();
  try {
    const timeoutMs = SPEC_TIMEOUT_MS * names.length;
    const results = await runSpecs({ e2e, kubectl, kubeconfig: lab.kubeconfig, timeoutMs }, names);
    const ran = new Set(results.map(({ name }) => name));
    const missing = names.filter((name) => !ran.has(name));
    return [
      ...results,
      ...missing.map((name) => ({ name, state: "failed" as const, seconds: 0, why: "it did not run" })),
    ];
  } finally {
    await lab.close();
  }
}

/** The names dealt out like cards, so that long neighbours do not come together. */
function dealt(names: readonly string[], hands: number): string[][] {
  const series: string[][] = Array.from({ length: hands }, () => []);
  for (const [i, name] of names.entries()) series[i % hands]?.push(name);
  return series.filter((hand) => hand.length > 0);
}
