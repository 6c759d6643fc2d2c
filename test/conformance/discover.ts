import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { program } from "../programs/build.ts";
import { startLabProcess } from "./lab-process.ts";
import { conformanceSpecs, runSpecs } from "./specs.ts";

const [pattern = ".", workers = "6", timeout = "90", out = "/tmp/conf.jsonl", ...flags] =
  process.argv.slice(2);
const e2e = await program("e2e.test");
const done = new Set(
  existsSync(out)
    ? readFileSync(out, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((l) => JSON.parse(l).name)
    : [],
);
const queue = (await conformanceSpecs(e2e)).filter((n) => new RegExp(pattern).test(n) && !done.has(n));
console.log(queue.length, "specs");
await Promise.all(
  Array.from({ length: Number(workers) }, async () => {
    for (;;) {
      const lab = await startLabProcess(...flags);
      try {
        for (let n = 0; n < 12; n++) {
          const name = queue.shift();
          if (name === undefined) return;
          let result: unknown;
          try {
            [result] = await runSpecs(
              { e2e, kubeconfig: lab.kubeconfig, timeoutMs: Number(timeout) * 1000 },
              [name],
            );
            result ??= { name, state: "none" };
          } catch (e) {
            result = { name, state: "error", why: String(e).slice(0, 1500) };
          }
          appendFileSync(out, `${JSON.stringify(result)}\n`);
        }
      } finally {
        await lab.close();
      }
    }
  }),
);
