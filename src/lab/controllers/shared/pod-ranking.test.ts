import { describe, expect, test } from "vitest";
import { type PodBuilder, pod, TEST_EPOCH_MS, timeAt } from "../../../../test/support/pods.ts";
import { sortForDeletion, sortForDeletionBySpread } from "./pod-ranking.ts";

const NOW_MS = TEST_EPOCH_MS + 86_400_000;

/** Ready for so many seconds. */
function ready(name: string, seconds: number): PodBuilder {
  return pod(name)
    .on("node-1")
    .running()
    .condition({ type: "Ready", status: "True", lastTransitionTime: timeAt(NOW_MS - seconds * 1_000) });
}

function restarted(name: string, restartCount: number): PodBuilder {
  const status = {
    name: "main",
    state: {},
    lastState: {},
    ready: true,
    restartCount,
    image: "",
    imageID: "",
  };
  return ready(name, 100).withStatus({ containerStatuses: [status] });
}

const cost = (value: string) => ({ "controller.kubernetes.io/pod-deletion-cost": value });

describe("which pod goes first", () => {
  test.each([
    { name: "one without a node before a bound one", first: pod("b"), later: pod("a").on("node-1") },
    { name: "a pending one before a running one", first: pod("b").on("node-1"), later: ready("a", 5) },
    {
      name: "one that is not ready before a ready one",
      first: pod("b").on("node-1").running(false),
      later: ready("a", 5),
    },
    {
      name: "a cheap one before a dear one",
      first: ready("b", 500).annotations(cost("-1")),
      later: ready("a", 5),
    },
    {
      name: "one ready for a short while before one ready for long",
      first: ready("b", 10),
      later: ready("a", 100),
    },
    { name: "one with more restarts", first: restarted("b", 3), later: restarted("a", 2) },
    {
      name: "a younger one",
      first: pod("b")
        .on("node-1")
        .createdAt(NOW_MS - 1_000),
      later: pod("a")
        .on("node-1")
        .createdAt(NOW_MS - 50_000),
    },
  ])("$name", ({ first, later }) => {
    for (const order of [
      [first, later],
      [later, first],
    ]) {
      expect(sortForDeletionBySpread(order, [], NOW_MS)[0]?.metadata.name).toBe("b");
    }
  });

  test("one on a node that it shares with siblings before one that is alone on its node", () => {
    const alone = ready("a", 10).on("node-2");
    const crowd = [ready("b", 1_000), ready("c", 1_000)];
    expect(sortForDeletionBySpread([alone, ...crowd], [alone, ...crowd], NOW_MS).at(-1)).toBe(alone);
  });

  test("pods of one magnitude of age go by uid, so that not always the youngest is taken", () => {
    const older = ready("a", 100).meta({ uid: "1" });
    const younger = ready("b", 90).meta({ uid: "2" });
    expect(sortForDeletionBySpread([younger, older], [], NOW_MS)[0]).toBe(older);
    expect(sortForDeletion([older, younger])[0]).toBe(younger);
  });

  test("a cost counts for nothing where it cannot be read", () => {
    const broken = ready("a", 100).annotations(cost("much"));
    expect(sortForDeletionBySpread([broken, ready("b", 5)], [], NOW_MS)[0]?.metadata.name).toBe("b");
  });
});
