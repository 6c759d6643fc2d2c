import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type TestControllers,
  type TestControllersOptions,
  testControllers,
} from "../../../../test/support/controllers.ts";
import { deploymentDraft, podTemplate } from "../../../../test/support/workloads.ts";
import { deployments, pods, replicaSets } from "../../../kube/kinds.ts";
import type { Deployment, DeploymentSpec } from "../../../kube/types/index.ts";
import { replicaSet } from "../replicaset/replicaset.ts";
import { deployment } from "./deployment.ts";
import { rollingBounds } from "./rolling-bounds.ts";

/** A Deployment "web" that has had its time to settle. */
function settled(spec: Partial<DeploymentSpec> = {}, options: TestControllersOptions = {}) {
  const lab = testControllers([deployment, replicaSet], options);
  lab.api.create(deployments, deploymentDraft("web", spec));
  lab.runSeconds(30);
  return lab;
}

function web({ api }: TestControllers): Deployment {
  const found = api.get(deployments, "default", "web");
  if (found === undefined) throw new Error("There is no Deployment web");
  return found;
}

function change(lab: TestControllers, spec: Partial<DeploymentSpec>): void {
  const current = web(lab);
  lab.api.update(deployments, { ...current, spec: { ...current.spec, ...spec } });
}

/** "name of the image: pods" of each ReplicaSet, the oldest first. */
function sizes({ api }: TestControllers): Readonly<Record<string, number>> {
  const sets = api
    .list(replicaSets)
    .map(({ spec }) => [spec.template.spec.containers[0]?.image, spec.replicas]);
  return Object.fromEntries(sets);
}

const V1 = "registry.example/app:1";
const V2 = "registry.example/app:2";

const conditions = (lab: TestControllers) =>
  Object.fromEntries(
    (web(lab).status.conditions ?? []).map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  );

describe("a new Deployment", () => {
  test("gets a ReplicaSet of its size whose name and labels carry the template's hash", () => {
    const lab = settled();
    const [set] = lab.api.list(replicaSets);
    const hash = set?.metadata.labels?.["pod-template-hash"];
    expect(set?.metadata.name).toBe(`web-${hash}`);
    expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{6,10}$/);
    expect(set?.spec.selector.matchLabels).toEqual({ app: "web", "pod-template-hash": hash });
    expect(set?.spec.template.metadata?.labels).toEqual({ app: "web", "pod-template-hash": hash });
    expect(set?.metadata.annotations).toEqual({
      "deployment.kubernetes.io/desired-replicas": "3",
      "deployment.kubernetes.io/max-replicas": "4",
      "deployment.kubernetes.io/revision": "1",
    });
    expect(set?.metadata.ownerReferences?.[0]).toMatchObject({
      kind: "Deployment",
      name: "web",
      controller: true,
    });
    expect(lab.messages("Deployment web")).toEqual([`Scaled up replica set web-${hash} from 0 to 3`]);
  });

  test("says in its status that it has come up", () => {
    const lab = settled();
    expect(web(lab).metadata.annotations).toEqual({ "deployment.kubernetes.io/revision": "1" });
    expect(web(lab).status).toMatchObject({
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    });
    expect(web(lab).status).not.toHaveProperty("unavailableReplicas");
    const name = lab.api.list(replicaSets)[0]?.metadata.name;
    expect(web(lab).status.conditions).toMatchObject([
      {
        type: "Available",
        status: "True",
        reason: "MinimumReplicasAvailable",
        message: "Deployment has minimum availability.",
      },
      {
        type: "Progressing",
        status: "True",
        reason: "NewReplicaSetAvailable",
        message: `ReplicaSet "${name}" has successfully progressed.`,
      },
    ]);
  });

  test("costs nothing once it has settled", () => {
    const lab = settled();
    const tasks = lab.engine.tasksRun;
    lab.runSeconds(7_200);
    expect(lab.engine.tasksRun - tasks).toBeLessThan(5);
  });
});

