/** Whatever is changed, and whenever the API server is away: in the end everything is as it was asked for, and at rest. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type TestControllers, testControllers } from "../../../test/support/controllers.ts";
import { put } from "../../../test/support/lab-context.ts";
import { node } from "../../../test/support/nodes.ts";
import {
  daemonSetDraft,
  deploymentDraft,
  podTemplate,
  statefulSetDraft,
} from "../../../test/support/workloads.ts";
import type { Kind } from "../../kube/kind.ts";
import { daemonSets, deployments, nodes, pods, replicaSets, statefulSets } from "../../kube/kinds.ts";
import { isControlledBy } from "../../kube/owners.ts";
import type { DaemonSet, Deployment, KubeObject, Pod, StatefulSet } from "../../kube/types/index.ts";
import type { Draft } from "../apiserver/api.ts";
import { KindRegistry } from "../apiserver/kind-registry.ts";
import { daemonSet } from "./daemonset/daemonset.ts";
import { deployment } from "./deployment/deployment.ts";
import { garbageCollector } from "./garbage-collector/garbage-collector.ts";
import { replicaSet } from "./replicaset/replicaset.ts";
import { isPodReady } from "./shared/pod-state.ts";
import { statefulSet } from "./statefulset/statefulset.ts";

type Action = (lab: TestControllers) => void;
type Workload = Deployment | StatefulSet | DaemonSet;

const NODES = ["node-1", "node-2", "node-3"];
const SETTLE_SECONDS = 600;

const scalable$ = fc.constantFrom<Kind<Deployment> | Kind<StatefulSet>>(deployments, statefulSets);
const rollable$ = fc.constantFrom<Kind>(deployments, statefulSets, daemonSets);
const action$ = fc.oneof<fc.Arbitrary<Action>[]>(
  fc.tuple(scalable$, fc.integer({ min: 0, max: 5 })).map(
    ([kind, replicas]) =>
      ({ api }) =>
        api.patch(kind as Kind, "default", "web", "merge", { spec: { replicas } }),
  ),
  fc.tuple(rollable$, fc.constantFrom("v1", "v2", "v3")).map(
    ([kind, image]) =>
      ({ api }) =>
        api.patch(kind, "default", "web", "merge", { spec: { template: podTemplate("web", image) } }),
  ),
  fc.nat(20).map((position) => ({ api }: TestControllers) => {
    const all = api.list(pods);
    const victim = all[position % Math.max(all.length, 1)];
    if (victim !== undefined) api.delete(pods, "default", victim.metadata.name);
  }),
  fc.constant(({ api }: TestControllers) => {
    api.delete(deployments, "default", "web", { propagationPolicy: "Background" });
    api.create(deployments, labelled(deploymentDraft("web"), "deployment"));
  }),
  fc.double({ min: 0.001, max: 40, noNaN: true }).map((seconds) => (lab: TestControllers) => {
    lab.server.setUp(false);
    lab.runSeconds(seconds);
    lab.server.setUp(true);
  }),
);

test("workloads come to what was asked for last", () => {
  const step$ = fc.tuple(action$, fc.double({ min: 0, max: 15, noNaN: true }));
  fc.assert(
    fc.property(fc.array(step$, { maxLength: 12 }), fc.nat(), (steps, seed) => {
      const lab = started(seed);
      for (const [act, seconds] of steps) {
        act(lab);
        lab.runSeconds(seconds);
      }
      lab.runSeconds(SETTLE_SECONDS);
      expectAsAsked(lab);
      const { tasksRun } = lab.engine;
      lab.runSeconds(86_400);
      expect(lab.engine.tasksRun - tasksRun).toBeLessThan(10);
    }),
    { numRuns: 15 },
  );
});

/** A workload of each sort, all called "web". */
function started(seed: number): TestControllers {
  const lab = testControllers(
    [deployment, replicaSet, statefulSet, daemonSet, garbageCollector(new KindRegistry())],
    {
      seed,
      nodes: NODES,
    },
  );
  const { api } = lab;
  for (const name of NODES) {
    const { spec } = put(api, nodes, node(name));
    // Admission taints every new node as not ready.
    const created = api.get(nodes, undefined, name);
    if (created !== undefined) api.update(nodes, { ...created, spec: { ...spec, taints: [] } });
  }
  api.create(deployments, labelled(deploymentDraft("web"), "deployment"));
  api.create(statefulSets, labelled(statefulSetDraft("web"), "statefulset"));
  api.create(daemonSets, labelled(daemonSetDraft("web"), "daemonset"));
  return lab;
}

/** The workload with a label of its own, so that none of the three takes another's pods for its own. */
function labelled<T extends Workload>(draft: Draft<T>, sort: string): Draft<T> {
  const { template } = draft.spec as T["spec"];
  const labels = { app: "web", sort };
  const spec = {
    ...draft.spec,
    selector: { matchLabels: labels },
    template: { ...template, metadata: { labels } },
  };
  return { ...draft, spec };
}

function expectAsAsked({ api }: TestControllers): void {
  const owned = (owner: KubeObject) => api.list(pods).filter((pod) => isControlledBy(pod, owner));
  const get = <T extends Workload>(kind: Kind<T>) => api.get(kind, "default", "web") as T;
  const [rolled, ordered, everywhere] = [get(deployments), get(statefulSets), get(daemonSets)];
  const current = api
    .list(replicaSets)
    .filter((each) => isControlledBy(each, rolled) && (each.spec.replicas ?? 0) > 0);
  expect(current.length).toBe(rolled.spec.replicas > 0 ? 1 : 0);
  const behind: readonly (readonly [Workload, readonly Pod[], number])[] = [
    [rolled, current.flatMap(owned), rolled.spec.replicas],
    [ordered, owned(ordered), ordered.spec.replicas],
    [everywhere, owned(everywhere), NODES.length],
  ];
  for (const [{ spec, metadata, status }, all, wanted] of behind) {
    expect(all.map(imageOf)).toEqual(Array(wanted).fill(spec.template.spec.containers[0]?.image));
    expect(all.filter((pod) => !isPodReady(pod))).toEqual([]);
    expect(status.observedGeneration).toBe(metadata.generation);
  }
  expect(owned(ordered).map(({ metadata }) => metadata.name)).toEqual(
    Array.from({ length: ordered.spec.replicas }, (_, i) => `web-${i}`),
  );
  expect(new Set(owned(everywhere).map(({ spec }) => spec.nodeName))).toEqual(new Set(NODES));
  // Nothing is left over of what was there in between.
  expect(api.list(pods).length).toBe(behind.reduce((sum, [, , wanted]) => sum + wanted, 0));
}

function imageOf({ spec }: Pod): string | undefined {
  return spec.containers[0]?.image;
}
