import { describe, expect, test } from "vitest";
import { type TestApi, testApi } from "../../../../test/support/api.ts";
import { podTemplate, replicaSetDraft } from "../../../../test/support/workloads.ts";
import { pods, replicaSets } from "../../../kube/kinds.ts";
import { controllerReferenceTo } from "../../../kube/owners.ts";
import type { OwnerReference, Pod, ReplicaSet } from "../../../kube/types/index.ts";
import { claimChildren } from "./claim.ts";

const HOLD = "example.com/hold";

function setUp(): TestApi & { readonly owner: ReplicaSet; readonly other: ReplicaSet } {
  const test = testApi();
  const owner = test.api.create(replicaSets, replicaSetDraft("web"));
  const other = test.api.create(replicaSets, replicaSetDraft("other"));
  return { ...test, owner, other };
}

function podOf({ api }: TestApi, name: string, app: string, ownerReferences: OwnerReference[] = []): Pod {
  return api.create(pods, {
    metadata: { name, namespace: "default", labels: { app }, ownerReferences },
    spec: podTemplate(app).spec,
  });
}

function claim({ api }: TestApi, owner: ReplicaSet, candidates: readonly Pod[]): readonly string[] {
  const wants = ({ metadata }: Pod) => metadata.labels?.app === "web";
  const claimed = claimChildren(api, { childKind: pods, owner, wants, finalizers: [HOLD] }, candidates);
  return claimed.map(({ metadata }) => metadata.name);
}

const stored = ({ api }: TestApi, name: string) => api.get(pods, "default", name)?.metadata;

describe("an owner", () => {
  test("keeps what it controls and leaves what another controls", () => {
    const lab = setUp();
    const own = podOf(lab, "own", "web", [controllerReferenceTo(lab.owner)]);
    const foreign = podOf(lab, "foreign", "web", [controllerReferenceTo(lab.other)]);
    expect(claim(lab, lab.owner, [own, foreign])).toEqual(["own"]);
    expect(stored(lab, "own")?.resourceVersion).toBe(own.metadata.resourceVersion);
    expect(stored(lab, "foreign")?.resourceVersion).toBe(foreign.metadata.resourceVersion);
  });

  test("adopts an orphan that it wants, beside owners that are no controllers", () => {
    const lab = setUp();
    const { controller: _, ...plain } = controllerReferenceTo(lab.other);
    const orphan = podOf(lab, "orphan", "web", [plain]);
    const stranger = podOf(lab, "stranger", "db");
    expect(claim(lab, lab.owner, [orphan, stranger])).toEqual(["orphan"]);
    expect(stored(lab, "orphan")?.ownerReferences).toEqual([plain, controllerReferenceTo(lab.owner)]);
    expect(stored(lab, "orphan")?.finalizers).toEqual([HOLD]);
    expect(stored(lab, "stranger")?.ownerReferences).toBeUndefined();
  });

  test("releases what it does not want any more", () => {
    const lab = setUp();
    const draft = podOf(lab, "left", "db", [controllerReferenceTo(lab.owner)]);
    const left = lab.api.update(pods, { ...draft, metadata: { ...draft.metadata, finalizers: [HOLD] } });
    expect(claim(lab, lab.owner, [left])).toEqual([]);
    expect(stored(lab, "left")).not.toHaveProperty("ownerReferences");
    expect(stored(lab, "left")).not.toHaveProperty("finalizers");
  });

  test("that is being deleted neither adopts nor releases", () => {
    const lab = setUp();
    const orphan = podOf(lab, "orphan", "web");
    const left = podOf(lab, "left", "db", [controllerReferenceTo(lab.owner)]);
    lab.api.delete(replicaSets, "default", "web", { propagationPolicy: "Foreground" });
    const leaving = lab.api.get(replicaSets, "default", "web") as ReplicaSet;
    expect(claim(lab, leaving, [orphan, left])).toEqual([]);
    expect(stored(lab, "orphan")?.ownerReferences).toBeUndefined();
    expect(stored(lab, "left")?.ownerReferences).toHaveLength(1);
  });

  test("does without an orphan that is gone meanwhile", () => {
    const lab = setUp();
    const orphan = podOf(lab, "orphan", "web");
    lab.api.delete(pods, "default", "orphan", { gracePeriodSeconds: 0 });
    expect(claim(lab, lab.owner, [orphan])).toEqual([]);
  });
});
