// How long a whole `holdfast check` of manifests takes, against kube-score on the same files, which looks at each of them alone and
// proves nothing. Needs the built program, and Go the first time. CHECK_MANIFESTS names another folder than the stacks.
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tsImport } from "tsx/esm/api";
import { report, timed } from "./support.mjs";

const { program, ProgramMissing } = await tsImport("../test/programs/build.ts", import.meta.url);

const RUNS = 11;
const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const folder = process.env.CHECK_MANIFESTS ?? fileURLToPath(new URL("../stacks/", import.meta.url));

let kubeScore;
try {
  kubeScore = await program("kube-score");
} catch (error) {
  if (!(error instanceof ProgramMissing)) throw error;
  console.error(error.message);
  process.exit(3);
}
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .map((name) => join(folder, name))
  .filter((path) => /\.ya?ml$/.test(path) && !path.endsWith("profile.yaml"))
  .sort();

function run(command, args) {
  return timed(() => {
    const { status } = spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
    // Both end with 1 when they find something.
    if (status !== 0 && status !== 1) throw new Error(`${command} ended with ${status}`);
  });
}

const check = () => run(process.execPath, [main, "check", "-f", ...files]);
const score = () => run(kubeScore, ["score", ...files]);
check();
score();
const ratios = [];
for (let i = 0; i < RUNS; i++) {
  const theirs = score();
  ratios.push(check() / theirs);
}
const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
report({
  what: "check of manifests, whole command / kube-score of the same",
  ratios,
  bar: 8,
  better: "lower",
  sizes: `${files.length} files, ${Math.round(bytes / 1000)} KB, ${RUNS} pairs`,
});
