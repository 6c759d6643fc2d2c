import { describe, expect, test } from "vitest";
import { spreadOverNodes, web } from "../../../test/support/harden/yaml.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { modelOf } from "../../prove/model-of.ts";
import { DEFAULT_NODES } from "../../prove/stage/assumed-nodes.ts";
import { stageManifests } from "../../prove/stage/stage.ts";
import { parseManifests } from "../../view/manifests.ts";
import { checkCluster } from "./check-cluster.ts";
import type { FixProof } from "./fix-proof.ts";

function proofOf(
  rule: string,
  yaml: string,
  now: (objects: readonly KubeObject[]) => readonly KubeObject[] = (objects) => objects,
): FixProof | undefined {
  const staged = stageManifests(parseManifests(yaml, "shop.yaml"), { nodes: DEFAULT_NODES, seed: 1 });
  const objects = now(staged.objects);
  const { findings } = checkCluster({
    objects,
    model: modelOf(objects),
    traitsOf: () => ({}),
    scope: {},
    provesFixesOn: DEFAULT_NODES,
  });
  return findings.find((finding) => finding.rule === rule)?.proof;
}

const spread = spreadOverNodes();

describe("what a patch would do", () => {
  test("a second replica makes an outage of minutes a time with fewer", () => {
    const { better, worse } = proofOf("too-few-replicas", web({ replicas: 1, pod: spread })) as FixProof;
    expect(worse).toEqual([]);
    expect(better).toContainEqual({
      loss: "node",
      workload: "Deployment default/web",
      before: { verdict: "outage", downSeconds: expect.objectContaining({ median: expect.any(Number) }) },
      after: { verdict: "degraded", downSeconds: expect.objectContaining({ median: expect.any(Number) }) },
    });
  });

  test("shorter tolerations make the same verdict shorter", () => {
    const proof = proofOf("slow-to-leave", web({ replicas: 1 })) as FixProof;
    const change = proof.better.find(({ loss }) => loss === "node");
    expect([change?.before.verdict, change?.after.verdict]).toEqual(["outage", "outage"]);
    expect(change?.after.downSeconds?.max).toBeLessThan(change?.before.downSeconds?.min ?? 0);
  });

  test("a budget changes nothing about single losses", () => {
    expect(proofOf("no-budget", web({ pod: spread }))).toEqual({ better: [], worse: [] });
  });

  test("of a workload whose pods are not there yet, compared with what it is once they are", () => {
    const absent = (objects: readonly KubeObject[]) =>
      objects.filter(({ kind }) => kind !== "Pod" && kind !== "ReplicaSet");
    const notReady = (objects: readonly KubeObject[]) =>
      objects.map((object) =>
        object.kind === "Pod" ? { ...object, status: { phase: "Running", conditions: [] } } : object,
      );
    for (const now of [absent, notReady]) {
      const { better, worse } = proofOf(
        "too-few-replicas",
        web({ replicas: 1, pod: spread }),
        now,
      ) as FixProof;
      expect(worse).toEqual([]);
      expect(better.find(({ loss }) => loss === "node")).toMatchObject({
        before: { verdict: "outage" },
        after: { verdict: "degraded" },
      });
    }
  });

  test("a finding without a patch has no proof", () => {
    expect(proofOf("no-requests", web())).toBeUndefined();
  });
});
