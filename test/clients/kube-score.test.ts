/** kube-score on the manifests of the stacks: what it finds about availability is found here too, or answered in docs/checks.md. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nameText } from "../../src/harden/checks/check.ts";
import type { CheckResult } from "../../src/harden/checks/run-checks.ts";
import { readManifests } from "../../src/view/manifests.ts";
import { answers, KUBE_SCORE_CHECKS } from "../support/harden/other-tools.ts";
import { HOLDFAST } from "../support/lab-process.ts";
import { clientPrograms } from "./support/programs.ts";

const { missing, paths } = await clientPrograms("kube-score");
const FOLDER = process.env.CHECK_MANIFESTS ?? "stacks/opentakserver/manifests";
const FILES = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.ya?ml$/.test(name))
  .map((name) => join(FOLDER, name));

interface Scored {
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly name: string; readonly namespace?: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
  }[];
}

/** 10 is "all is well", 7 "almost". */
const ALMOST = 7;

describe.skipIf(missing)("kube-score", () => {
  const theirs = (...words: string[]) => spawnSync(paths["kube-score"], words, { encoding: "utf8" }).stdout;

  test("has the checks that are answered", () => {
    const ids = theirs("list")
      .trim()
      .split("\n")
      .map((line) => line.split(",")[0]);
    expect(ids.sort()).toEqual(KUBE_SCORE_CHECKS);
  });

  test("finds nothing that is neither found here nor answered", () => {
    const scored = JSON.parse(theirs("score", "-o", "json", ...FILES)) as Scored[];
    const { stdout } = spawnSync(process.execPath, [HOLDFAST, "check", "-f", ...FILES, "-o", "json"], {
      encoding: "utf8",
    });
    const ours = foundHere(JSON.parse(stdout) as CheckResult);
    const rows = answers();
    let compared = 0;
    const unanswered: string[] = [];
    for (const { object, id } of findingsOf(scored)) {
      const row = rows.find(({ kubeScore }) => kubeScore.includes(id));
      if (row?.text.startsWith("not told")) continue;
      if (row?.text.includes("of two and more") && SINGLE.has(object)) continue;
      compared++;
      if (!row?.checks.some((check) => ours.has(`${check} ${object}`))) unanswered.push(`${object}: ${id}`);
    }
    expect(unanswered).toEqual([]);
    expect(compared).toBeGreaterThan(0);
  });
});

function findingsOf(scored: readonly Scored[]): { readonly object: string; readonly id: string }[] {
  return scored.flatMap(({ type_meta: { kind }, object_meta, checks }) => {
    const object = nameText({ kind, ...object_meta });
    const failed = checks.filter(({ grade, skipped }) => !skipped && grade < ALMOST);
    return TWICE.has(object) ? [] : failed.map(({ check }) => ({ object, id: check.id }));
  });
}

/** "check Kind namespace/name" */
function foundHere({ findings }: CheckResult): ReadonlySet<string> {
  return new Set(
    findings.flatMap(({ rule, object, workload = object }) =>
      [object, workload].map((one) => `${rule} ${nameText(one)}`),
    ),
  );
}

const MANIFESTS = readManifests(FILES).map(({ object }) => ({
  name: nameText({ kind: object.kind, name: "", ...object.metadata }),
  replicas: (object.spec as { readonly replicas?: number } | undefined)?.replicas ?? 1,
}));
const SINGLE = new Set(MANIFESTS.filter(({ replicas }) => replicas < 2).map(({ name }) => name));
/** Of what stands several times in the files kube-score judges all and Holdfast the last, as with `kubectl apply`. */
const TWICE = new Set(
  MANIFESTS.map(({ name }) => name).filter((name, at, names) => names.indexOf(name) !== at),
);
