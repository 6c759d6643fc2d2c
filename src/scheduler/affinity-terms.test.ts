import { expect, test } from "vitest";
import { pod } from "../../test/support/pods.ts";
import type { WeightedPodAffinityTerm } from "../kube/types/index.ts";
import { affinityTermsOf, termMatches } from "./affinity-terms.ts";

test("a preferred term that a file leaves out means no pod", () => {
  const unwritten = { weight: 5 } as WeightedPodAffinityTerm;
  const wishing = pod("p").affinity({
    podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [unwritten] },
  });
  const [term] = affinityTermsOf(wishing).preferred;
  expect(term).toMatchObject({ weight: 5, topologyKey: "" });
  expect(term && termMatches(term, { namespace: "default", labels: {} })).toBe(false);
});
