/** What one check finds in manifests, in lines that a test can show whole, and what is left of it once its patches are applied. */

import { describe, expect, test } from "vitest";
import { knownTraits } from "../../../src/drill/known-traits.ts";
import type { Check, Finding } from "../../../src/harden/checks/check.ts";
import { nameText } from "../../../src/harden/checks/check.ts";
import { checkedCluster } from "../../../src/harden/checks/checked-cluster.ts";
import { runChecks } from "../../../src/harden/checks/run-checks.ts";
import { modelOf } from "../../../src/prove/model-of.ts";
import { placingFor } from "../../../src/prove/placing.ts";
import { prove } from "../../../src/prove/prove.ts";
import { parseAssumedNodes } from "../../../src/prove/stage/assumed-nodes.ts";
import { withChanges } from "../../../src/prove/stage/changes.ts";
import { stageManifests } from "../../../src/prove/stage/stage.ts";
import { ClusterView } from "../../../src/view/cluster-view.ts";
import { type Manifest, parseManifests } from "../../../src/view/manifests.ts";

const LOSSES = ["nodes", "zones", "drains", "rollouts"] as const;

/** @param nodes as `--nodes` takes them */
export function findingsIn(check: Check, yaml: string, nodes = "3"): readonly Finding[] {
  return findingsOf(check, parseManifests(yaml, "test.yaml"), nodes);
}

function findingsOf(check: Check, manifests: readonly Manifest[], nodes: string): readonly Finding[] {
  const { objects } = stageManifests(manifests, { nodes: parseAssumedNodes(nodes), seed: 1 });
  const model = modelOf(objects);
  const proof = prove(model, placingFor(model), { losses: LOSSES.map((kind) => ({ kind })) });
  const cluster = checkedCluster(new ClusterView(objects), proof, (workload) => knownTraits({}, workload));
  return runChecks([check], cluster, {}).findings;
}

/** "critical Deployment default/web spec.replicas: it runs once" */
export function linesOf(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ severity, object, field, message }) => `${severity} ${nameText(object)} ${field}: ${message}`,
  );
}

/** What the check still finds after its own patches were applied. */
export function linesAfterFixes(check: Check, yaml: string, nodes = "3"): string[] {
  const manifests = parseManifests(yaml, "test.yaml");
  const fixes = findingsOf(check, manifests, nodes).flatMap(({ patch }) => patch?.object ?? []);
  const changes = parseManifests(
    JSON.stringify({ apiVersion: "v1", kind: "List", items: fixes }),
    "fixes.json",
  );
  return linesOf(findingsOf(check, fixes.length === 0 ? manifests : withChanges(manifests, changes), nodes));
}

export interface CheckCase {
  readonly name: string;
  readonly yaml: string;
  /** As `--nodes` takes them. */
  readonly nodes?: string;
  /** As `linesOf` writes them. */
  readonly finds: readonly string[];
}

/** Tests a check on each of these clusters; whatever it has a patch for is gone once that is applied, and only that. */
export function describeCheck(check: Check, cases: readonly CheckCase[]): void {
  describe.each(cases)(`${check.id}: $name`, ({ yaml, nodes, finds }) => {
    const findings = findingsIn(check, yaml, nodes);

    test("finds", () => expect(linesOf(findings)).toEqual(finds));

    test("what has a patch is mended by it", () => {
      const left = linesOf(findings.filter(({ patch }) => patch === undefined));
      expect(linesAfterFixes(check, yaml, nodes)).toEqual(left);
    });
  });
}
