/** Random faults, deletions and pods on a few nodes, by seed: whatever happens, things come right when it is over. */
import { expect, test } from "vitest";
import { type TestNodes, testNodes } from "../../../test/support/lab-nodes.ts";
import { container, pod } from "../../../test/support/pods.ts";
import { RandomStream } from "../../base/random.ts";
import { pods } from "../../kube/kinds.ts";
import type { Pod, Probe } from "../../kube/types/index.ts";
import type { FailureKind } from "./world.ts";

const SEEDS = Number(process.env.HOLDFAST_SIMULATION_SEEDS ?? 5);
const STEPS = 20;
const NODES = ["node-1", "node-2", "node-3"];
const FAULTS: readonly FailureKind[] = [
  "power-off",
  "partition",
  "kubelet-stop",
  "kubelet-hang",
  "disk-full",
  "flap",
];
const PROBE = { periodSeconds: 5, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3 };
const http: Probe = { ...PROBE, httpGet: { path: "/", port: 80 } };

/** What happens at one step; the API server may be away, and then nobody can ask it for anything. */
function act(lab: TestNodes, random: RandomStream, step: number): void {
  const node = random.pick(NODES);
  const names = lab.world.apiServerUp ? lab.api.list(pods).map(({ metadata }) => metadata.name) : [];
  const victim = names.length > 0 ? random.pick(names) : undefined;
  const choice = random.below(9);
  if (choice <= 1) lab.failures.fail(node, random.pick(FAULTS));
  else if (choice === 2) lab.failures.heal(node);
  else if (choice === 3) lab.failures.setApiServer(random.next() < 0.6);
  else if (choice === 4 && victim !== undefined) lab.containers.kill("default", victim);
  else if (choice === 5 && victim !== undefined) lab.containers.hang("default", victim);
  else if (choice === 6 && victim !== undefined) {
    const force = random.next() < 0.3 ? { gracePeriodSeconds: 0 } : {};
    lab.api.delete(pods, "default", victim, force);
  } else if (lab.world.apiServerUp) {
    const probes = random.next() < 0.7 ? { readinessProbe: http, livenessProbe: http } : {};
    const ports = [{ containerPort: 80, protocol: "TCP" as const }];
    const init = random.next() < 0.3 ? [container("setup", { image: "busybox" })] : [];
    const web = container("web", { image: "nginx:1", ports, ...probes });
    lab.run(
      pod(`pod-${step}`)
        .on(node)
        .initContainers(...init)
        .containers(web),
    );
  }
}

function isSettled({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  if (status.phase === "Failed" || status.phase === "Succeeded") return true;
  return status.conditions?.some((each) => each.type === "Ready" && each.status === "True") ?? false;
}

function simulate(seed: number): { lab: TestNodes; log: string } {
  const lab = testNodes({ seed });
  const random = new RandomStream(seed, "steps");
  for (let step = 0; step < STEPS; step++) {
    act(lab, random, step);
    lab.seconds(random.between(0, 60));
  }
  // Programs that nobody probes hang for good: they are killed, as somebody would in the end.
  lab.failures.setApiServer(true);
  for (const node of NODES) lab.failures.heal(node);
  lab.seconds(120);
  for (const { metadata } of lab.api.list(pods)) lab.containers.goOn("default", metadata.name);
  lab.seconds(900);
  const statuses = lab.api
    .list(pods)
    .map(({ metadata, status }) => `${metadata.name} ${JSON.stringify(status)}`);
  return { lab, log: `${lab.engine.traceHash} ${lab.engine.tasksRun}\n${statuses.join("\n")}` };
}

const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);

test.each(seeds)("seed %i: every pod is ready, over or gone, and every node renews", (seed) => {
  const { lab } = simulate(seed);
  const unsettled = lab.api.list(pods).filter((each) => !isSettled(each));
  expect(unsettled.map(({ metadata, status }) => `${metadata.name}: ${JSON.stringify(status)}`)).toEqual([]);
  for (const node of NODES) {
    expect(lab.engine.now() - (lab.heartbeats.lastRenewMs(node) ?? 0)).toBeLessThan(11_000);
  }
  const before = lab.engine.tasksRun;
  lab.seconds(600);
  // Only Events are forgotten in the end.
  expect(lab.engine.tasksRun - before).toBeLessThan(200);
});

test("equal seeds give equal histories", () => {
  for (const seed of [3, 4]) expect(simulate(seed).log).toBe(simulate(seed).log);
});
