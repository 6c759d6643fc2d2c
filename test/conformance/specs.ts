import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** How one spec went. */
export interface SpecResult {
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped";
  readonly seconds: number;
  /** Why it did not pass: the message of its failure. */
  readonly why?: string;
}

/** A ginkgo report, as far as it is read here. */
interface Report {
  readonly SpecReports: readonly {
    readonly ContainerHierarchyTexts: readonly string[] | null;
    readonly LeafNodeText: string;
    readonly LeafNodeType: string;
    readonly State: string;
    /** Nanoseconds. */
    readonly RunTime: number;
    readonly Failure?: {
      readonly Message: string;
      readonly Location: { readonly FileName: string; readonly LineNumber: number };
    };
  }[];
}

const CONFORMANCE = "\\[Conformance\\]";
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;
const run = promisify(execFile);

/** The names of all conformance specs that the program holds, in order of name. */
export async function conformanceSpecs(e2e: string): Promise<readonly string[]> {
  return await withFolder(async (folder) => {
    const report = join(folder, "report.json");
    await run(e2e, ["--ginkgo.dry-run", `--ginkgo.focus=${CONFORMANCE}`, `--ginkgo.json-report=${report}`], {
      cwd: folder,
      maxBuffer: OUTPUT_BYTES_MAX,
    });
    return readReport(report)
      .filter(({ state }) => state === "passed")
      .map(({ name }) => name)
      .sort();
  });
}

/** Where specs are run, and for how long. */
export interface SpecRun {
  readonly e2e: string;
  readonly kubectl: string;
  readonly kubeconfig: string;
  /** The whole of it; specs that it does not come to are missing from the answer. */
  readonly timeoutMs: number;
}

/** Runs the named specs one after another against a cluster. */
export async function runSpecs(
  { e2e, kubectl, kubeconfig, timeoutMs }: SpecRun,
  names: readonly string[],
): Promise<readonly SpecResult[]> {
  return await withFolder(async (folder) => {
    const report = join(folder, "report.json");
    const args = [
      `--kubeconfig=${kubeconfig}`,
      `--kubectl-path=${kubectl}`,
      "--provider=skeleton",
      "--kube-api-content-type=application/json",
      "--disable-log-dump",
      "--dump-logs-on-failure=false",
      "--ginkgo.no-color",
      "--ginkgo.silence-skips",
      `--ginkgo.focus=(${names.map(escapeRegExp).join("|")})$`,
      `--ginkgo.json-report=${report}`,
      `--ginkgo.timeout=${Math.round(timeoutMs / 1000)}s`,
    ];
    // It ends with 1 when a spec failed: the report says which.
    const failure = await run(e2e, args, {
      cwd: folder,
      maxBuffer: OUTPUT_BYTES_MAX,
      timeout: timeoutMs + 30_000,
      env: { ...process.env, HOME: folder },
    }).then(
      () => undefined,
      (error: Error & { readonly stdout?: string }) => error,
    );
    try {
      return readReport(report).filter(({ state }) => state !== "skipped");
    } catch (error) {
      throw new Error(`e2e.test left no report: ${failure?.stdout?.slice(-2000) ?? failure}`, {
        cause: error,
      });
    }
  });
}

function readReport(file: string): readonly SpecResult[] {
  const [{ SpecReports }] = JSON.parse(readFileSync(file, "utf8")) as [Report];
  return SpecReports.filter(({ LeafNodeType }) => LeafNodeType === "It").map((spec) => {
    const where =
      spec.Failure &&
      `${spec.Failure.Location.FileName.replace(/^.*\/test\/e2e\//, "")}:${spec.Failure.Location.LineNumber}`;
    return {
      name: [...(spec.ContainerHierarchyTexts ?? []), spec.LeafNodeText].join(" "),
      state: stateOf(spec.State),
      seconds: Math.round(spec.RunTime / 1e8) / 10,
      ...(spec.Failure === undefined ? {} : { why: `${where}: ${spec.Failure.Message}` }),
    };
  });
}

function stateOf(state: string): SpecResult["state"] {
  if (state === "passed") return "passed";
  return state === "skipped" || state === "pending" ? "skipped" : "failed";
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

async function withFolder<T>(act: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-e2e-"));
  try {
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
