import { describe, expect, test } from "vitest";
import { container, pod } from "../../../../test/support/pods.ts";
import type { ContainerState, ContainerStatus, PodSpec } from "../../../kube/types/index.ts";
import { podPhase } from "./pod-phase.ts";

type Now = "running" | "waiting" | "creating" | `ended ${number}` | `restarting ${number}`;

function status(name: string, now: Now): ContainerStatus {
  const [word, code] = now.split(" ");
  const terminated: ContainerState = { terminated: { exitCode: Number(code) } };
  const state: ContainerState =
    word === "running" ? { running: {} } : word === "ended" ? terminated : { waiting: {} };
  return {
    name,
    state,
    lastState: word === "restarting" ? terminated : {},
    ready: word === "running" || now === "ended 0",
    started: word === "running",
    restartCount: 0,
    image: "",
    imageID: "",
  };
}

describe("the phase of a pod", () => {
  test.each<{
    name: string;
    policy?: PodSpec["restartPolicy"];
    own: Now[];
    init?: Now[];
    sidecars?: Now[];
    isTerminal?: boolean;
    phase: string;
  }>([
    {
      name: "is Pending while a container has never started",
      own: ["running", "creating"],
      phase: "Pending",
    },
    { name: "is Running once all have", own: ["running", "running"], phase: "Running" },
    { name: "stays Running while some have ended", own: ["running", "ended 1"], phase: "Running" },
    {
      name: "is Running while a container waits for its next start",
      own: ["restarting 1"],
      phase: "Running",
    },
    { name: "is Running after an end that is no end", own: ["ended 0"], phase: "Running" },
    {
      name: "is Succeeded when all ended well for good",
      policy: "Never",
      own: ["ended 0"],
      phase: "Succeeded",
    },
    {
      name: "is Failed when one ended badly for good",
      policy: "Never",
      own: ["ended 0", "ended 2"],
      phase: "Failed",
    },
    { name: "is Running when a bad end is retried", policy: "OnFailure", own: ["ended 2"], phase: "Running" },
    { name: "is Succeeded with OnFailure too", policy: "OnFailure", own: ["ended 0"], phase: "Succeeded" },
    {
      name: "of a pod that ends is told by its containers",
      own: ["ended 0"],
      isTerminal: true,
      phase: "Succeeded",
    },
    { name: "of a pod that was killed is Failed", own: ["ended 137"], isTerminal: true, phase: "Failed" },
    {
      name: "is Pending during initialization",
      init: ["ended 0", "running"],
      own: ["creating"],
      phase: "Pending",
    },
    {
      name: "is Pending while an init container is retried",
      init: ["restarting 1"],
      own: ["creating"],
      phase: "Pending",
    },
    {
      name: "is Failed when an init container failed for good",
      policy: "Never",
      init: ["ended 1"],
      own: ["creating"],
      phase: "Failed",
    },
    {
      name: "is Pending until sidecars have started",
      sidecars: ["creating"],
      own: ["creating"],
      phase: "Pending",
    },
    {
      name: "is Running while a sidecar restarts",
      sidecars: ["restarting 1"],
      own: ["running"],
      phase: "Running",
    },
  ])("$name", ({ policy = "Always", own, init = [], sidecars = [], isTerminal = false, phase }) => {
    const initNames = init.map((_, i) => `init-${i}`);
    const sidecarNames = sidecars.map((_, i) => `sidecar-${i}`);
    const built = pod("a")
      .withSpec({ restartPolicy: policy })
      .initContainers(
        ...initNames.map((name) => container(name)),
        ...sidecarNames.map((name) => container(name, { restartPolicy: "Always" })),
      )
      .containers(...own.map((_, i) => container(`own-${i}`)));
    const initStatuses = [
      ...init.map((now, i) => status(initNames[i] as string, now)),
      ...sidecars.map((now, i) => status(sidecarNames[i] as string, now)),
    ];
    const ownStatuses = own.map((now, i) => status(`own-${i}`, now));
    expect(podPhase({ pod: built, init: initStatuses, own: ownStatuses, isTerminal })).toBe(phase);
  });
});
