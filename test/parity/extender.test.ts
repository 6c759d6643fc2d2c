import { afterEach, expect, test } from "vitest";
import { pod } from "../support/pods.ts";
import { Extender } from "./extender.ts";

const extender = new Extender();

afterEach(() => extender.close());

test("what is said after a preemption belongs to the pod's next turn", async () => {
  const url = await extender.listen();
  const tell = (verb: string, body: object) =>
    fetch(`${url}/${verb}`, { method: "POST", body: JSON.stringify(body) });
  const one = pod("p");
  const victims = { n1: { Pods: [{ UID: "x" }], NumPDBViolations: 1 } };
  await tell("preempt", { Pod: one, NodeNameToMetaVictims: victims });
  // Its second turn comes before anybody has asked about the first.
  await tell("filter", { Pod: one, NodeNames: ["n1"] });
  expect(extender.takeTurn("default/p")).toEqual({
    feasible: [],
    candidates: [new Map([["n1", { uids: ["x"], budgetViolations: 1 }]])],
  });
  expect(extender.take("default/p")).toEqual({ feasible: [["n1"]], candidates: [] });
  expect(extender.take("default/p")).toEqual({ feasible: [], candidates: [] });
});
