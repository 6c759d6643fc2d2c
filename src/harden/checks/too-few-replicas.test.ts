import { describe, expect, test } from "vitest";
import { findingsIn, linesAfterFixes, linesOf } from "../../../test/support/harden/check-manifests.ts";
import { web } from "../../../test/support/harden/yaml.ts";
import { tooFewReplicas } from "./too-few-replicas.ts";

const autoscaler = (minReplicas: number) => `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec:
  minReplicas: ${minReplicas}
  maxReplicas: 1
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
`;

const claim = (mode: string) => `---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [${mode}], resources: { requests: { storage: 1Gi } } }
`;
const mounted = "volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]";

describe("too-few-replicas", () => {
  test.each([
    ["one", web({ replicas: 1 }), ["critical Deployment default/web spec.replicas: it runs once"]],
    ["two", web({ replicas: 2 }), []],
    ["none, which is somebody's wish", web({ replicas: 0 }), []],
    ["a database, of which a second copy is none", web({ replicas: 1, image: "postgres:16" }), []],
    [
      "one that its autoscaler leaves alone",
      web({ replicas: 2 }) + autoscaler(1),
      ["critical HorizontalPodAutoscaler default/web spec.minReplicas: its autoscaler may leave it one"],
    ],
  ])("%s", (_, yaml, lines) => {
    expect(linesOf(findingsIn(tooFewReplicas, yaml))).toEqual(lines);
    expect(linesAfterFixes(tooFewReplicas, yaml)).toEqual([]);
  });

  test("says how long it is gone", () => {
    const [finding] = findingsIn(tooFewReplicas, web({ replicas: 1 }));
    expect(finding?.consequence).toMatch(/^when node-\d is lost: outage, 5:4\d–6:\d\d \(.*\)$/);
  });

  test("has no patch where a second pod would wait for the volume of the first", () => {
    const alone = web({ replicas: 1, pod: mounted });
    expect(findingsIn(tooFewReplicas, alone + claim("ReadWriteOnce"))[0]?.patch).toBeUndefined();
    expect(findingsIn(tooFewReplicas, alone + claim("ReadWriteMany"))[0]?.patch?.object).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "default" },
      spec: { replicas: 2 },
    });
  });
});
