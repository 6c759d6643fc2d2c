// Runs a test in its long form and writes docs/results/NAME.json: what ran, on which sources, how often, how long.
// Usage: npm run long -- NAME
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf } from "./digest.mjs";

/**
 * The long forms, and the sources that their result speaks of. Most are tests of vitest's, with which counts; one with a
 * `program` is a program that writes its own figures into the file that `--result` names.
 */
const FORMS = {
  fuzz: {
    what: "every property, 100,000 cases each",
    tests: ["--testNamePattern", "property", "src/base", "src/kube"],
    environment: { HOLDFAST_FUZZ_RUNS: "100000" },
    cases: 100_000,
    sources: ["src/base", "src/kube"],
  },
  certificates: {
    what: "certificates of random losses against schedulers that take pods in any order to any node that will do",
    tests: ["src/prove/certificates"],
    environment: { HOLDFAST_CASES: "1000000" },
    cases: 1_000_000,
    seeds: "1 to 1,000,000",
    sources: ["src/prove/certificates", "test/support/prove/small-cluster.ts"],
  },
  losses: {
    what: "every subset of nodes of random clusters of up to 8, lost at once: the exact answer against the literal scheduler, in other orders too; certificates against random orders and choices; every 20th cluster and 50 of 60 nodes also change, and their losses are followed",
    tests: ["src/prove/engine", "--maxWorkers", "100%"],
    environment: { HOLDFAST_CASES: "20000" },
    cases: 20_000,
    seeds: "1 to 20,000",
    sources: [
      "src/prove/engine",
      "src/prove/literal",
      "src/prove/model",
      "src/scheduler",
      "test/support/prove/random-cluster.ts",
    ],
  },
  planted: {
    what: "bugs planted one by one in filters, the exact engine, certificates and undo: tests have to notice each",
    program: ["test/planted/main.ts"],
    sources: ["src/scheduler", "src/prove", "test/planted"],
  },
  requests: {
    what: "100,000 random requests to a lab over HTTPS, from seeds 1 to 2,000, eight at a time; and the ways to misuse a connection",
    tests: ["test/requests"],
    environment: { HOLDFAST_REQUESTS: "100000" },
    cases: 100_000,
    seeds: "1 to 2,000, 50 requests each",
    sources: ["src/lab/apiserver/http", "src/kube/patch", "src/kube/protobuf", "test/requests"],
  },
  conformance: {
    what: "every conformance spec of Kubernetes that is listed as passing, against labs over HTTPS",
    program: ["test/conformance/main.ts"],
    sources: ["src/kube", "src/scheduler", "src/lab", "test/conformance"],
  },
  "real-losses": {
    what: "20 losses of nodes of real control planes, whose nodes KWOK plays, and 6 of nodes and pods of a real cluster, held against what was proved of them before",
    program: ["test/losses/main.ts", "--bed"],
    // What verdicts come from; not the forms that tell of them.
    sources: [
      "src/prove/certificates",
      "src/prove/engine",
      "src/prove/judge",
      "src/prove/literal",
      "src/prove/losses",
      "src/prove/model",
      "src/prove/outcome.ts",
      "src/prove/placing.ts",
      "src/scheduler",
      "test/losses",
    ],
  },
  "scheduler-parity": {
    what: "pods placed one by one by a real kube-scheduler and by ours, in random clusters of 3 to 200 nodes",
    program: [
      "test/cluster/scheduler-parity.ts",
      ..."--placements 20000 --clusters 400 --planes 6".split(" "),
    ],
    sources: ["src/scheduler", "test/parity"],
  },
  drills: {
    what: "a pod deleted and a node powered off, on a real cluster and on labs",
    program: ["test/drills/main.ts", "--runs", "3", "--toleration", "300", "--seeds", "20"],
    sources: [
      "src/drill/client-probe.ts",
      "src/drill/moments.ts",
      "src/drill/runner.ts",
      "src/lab/controllers/node-lifecycle",
      "src/lab/controllers/taint-eviction",
      "src/lab/controllers/endpointslice",
      "test/drills",
    ],
  },
  volumes: {
    what: "a disk that is made, moved, freed from a lost node by taint and by force, on a real cluster and on labs",
    program: ["test/volumes/main.ts", "--seeds", "20"],
    sources: [
      "src/lab/controllers/attach-detach",
      "src/lab/controllers/csi-attacher",
      "src/lab/controllers/csi-provisioner",
      "src/lab/controllers/persistent-volume",
      "src/lab/controllers/pod-gc",
      "src/lab/node/kubelet/volume-manager.ts",
      "test/drills/compare.ts",
      "test/volumes",
    ],
  },
};

const [name] = process.argv.slice(2);
const form = FORMS[name];
if (form === undefined) {
  console.error(`Expected one of: ${Object.keys(FORMS).join(", ")}`);
  process.exit(2);
}
const digest = digestOf(form.sources);
const report = join(mkdtempSync(join(tmpdir(), "holdfast-")), "report.json");
const start = performance.now();
const run = spawnSync(process.execPath, commandOf(form), {
  stdio: "inherit",
  env: { ...process.env, ...form.environment },
});
const wallSeconds = Math.round((performance.now() - start) / 1000);
const figures = figuresOf(form);
const commit = execFileSync("git", ["rev-parse", "--short=12", "HEAD"], { encoding: "utf8" }).trim();
if (digestOf(form.sources) !== digest) {
  console.error("The sources changed while it ran: run it again");
  process.exit(1);
}
mkdirSync("docs/results", { recursive: true });
const result = {
  name,
  what: form.what,
  commit,
  sources: form.sources,
  digest,
  ...figures,
  wallSeconds,
  node: process.version,
};
writeFileSync(`docs/results/${name}.json`, `${JSON.stringify(result, undefined, 2)}\n`);
process.exit(run.status ?? 1);

function commandOf({ program, tests }) {
  if (program !== undefined) return ["--import", "tsx", ...program, "--result", report];
  const vitest = ["node_modules/vitest/vitest.mjs", "run", "--testTimeout", "0"];
  return [...vitest, "--reporter=dot", "--reporter=json", `--outputFile.json=${report}`, ...tests];
}

function figuresOf({ program, cases, seeds }) {
  if (!existsSync(report)) process.exit(run.status || 1);
  const written = JSON.parse(readFileSync(report, "utf8"));
  if (program !== undefined) return written;
  return {
    seeds: seeds ?? "drawn anew, printed with every failure",
    casesEach: cases,
    passed: written.numPassedTests,
    failed: written.numFailedTests,
  };
}
