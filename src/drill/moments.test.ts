/** Expectations follow from Kubernetes 1.34's own constants: 50 s of grace for a silent node, 300 s of toleration. */
import { describe, expect, test } from "vitest";
import { parseProfile } from "../lab/node/profile-file.ts";
import { drive } from "../time/drive.ts";
import { parseManifests } from "../view/manifests.ts";
import { deletePod } from "./faults/delete-pod.ts";
import { failNode } from "./faults/fail-node.ts";
import type { Fault } from "./faults/fault.ts";
import { labTarget } from "./lab-target.ts";
import type { Moments } from "./moments.ts";
import { runScenario } from "./runner.ts";
import { type Stage, setStage } from "./story.ts";

const WEB = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: example.org/web:1, ports: [{containerPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}
`;

async function momentsAfter(fault: (stage: Stage) => Fault, watchMs: number): Promise<Moments> {
  const manifests = parseManifests(WEB, "app.yaml");
  const stage = await setStage(
    { seed: 1, nodes: 3, manifests, profile: parseProfile("", "profile.yaml") },
    false,
  );
  const { lab, subject } = stage;
  const scenario = { name: "a failure", fault: fault(stage), watchMs };
  return (await drive(lab.engine, runScenario(labTarget(lab), subject, scenario))).moments;
}

describe("after a failure", () => {
  test("of a node's power: unknown, out of the endpoints, and replaced when the toleration ends", async () => {
    const power = ({ subject }: Stage) => failNode({ under: subject.app }, "power-off");
    const moments = await momentsAfter(power, 420_000);
    const { nodeUnknown, endpointGone, firstFailed, lastFailed, replacementReady } = moments;
    expect(nodeUnknown).toBeGreaterThan(40);
    expect(nodeUnknown).toBeLessThan(60);
    expect(endpointGone).toBeGreaterThanOrEqual(nodeUnknown ?? 0);
    expect(firstFailed).toBeLessThan(5);
    expect(lastFailed).toBeGreaterThan(30);
    expect(lastFailed).toBeLessThan((endpointGone ?? 0) + 3);
    expect(replacementReady).toBeGreaterThan((nodeUnknown ?? 0) + 300);
  });

  test("of a pod: no node is unknown, the endpoint goes at once, and a replacement comes", async () => {
    const moments = await momentsAfter(({ subject }) => deletePod(subject.app), 60_000);
    expect(moments.nodeUnknown).toBeNull();
    expect(moments.endpointGone).toBeLessThan(1);
    expect(moments.replacementReady).toBeLessThan(30);
  });

  test("nothing is told of what comes after watching stopped", async () => {
    const power = ({ subject }: Stage) => failNode({ under: subject.app }, "power-off");
    const moments = await momentsAfter(power, 20_000);
    expect(moments).toMatchObject({ nodeUnknown: null, endpointGone: null, replacementReady: null });
    expect(moments.lastFailed).toBeLessThan(20);
  });
});