describe("a rolling update", () => {
  test.each([
    {
      name: "a quarter of each",
      rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" },
      replicas: 3,
      most: 4,
      least: 3,
    },
    { name: "surge only", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }, replicas: 3, most: 4, least: 3 },
    {
      name: "unavailability only",
      rollingUpdate: { maxSurge: 0, maxUnavailable: 1 },
      replicas: 3,
      most: 3,
      least: 2,
    },
    {
      name: "neither, which means one unavailable",
      rollingUpdate: { maxSurge: "0%", maxUnavailable: "10%" },
      replicas: 3,
      most: 3,
      least: 2,
    },
    {
      name: "all at once",
      rollingUpdate: { maxSurge: "100%", maxUnavailable: "100%" },
      replicas: 4,
      most: 8,
      least: 0,
    },
  ])("keeps within its bounds with $name", ({ rollingUpdate, replicas, most, least }) => {
    const lab = settled({ replicas, strategy: { type: "RollingUpdate", rollingUpdate } });
    let desiredMost = 0;
    let availableLeast = replicas;
    lab.api.onChange(replicaSets, () => {
      const sum = Object.values(sizes(lab)).reduce((a, b) => a + b, 0);
      desiredMost = Math.max(desiredMost, sum);
    });
    lab.api.onChange(pods, () => {
      const ready = lab.api
        .list(pods)
        .filter(
          ({ metadata, status }) => status.phase === "Running" && metadata.deletionTimestamp === undefined,
        );
      availableLeast = Math.min(availableLeast, ready.length);
    });
    change(lab, { template: podTemplate("web", V2) });
    lab.runSeconds(120);
    expect({ desiredMost, availableLeast }).toEqual({ desiredMost: most, availableLeast: least });
    expect(sizes(lab)).toEqual({ [V1]: 0, [V2]: replicas });
    expect(conditions(lab).Progressing).toBe("True NewReplicaSetAvailable");
  });

  test("tells each step", () => {
    const lab = settled();
    change(lab, { template: podTemplate("web", V2) });
    lab.runSeconds(120);
    const [first, second] = lab.api
      .list(replicaSets)
      .toSorted((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1))
      .map(({ metadata }) => metadata.name);
    expect(lab.messages("Deployment web", "ScalingReplicaSet")).toEqual([
      `Scaled up replica set ${first} from 0 to 3`,
      `Scaled up replica set ${second} from 0 to 1`,
      `Scaled down replica set ${first} from 3 to 2`,
      `Scaled up replica set ${second} from 1 to 2`,
      `Scaled down replica set ${first} from 2 to 1`,
      `Scaled up replica set ${second} from 2 to 3`,
      `Scaled down replica set ${first} from 1 to 0`,
    ]);
  });

  test("waits for minReadySeconds before it takes an old pod away", () => {
    const lab = settled({
      minReadySeconds: 20,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    });
    change(lab, { template: podTemplate("web", V2) });
    lab.runSeconds(15);
    expect(sizes(lab)).toEqual({ [V1]: 3, [V2]: 1 });
    lab.runSeconds(10);
    expect(sizes(lab)).toEqual({ [V1]: 2, [V2]: 2 });
    lab.runSeconds(60);
    expect(sizes(lab)).toEqual({ [V1]: 0, [V2]: 3 });
  });

  test("stands still when the new version never gets ready, and says so at the deadline", () => {
    const lab = settled(
      { progressDeadlineSeconds: 60 },
      { readyAfterMs: ({ spec }) => (spec.containers[0]?.image === V2 ? undefined : 1_000) },
    );
    change(lab, { template: podTemplate("web", V2) });
    lab.runSeconds(30);
    expect(sizes(lab)).toEqual({ [V1]: 3, [V2]: 1 });
    expect(conditions(lab)).toEqual({
      Available: "True MinimumReplicasAvailable",
      Progressing: "True ReplicaSetUpdated",
    });
    lab.runSeconds(60);
    expect(conditions(lab).Progressing).toBe("False ProgressDeadlineExceeded");
    expect(web(lab).status.conditions?.at(-1)?.message).toMatch(
      /^ReplicaSet "web-\w+" has timed out progressing\.$/,
    );
    expect(web(lab).status.unavailableReplicas).toBe(1);
  });

  test("goes on with the template that came last when changed in the middle", () => {
    const lab = settled({ replicas: 4 });
    change(lab, { template: podTemplate("web", V2) });
    lab.runSeconds(1);
    change(lab, { template: podTemplate("web", "registry.example/app:3") });
    lab.runSeconds(120);
    expect(sizes(lab)).toEqual({ [V1]: 0, [V2]: 0, "registry.example/app:3": 4 });
  });
});

