// Runs every bench, or those named ("prove" means "prove-reading" too), one after another in a process each, and prints a line for each ratio with its bar.
// Usage: npm run bench [-- NAME…]. Exits 1 when a bar is missed. Each bench prints one JSON line per ratio.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

/** What a bench ends with that needs programs which cannot be had here. */
const CANNOT_RUN = 3;

const wanted = process.argv.slice(2);
const names = readdirSync("bench")
  .filter((file) => file.endsWith(".bench.mjs"))
  .map((file) => file.slice(0, -".bench.mjs".length))
  .filter((name) => wanted.length === 0 || wanted.some((one) => name === one || name.startsWith(`${one}-`)));
let missed = 0;
for (const name of names) {
  const run = spawnSync(process.execPath, ["--expose-gc", `bench/${name}.bench.mjs`], { encoding: "utf8" });
  if (run.status === CANNOT_RUN) {
    console.log(`       ${name} cannot run here: ${run.stderr.trim()}`);
    continue;
  }
  if (run.status !== 0) {
    console.error(`${name} failed:\n${run.stderr}`);
    missed++;
    continue;
  }
  for (const line of run.stdout.trim().split("\n")) {
    const { what, ratio, bar, better, spread, sizes } = JSON.parse(line);
    const [low, high] = spread;
    const figures = `${what}: ${short(ratio)} (${short(low)} to ${short(high)})`;
    if (bar === undefined) {
      console.log(`       ${figures}, no bar; ${sizes}`);
      continue;
    }
    const held = better === "higher" ? ratio >= bar : ratio <= bar;
    if (!held) missed++;
    const limit = `${better === "higher" ? "at least" : "at most"} ${short(bar)}`;
    console.log(`${held ? "ok    " : "MISSED"} ${figures}, bar ${limit}; ${sizes}`);
  }
}
process.exitCode = missed === 0 ? 0 : 1;

function short(number) {
  return number >= 100 ? Math.round(number).toLocaleString("en") : number.toFixed(2);
}
