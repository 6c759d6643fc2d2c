import { describe, expect, test } from "vitest";
import { type TestNodes, testNodes } from "../../../test/support/lab-nodes.ts";
import { container, pod } from "../../../test/support/pods.ts";
import type { Probe } from "../../kube/types/index.ts";

const PROBE = { periodSeconds: 5, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3 };
const http: Probe = { ...PROBE, httpGet: { path: "/", port: 80 } };
const tcp: Probe = { ...PROBE, tcpSocket: { port: 80 } };
const exec: Probe = { ...PROBE, exec: { command: ["pg_isready"] } };

function running(probes: { readinessProbe?: Probe; livenessProbe?: Probe }): TestNodes {
  const lab = testNodes();
  const ports = [{ containerPort: 80, protocol: "TCP" as const }];
  lab.run(
    pod("a")
      .on("node-1")
      .containers(container("web", { image: "nginx:1", ports, ...probes })),
  );
  expect(lab.within(30, () => lab.isReady("a"))).toBe(true);
  return lab;
}

function restarts(lab: TestNodes): number | undefined {
  return lab.pod("a")?.status.containerStatuses?.[0]?.restartCount;
}

describe("a program that is killed", () => {
  test("is started again at once", () => {
    const lab = running({});
    expect(lab.containers.kill("default", "a")).toBe(true);
    expect(lab.within(5, () => restarts(lab) === 1 && lab.isReady("a"))).toBe(true);
    expect(lab.containers.kill("default", "nobody")).toBe(false);
  });
});

describe("a program that hangs", () => {
  test.each([
    { name: "an HTTP probe", livenessProbe: http },
    { name: "a command", livenessProbe: exec },
  ])("is found by $name and started again", ({ livenessProbe }) => {
    const lab = running({ livenessProbe });
    lab.containers.hang("default", "a");
    // Three failures five seconds apart, the grace period of a program that does not hear SIGTERM, a new start.
    expect(lab.within(60, () => restarts(lab) === 1)).toBe(true);
    expect(lab.within(5, () => lab.isReady("a"))).toBe(true);
  });

  test("is not found by a TCP probe: the kernel goes on taking its connections", () => {
    const lab = running({ livenessProbe: tcp, readinessProbe: tcp });
    lab.containers.hang("default", "a");
    lab.seconds(300);
    expect(restarts(lab)).toBe(0);
    expect(lab.isReady("a")).toBe(true);
  });

  test("is out of traffic until it goes on, when only its readiness is looked at", () => {
    const lab = running({ readinessProbe: http });
    lab.containers.hang("default", "a");
    expect(lab.within(25, () => !lab.isReady("a"))).toBe(true);
    expect(restarts(lab)).toBe(0);
    lab.containers.goOn("default", "a");
    expect(lab.within(6, () => lab.isReady("a"))).toBe(true);
  });
});

describe("a probe whose command says plainly how it ends", () => {
  const asking = (command: readonly string[]): Probe => ({ ...PROBE, exec: { command } });

  test.each([
    { name: "fails", command: ["/bin/false"] },
    { name: "takes longer than it may", command: ["sleep", "10"] },
  ])("that $name is never ready", ({ command }) => {
    const lab = testNodes();
    lab.run(
      pod("a")
        .on("node-1")
        .containers(container("web", { image: "nginx:1", readinessProbe: asking(command) })),
    );
    lab.seconds(120);
    expect(lab.pod("a")?.status.containerStatuses).toMatchObject([{ ready: false, started: true }]);
    expect(restarts(lab)).toBe(0);
  });

  test("that is content is ready", () => {
    expect(restarts(running({ readinessProbe: asking(["true"]) }))).toBe(0);
  });
});