describe("revisions", () => {
  // What Kubernetes' own conformance spec expects of a ReplicaSet that was there before its Deployment.
  test("go on from the largest that was noted, to the last digit", () => {
    const lab = settled();
    const [set] = lab.api.list(replicaSets);
    if (set === undefined) throw new Error("There is no ReplicaSet");
    const noted = { "deployment.kubernetes.io/revision": "3546343826724305832" };
    lab.api.patch(replicaSets, "default", set.metadata.name, "merge", { metadata: { annotations: noted } });
    change(lab, { template: podTemplate("web", V2) });
    lab.runSeconds(60);
    expect(web(lab).metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("3546343826724305833");
  });

  test("a template that comes back gets its old ReplicaSet, under the next revision", () => {
    const lab = settled();
    change(lab, { template: podTemplate("web", V2) });
    lab.runSeconds(60);
    change(lab, { template: podTemplate("web", V1) });
    lab.runSeconds(60);
    expect(sizes(lab)).toEqual({ [V1]: 3, [V2]: 0 });
    const back = lab.api.list(replicaSets).find(({ spec }) => spec.replicas === 3);
    expect(back?.metadata.annotations).toMatchObject({
      "deployment.kubernetes.io/revision": "3",
      "deployment.kubernetes.io/revision-history": "1",
    });
    expect(web(lab).metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("3");
  });

  test("old ReplicaSets beyond the history limit go", () => {
    const lab = settled({ revisionHistoryLimit: 1 });
    for (const version of [2, 3, 4]) {
      change(lab, { template: podTemplate("web", `registry.example/app:${version}`) });
      lab.runSeconds(60);
    }
    expect(sizes(lab)).toEqual({ "registry.example/app:3": 0, "registry.example/app:4": 3 });
  });

  test("a name that is taken by something else leads to another hash", () => {
    const lab = settled({ paused: true });
    const before = lab.api.list(replicaSets).length;
    expect(before).toBe(0);
    const other = testControllers([deployment]);
    other.api.create(deployments, deploymentDraft("web"));
    other.runSeconds(1);
    const taken = other.api.list(replicaSets)[0];
    if (taken === undefined) throw new Error("No ReplicaSet was made");
    const { name, labels } = taken.metadata;
    lab.api.create(replicaSets, {
      metadata: { name, namespace: "default", labels: { ...labels, app: "other" } },
      spec: {
        ...taken.spec,
        replicas: 0,
        selector: { matchLabels: { app: "other" } },
        template: podTemplate("other"),
      },
    });
    change(lab, { paused: false });
    lab.runSeconds(30);
    expect(web(lab).status.collisionCount).toBe(1);
    expect(web(lab).status.availableReplicas).toBe(3);
  });
});

describe("Recreate", () => {
  test("lets every old pod go, to the last one being gone, before the first new one comes", () => {
    const lab = settled({ strategy: { type: "Recreate" } }, { stopAfterMs: 20_000 });
    change(lab, { template: podTemplate("web", V2) });
    lab.runSeconds(15);
    expect(sizes(lab)).toEqual({ [V1]: 0 });
    expect(lab.api.list(pods)).toHaveLength(3);
    expect(conditions(lab).Available).toBe("False MinimumReplicasUnavailable");
    lab.runSeconds(30);
    expect(sizes(lab)).toEqual({ [V1]: 0, [V2]: 3 });
    expect(conditions(lab).Available).toBe("True MinimumReplicasAvailable");
  });
});

describe("a change of size", () => {
  test("goes to the only ReplicaSet with pods", () => {
    const lab = settled();
    change(lab, { replicas: 5 });
    lab.runSeconds(30);
    expect(sizes(lab)).toEqual({ [V1]: 5 });
    expect(web(lab).status.availableReplicas).toBe(5);
    change(lab, { replicas: 0 });
    lab.runSeconds(30);
    expect(lab.api.list(pods)).toEqual([]);
    expect(web(lab).status).not.toHaveProperty("replicas");
  });

  test("is shared by size between the versions of a rollout that stands still", () => {
    const lab = settled(
      {
        replicas: 10,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } },
      },
      { readyAfterMs: ({ spec }) => (spec.containers[0]?.image === V2 ? undefined : 1_000) },
    );
    change(lab, { template: podTemplate("web", V2) });
    lab.runSeconds(30);
    expect(sizes(lab)).toEqual({ [V1]: 8, [V2]: 5 });
    change(lab, { replicas: 15 });
    lab.runSeconds(30);
    // The worked example of Kubernetes' documentation of proportional scaling.
    expect(sizes(lab)).toEqual({ [V1]: 11, [V2]: 7 });
    change(lab, { replicas: 6 });
    lab.runSeconds(30);
    // One more old pod may go than the shares of 5 and 4 say, for five are available and four have to be.
    expect(sizes(lab)).toEqual({ [V1]: 4, [V2]: 5 });
  });
});

