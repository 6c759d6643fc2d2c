import { expect, test } from "vitest";
import type { Client } from "../../src/client/client.ts";
import { pod } from "../support/pods.ts";
import { PodWatch } from "./pod-watch.ts";

const refusal = {
  type: "PodScheduled",
  status: "False",
  reason: "Unschedulable",
  message: "no room",
} as const;

/** A client whose one watch tells of these pods, and then waits for good. */
function clientOf(states: readonly object[]): Client {
  const client = {
    list: () => Promise.resolve({ metadata: { resourceVersion: "1" }, items: [] }),
    async *watch() {
      for (const object of states) yield { type: "MODIFIED", object };
      await new Promise(() => {});
    },
  };
  return client as unknown as Client;
}

test("whoever asks late is told of the refusal, though the pod has a node by then", async () => {
  const one = pod("p");
  const { uid } = one.metadata;
  const refused = one.condition(refusal);
  const watch = new PodWatch(clientOf([one, refused, refused.on("n1")]));
  expect((await watch.bound(uid)).spec.nodeName).toBe("n1");
  expect((await watch.answered(uid)).spec.nodeName).toBeUndefined();
  watch.close();
});
