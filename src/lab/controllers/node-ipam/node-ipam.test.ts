import { describe, expect, test } from "vitest";
import { put, testLab } from "../../../../test/support/lab-context.ts";
import { node } from "../../../../test/support/nodes.ts";
import { nodes } from "../../../kube/kinds.ts";
import { CidrSet } from "./cidr-set.ts";
import { nodeIpam } from "./node-ipam.ts";

describe("ranges", () => {
  test("are dealt out in turn, those that came back last", () => {
    const ranges = new CidrSet("10.244.0.0/22", 24);
    expect([ranges.allocate(), ranges.allocate(), ranges.allocate()]).toEqual([
      "10.244.0.0/24",
      "10.244.1.0/24",
      "10.244.2.0/24",
    ]);
    ranges.release("10.244.0.0/24");
    expect([ranges.allocate(), ranges.allocate(), ranges.allocate()]).toEqual([
      "10.244.3.0/24",
      "10.244.0.0/24",
      undefined,
    ]);
  });

  test("that are taken are passed over, and those of others ignored", () => {
    const ranges = new CidrSet("10.244.0.0/16", 24);
    ranges.occupy("10.244.0.0/24");
    ranges.occupy("192.168.0.0/24");
    expect(ranges.allocate()).toBe("10.244.1.0/24");
  });

  test("cross byte boundaries", () => {
    const ranges = new CidrSet("10.0.0.0/8", 16);
    ranges.allocate();
    expect(ranges.allocate()).toBe("10.1.0.0/16");
  });
});

describe("every node", () => {
  test("gets a range of its own, and one that has one keeps it", () => {
    const { api, context, engine } = testLab();
    put(api, nodes, node("old").withSpec({ podCIDR: "10.244.0.0/24", podCIDRs: ["10.244.0.0/24"] }));
    nodeIpam(context).start();
    for (const name of ["a", "b"]) put(api, nodes, node(name));
    engine.runFor(100);
    const dealt = api.list(nodes).map(({ spec }) => [spec.podCIDR, spec.podCIDRs]);
    expect(new Set(dealt.map(([range]) => range))).toEqual(
      new Set(["10.244.0.0/24", "10.244.1.0/24", "10.244.2.0/24"]),
    );
    for (const [range, list] of dealt) expect(list).toEqual([range]);
  });
});