describe("changes of size and template, however they come", () => {
  const change$ = fc.record({
    afterSeconds: fc.integer({ min: 0, max: 6 }),
    replicas: fc.option(fc.integer({ min: 0, max: 8 })),
    version: fc.option(fc.constantFrom("1", "2", "3", "broken")),
  });
  const bound$ = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom("25%", "50%"));

  test("never have more pods wanted, nor take more available ones away, than the strategy allows", () => {
    fc.assert(
      fc.property(
        bound$,
        bound$,
        fc.array(change$, { maxLength: 6 }),
        (maxSurge, maxUnavailable, changes) => {
          fc.pre(maxSurge !== 0 || maxUnavailable !== 0);
          const lab = settled(
            { replicas: 4, strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } } },
            { readyAfterMs: ({ spec }) => (spec.containers[0]?.image === "broken" ? undefined : 1_000) },
          );
          let before = 4;
          let wantedBefore = 4;
          // A new size is shared by the versions' sizes, whether their pods are available or not: only without one is
          // the bound kept at every moment.
          let isResized = false;
          const resizeTo = (size: number) => {
            isResized ||= size !== web(lab).spec.replicas;
          };
          lab.api.onChange(replicaSets, () => {
            const wanted = lab.api.list(replicaSets).reduce((sum, { spec }) => sum + spec.replicas, 0);
            const most = web(lab).spec.replicas + rollingBounds(web(lab)).maxSurge;
            if (wanted > wantedBefore) expect(wanted).toBeLessThanOrEqual(most);
            wantedBefore = wanted;
          });
          lab.api.onChange(pods, () => {
            const { replicas } = web(lab).spec;
            const bounds = rollingBounds(web(lab));
            const alive = lab.api
              .list(pods)
              .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
            const available = alive.filter(({ status }) => status.phase === "Running").length;
            if (available < before && !isResized)
              expect(available).toBeGreaterThanOrEqual(replicas - bounds.maxUnavailable);
            before = available;
          });
          for (const { afterSeconds, replicas, version } of changes) {
            if (replicas !== null) resizeTo(replicas);
            change(lab, {
              ...(replicas !== null && { replicas }),
              ...(version !== null && { template: podTemplate("web", version) }),
            });
            lab.runSeconds(afterSeconds);
          }
          resizeTo(3);
          change(lab, { replicas: 3, template: podTemplate("web", "last") });
          lab.runSeconds(120);
          expect(lab.api.list(pods).map(({ spec }) => spec.containers[0]?.image)).toEqual([
            "last",
            "last",
            "last",
          ]);
          expect(conditions(lab)).toEqual({
            Available: "True MinimumReplicasAvailable",
            Progressing: "True NewReplicaSetAvailable",
          });
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe("a pause", () => {
  test("holds a new template back, and lets changes of size through", () => {
    const lab = settled();
    change(lab, { paused: true });
    lab.runSeconds(5);
    expect(conditions(lab).Progressing).toBe("Unknown DeploymentPaused");
    change(lab, { template: podTemplate("web", V2), replicas: 4 });
    lab.runSeconds(30);
    expect(sizes(lab)).toEqual({ [V1]: 4 });
    change(lab, { paused: false });
    lab.runSeconds(60);
    expect(sizes(lab)).toEqual({ [V1]: 0, [V2]: 4 });
  });
});

describe("trouble", () => {
  test("an orphaned ReplicaSet that the selector matches is adopted", () => {
    const lab = testControllers([deployment]);
    lab.api.create(deployments, deploymentDraft("web"));
    lab.runSeconds(5);
    const [set] = lab.api.list(replicaSets);
    if (set === undefined) throw new Error("No ReplicaSet was made");
    const { ownerReferences: _, ...metadata } = set.metadata;
    lab.api.update(replicaSets, { ...set, metadata });
    lab.runSeconds(5);
    expect(
      lab.api.list(replicaSets).map(({ metadata: { ownerReferences } }) => ownerReferences?.[0]?.name),
    ).toEqual(["web"]);
  });

  test("an outage of the API server in the middle of a rollout only delays it", () => {
    const lab = settled();
    change(lab, { template: podTemplate("web", V2) });
    lab.runSeconds(1);
    lab.server.setUp(false);
    lab.runSeconds(5);
    lab.server.setUp(true);
    lab.runSeconds(120);
    expect(sizes(lab)[V2]).toBeGreaterThan(0);
  });
});
