import { expect, test } from "vitest";
import { apiAddress, type Bed, memberOf, membersOf, podRange, serviceRange, switchOf } from "./state.ts";

const bed = (index: number, controlPlanes = 1): Bed => ({
  name: `bed-${index}`,
  index,
  folder: `/beds/${index}`,
  nodes: ["node-1", "node-2"],
  controlPlanes: ["control-plane-1", "control-plane-2", "control-plane-3"].slice(0, controlPlanes),
});

test("two beds share no address, no link and no namespace", () => {
  const names = [bed(0, 3), bed(1, 3)].flatMap((each) => [
    switchOf(each).link,
    switchOf(each).ip,
    serviceRange(each),
    ...each.nodes.map((node) => podRange(each, node)),
    ...membersOf(each).flatMap((name) => {
      const { ip, namespace, folder } = memberOf(each, name);
      return [ip, namespace, folder];
    }),
  ]);
  expect(new Set(names).size).toBe(names.length);
});

test.each([
  { name: "one control plane is asked itself", controlPlanes: 1, address: "10.100.0.201" },
  { name: "several are asked through the balancer before them", controlPlanes: 3, address: "10.100.0.200" },
])("$name", ({ controlPlanes, address }) => {
  expect(apiAddress(bed(0, controlPlanes))).toBe(address);
});

test("links have names that Linux takes", () => {
  for (const name of membersOf(bed(15, 3))) expect(memberOf(bed(15, 3), name).link.length).toBeLessThan(16);
});

test("a machine that is not there is refused with those that are", () => {
  expect(() => memberOf(bed(0), "node-9")).toThrow(
    "The bed bed-0 has no machine node-9; it has control-plane-1, node-1, node-2",
  );
});
