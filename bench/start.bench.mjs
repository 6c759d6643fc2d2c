// How long it takes until a lab of three nodes is all Ready, as a whole command, against a Node that does nothing.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { report, timed } from "./support.mjs";

const RUNS = 11;
const lab = fileURLToPath(new URL("./start-lab.cjs", import.meta.url));
const run = (args) => timed(() => spawnSync(process.execPath, args, { stdio: "inherit" }));

run([lab]);
const ratios = [];
for (let i = 0; i < RUNS; i++) {
  const nothing = run(["-e", "0"]);
  ratios.push(run([lab]) / nothing);
}
report({
  what: "start of a lab, all nodes Ready / node -e 0",
  ratios,
  bar: 6,
  better: "lower",
  sizes: `3 nodes, seed 1, ${RUNS} pairs`,
});
