// How long a whole `holdfast prove` of manifests on three nodes takes, against a Node that does nothing. Needs the built program.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { report, timed } from "./support.mjs";

const RUNS = 11;
const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const stack = fileURLToPath(new URL("../stacks/opentakserver/", import.meta.url));
const run = (args) =>
  timed(() => {
    const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
    // Findings are what this stack is known for; anything else is a run that did not happen.
    if (status !== 0 && status !== 1) throw new Error(`${args.join(" ")} ended with ${status}`);
  });
const prove = [main, "prove", "-f", stack];

run(prove);
const ratios = [];
for (let i = 0; i < RUNS; i++) {
  const nothing = run(["-e", "0"]);
  ratios.push(run(prove) / nothing);
}
report({
  what: "prove of the OpenTAKServer stack on 3 nodes, whole command / node -e 0",
  ratios,
  bar: 6,
  better: "lower",
  sizes: `3 nodes, 3 workloads, ${RUNS} pairs`,
});
