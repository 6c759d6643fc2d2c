import { describe, expect, test } from "vitest";
import { Machines } from "../machines.ts";
import type { Machine } from "../world.ts";
import { pullProblem } from "./registries.ts";

function machine(name: string, change: Partial<Machine> = {}): Machine {
  return {
    name,
    zone: "z",
    ip: name === "node-1" ? "10.77.0.1" : "10.77.0.2",
    state: "on",
    partitioned: false,
    kubelet: "running",
    diskFull: false,
    bootId: 1,
    clockOffsetMs: 0,
    ...change,
  };
}

describe("an image can be pulled", () => {
  test.each<{
    name: string;
    image: string;
    here?: Partial<Machine>;
    there?: Partial<Machine>;
    isUnavailable?: boolean;
    problem: RegExp | undefined;
  }>([
    { name: "from outside", image: "nginx", problem: undefined },
    {
      name: "not from outside when the machine is cut off",
      image: "nginx",
      here: { partitioned: true },
      problem:
        /Head "https:\/\/registry-1.docker.io\/v2\/library\/nginx\/manifests\/latest": dial tcp: i\/o timeout$/,
    },
    { name: "from a registry on another machine", image: "node-2:5000/app:1", problem: undefined },
    {
      name: "not from a machine without power",
      image: "node-2.lan:5000/app:1",
      there: { state: "off" },
      problem: /i\/o timeout$/,
    },
    {
      name: "not by its address either",
      image: "10.77.0.2:5000/app:1",
      there: { state: "off" },
      problem: /i\/o timeout$/,
    },
    {
      name: "from outside while another machine is without power",
      image: "ghcr.io/a/b:1",
      there: { state: "off" },
      problem: undefined,
    },
    {
      name: "from a registry on the machine itself, even when that is cut off",
      image: "node-1:5000/app:1",
      here: { partitioned: true },
      problem: undefined,
    },
    {
      name: "not when nobody has it",
      image: "nginx",
      isUnavailable: true,
      problem: /docker.io\/library\/nginx:latest: not found$/,
    },
    {
      name: "not onto a full disk",
      image: "nginx",
      here: { diskFull: true },
      problem: /no space left on device$/,
    },
  ])("$name", ({ image, here, there, isUnavailable = false, problem }) => {
    const world = new Machines([machine("node-1", here), machine("node-2", there)]);
    const found = pullProblem(world, "node-1", image, isUnavailable);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found?.message).toMatch(problem);
  });
});
